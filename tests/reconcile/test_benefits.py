"""Projects, grants and agreements are derived anew: what was lived through agrees, and every fault is seen."""

from typing import Any

import asyncpg
import pytest

from services.subsidy.tests.benefit import ZHIJIN, confirm_packs, draft, get, in_force, post, terms
from services.subsidy.tests.county import Lender, Register
from services.subsidy.tests.granting import agree, decide, project_in, propose, result, send, settle, transfers
from services.subsidy.tests.reversing import taken_back
from services.subsidy.tests.test_agreements_taken_back import ended
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService
from tests.reconcile.county import plant
from tools.reconcile.databases import Snapshot
from tools.reconcile.findings import Findings
from tools.reconcile.subsidy_benefits import BENEFITS
from tools.reconcile.subsidy_budget import BUDGET, PROJECTS

HERE: dict[str, Any] = {"region": ZHIJIN}
FAULTS = (
    "UPDATE project SET state = 'accepted'",
    "UPDATE project_step SET struck = true WHERE number = 5",
    "UPDATE project_money SET paid = paid + 0.01",
    "UPDATE programme SET paid = paid + 0.01",
    "UPDATE programme SET returned = returned + 0.01",
    "UPDATE grant_transfer SET amount = amount - 0.01 WHERE state = 'paid'",
    "UPDATE household_grant SET taken_back = 0",
    "UPDATE grant_list SET decided_by = proposed_by",
    "UPDATE project_measure SET waived = waived - 0.01",
    "UPDATE project_measure SET decided_by = proposed_by",
    "UPDATE project_receipt SET reversed_on = NULL",
    "UPDATE project_receipt_part SET amount = amount - 0.01",
    "UPDATE reversal SET decided_by = proposed_by",
    "UPDATE principal_receipt SET amount = amount - 0.01 WHERE reverses_id IS NOT NULL",
    "DELETE FROM principal_receipt WHERE reverses_id IS NOT NULL",
    "UPDATE agreement_termination SET principal = principal - 0.01",
    "UPDATE agreement SET confirmed_by = drafted_by",
    "UPDATE dividend_run SET amount = amount + 0.01; UPDATE dividend_line SET amount = amount + 0.005",
    "UPDATE dividend_line SET amount = amount + 0.01",
    "UPDATE dividend_run SET decided_by = reviewed_by",
    "UPDATE dividend_payment SET amount = amount + 1000.00",
)


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Start the subsidy service with Zhijin's pack and households."""
    peers = {"registry": Register().app(), "lending": Lender().app()}
    return await start_service("subsidy", peers=peers, prepared=confirm_packs)


async def live_through(service: ServiceUnderTest) -> None:
    """Pay grants, take one back; stop the project, lower its take-back, reverse a receipt; end an agreement."""
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project))["id"])
    await send(service, listed["id"])
    await settle(service, listed["id"], *[result(each) for each in await transfers(service, listed["id"])])
    [first, _] = await transfers(service, listed["id"])
    back = f"/household-grants/{first['id']}/reversals"
    await taken_back(service, "project", back, "2017-03-10", amount="3000.00", **HERE)
    [owed] = (await get(service, "/clawbacks?state=approved"))["items"]
    paid = {"amount": "1000.00", "bank_reference": "G-1", "payer": "张三", "received_on": "2017-03-20", "note": "退回"}
    await post(service, f"/clawbacks/{owed['id']}/receipts", Role.POVERTY_OFFICE, paid)
    await _stop(service, f"/projects/{project['id']}")
    other = await project_in(service, "completed", name="第二个项目")
    steps = f"/projects/{other['id']}/step-reversals"
    await taken_back(service, "project", steps, "2017-03-10", number=6, **HERE)
    agreement = await in_force(service, draft(terms(), "A-9"))
    await _share(service, agreement)
    await ended(service, agreement)
    receipt = {"amount": "10000.00", "received_on": "2018-08-01", "bank_reference": "P-1"}
    booked = await post(service, f"/agreements/{agreement}/principal-receipts", Role.TOWNSHIP, receipt)
    [stored] = booked["termination"]["receipts"]
    await taken_back(service, "agreement", f"/principal-receipts/{stored['id']}/reversals", "2018-08-05", **HERE)


async def _stop(service: ServiceUnderTest, path: str) -> None:
    said = {"office": "poverty_office", "subject": "fraud", "finding": "套取", "found_on": "2017-03-05"}
    found = await post(service, f"{path}/findings", Role.POVERTY_OFFICE, {**said, "due_on": "2017-04-01"})
    asked = {"finding_id": found["id"], "kind": "take_back", "reason": "套取资金", "due_on": "2017-06-30"}
    body = {**asked, "amount": "9000.00", "proposed_on": "2017-04-01"}
    measure = await post(service, f"{path}/measures", Role.TOWNSHIP, body)
    yes = {"decision": "approve", "decided_on": "2017-04-02"}
    where = f"/project-measures/{measure['id']}"
    await post(service, f"{where}/decisions", Role.POVERTY_OFFICE, yes)
    for reference, amount in (("T1", "2000.00"), ("T2", "500.00")):
        came = {"amount": amount, "bank_reference": reference, "received_on": "2017-05-01"}
        stored = (await post(service, f"{where}/receipts", Role.FINANCE_BUREAU, came))["receipts"]
    wrong = next(each["id"] for each in stored if each["bank_reference"] == "T2")
    await taken_back(service, "project", f"/project-receipts/{wrong}/reversals", "2017-05-02", **HERE)
    await taken_back(service, "project", f"{where}/reversals", "2017-05-03", amount="8000.00", **HERE)


async def _share(service: ServiceUnderTest, agreement: str) -> None:
    year = {"year_number": 1, "prepared_on": "2018-01-05"}
    run = await post(service, f"/agreements/{agreement}/dividend-runs", Role.TOWNSHIP, year)
    for name, role in (("reviews", Role.FINANCE_BUREAU), ("approvals", Role.POVERTY_OFFICE)):
        said = {"decision": "approve", "decided_on": "2018-01-06"}
        await post(service, f"/dividend-runs/{run['id']}/{name}", role, said)
    line = run["lines"][0]
    item = {"household_id": line["household_id"], "amount": line["amount"], "paid_on": "2018-01-20"}
    body = {"total_amount": line["amount"], "items": [{**item, "bank_reference": "D-1"}]}
    await post(service, f"/agreements/{agreement}/dividend-payments", Role.TOWNSHIP, body)


async def differences(connection: "asyncpg.Connection[asyncpg.Record]") -> list[Any]:
    """Return what the reconciliation finds about projects, grants, agreements and the programmes that pay them."""
    found = Findings()
    for statement in (PROJECTS, BUDGET, *BENEFITS):
        await found.sql(Snapshot("subsidy", connection), statement)
    assert found.compared > 30
    return found.listed


async def test_what_was_lived_through_agrees_and_every_fault_is_seen(service: ServiceUnderTest) -> None:
    await live_through(service)
    unseen = []
    async with service.database.pool.acquire() as connection:
        assert await differences(connection) == []
        for fault in FAULTS:
            transaction = connection.transaction()
            await transaction.start()
            await plant(connection, fault)
            if not await differences(connection):
                unseen.append(fault)
            await transaction.rollback()
    assert unseen == []
