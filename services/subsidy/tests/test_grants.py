"""Lists of direct grants: after acceptance, by two persons, within what the county allows, once."""

import asyncio
from typing import Any

import pytest

from services.subsidy.tests.benefit import (
    ZHIJIN,
    confirm_packs,
    get,
    post,
)
from services.subsidy.tests.county import PACK_FILE, Lender, Register, confirmed
from services.subsidy.tests.granting import (
    agree,
    decide,
    line,
    project_in,
    propose,
    result,
    send,
    settle,
    transfers,
)
from services.subsidy.tests.project_steps import PAPERS
from shared.access import Role
from shared.policy.load import read_pack
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def service(start_service: StartService, register: Register, lender: Lender) -> ServiceUnderTest:
    """Start the service with Zhijin's pack and households."""
    peers = {"registry": register.app(), "lending": lender.app()}
    return await start_service("subsidy", peers=peers, prepared=confirm_packs)


@pytest.mark.clause("ZJ-2a(b)")
async def test_nothing_is_granted_before_the_project_is_accepted(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "completed")
    listed = await propose(service, project)
    assert (await decide(service, listed["id"], expect=409))["code"] == "grant-before-acceptance"
    assert (await send(service, listed["id"], expect=409))["code"] == "grant-list-in-wrong-state"
    said = {"happened_on": "2017-02-20", "note": "合格", "documents": PAPERS, "decision": "pass"}
    await post(service, f"/projects/{project['id']}/acceptances", Role.POVERTY_OFFICE, said)
    early = await decide(service, listed["id"], decided_on="2017-02-28", expect=422)
    assert early["code"] == "date-before-step"
    own = {"decision": "approve", "decided_on": "2017-03-02", "note": "同意"}
    path = f"/grant-lists/{listed['id']}/decisions"
    refused = await post(service, path, Role.POVERTY_OFFICE, own, subject="township", expect=403)
    assert refused["code"] == "maker-is-checker"
    assert (await decide(service, listed["id"]))["state"] == "approved"
    assert (await decide(service, listed["id"], expect=409))["code"] == "grant-list-in-wrong-state"


@pytest.mark.clause("ZJ-2a(b)")
async def test_no_list_is_approved_before_the_day_of_the_acceptance(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    body = {"proposed_on": "2017-01-15", "documents": PAPERS, "grants": [line(0)]}
    listed = await post(service, f"/projects/{project['id']}/grant-lists", Role.TOWNSHIP, body)
    early = await decide(service, listed["id"], decided_on="2017-02-05", expect=422)
    assert (early["code"], early["values"]["earlier_field"]) == ("date-before-step", "accepted_on")
    assert (await decide(service, listed["id"], decided_on="2017-02-06"))["state"] == "approved"
    await service.database.pool.execute("UPDATE project SET state = 'stopped' WHERE id = $1", project["id"])
    assert (await send(service, listed["id"], expect=409))["code"] == "grants-of-stopped-project"


@pytest.mark.clause("ZJ-6(b)")
async def test_a_household_without_its_agreement_gets_nothing(service: ServiceUnderTest) -> None:
    project = await project_in(service, "accepted")
    listed = await propose(service, project)
    assert (await decide(service, listed["id"], expect=409))["code"] == "grant-agreement-missing"
    await agree(service)
    assert (await decide(service, listed["id"]))["state"] == "approved"


@pytest.mark.clause("ZJ-6(a)")
async def test_the_countys_average_counts_every_grant_of_a_household(service: ServiceUnderTest) -> None:
    """A household's own cap is lifted here, so that the average alone decides."""
    text = (PACK_FILE.parent / "zhijin.yaml").read_text(encoding="utf-8")
    lifted = text.replace('household_total_max:\n    value: "20000.00"', 'household_total_max:\n    value: "90000.00"')
    assert lifted != text
    await service.deliver(confirmed(read_pack(lifted, "zhijin.yaml"), version=2, county=ZHIJIN))
    await agree(service)
    first, other = await project_in(service, "accepted"), await project_in(service, "accepted", name="第二个项目")
    await decide(service, (await propose(service, first, line(0, "20000.00"), line(1, "15000.00")))["id"])
    # The same households again: 55 000 to two of them are above 20 000 each, to four they would not be.
    more = await propose(service, other, line(0, "10000.00"), line(1, "10000.00"))
    refused = await decide(service, more["id"], expect=409)
    assert (refused["code"], refused["values"]["households"]) == ("grant-average-exceeded", 2)
    assert (await decide(service, more["id"], decision="refuse"))["state"] == "refused"
    fewer = await propose(service, other, line(0, "2500.00"), line(1, "2500.00"))
    assert (await decide(service, fewer["id"]))["state"] == "approved"


async def test_a_household_is_granted_once_a_project_and_within_its_total(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await propose(service, project, line(0, "12000.00"))
    for twice in ((line(0),), (line(1), line(1))):
        assert (await propose(service, project, *twice, expect=409))["code"] == "grant-given-before"
    await decide(service, listed["id"])
    other = await project_in(service, "accepted", name="第二个项目")
    more = await propose(service, other, line(0, "8000.01"))
    assert (await decide(service, more["id"], expect=409))["code"] == "grant-total-exceeded"
    stranger = await propose(service, project, line(5))
    assert (await decide(service, stranger["id"], expect=409))["code"] == "grant-household-unknown"


async def test_a_reimbursement_leaves_the_households_their_money(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await decide(service, (await propose(service, project, line(0, "20000.00")))["id"])
    claim = {"step": "reimbursement", "happened_on": "2017-03-03", "note": "报账", "documents": PAPERS}
    path = f"/projects/{project['id']}"
    refused = await post(service, f"{path}/steps", Role.TOWNSHIP, claim | {"amount": "80000.01"}, expect=409)
    assert refused["code"] == "above-project-money"
    await post(service, f"{path}/steps", Role.TOWNSHIP, claim | {"amount": "70000.00"})
    said = {"decision": "approve", "happened_on": "2017-03-04", "note": "同意", "documents": PAPERS}
    shown = await post(service, f"{path}/reimbursements", Role.FINANCE_BUREAU, said)
    assert (shown["committed"], shown["paid"]) == ("20000.00", "70000.00")
    await send(service, listed["id"])
    [grant] = await transfers(service, listed["id"])
    assert (await settle(service, listed["id"], result(grant)))["paid"] == "20000.00"


async def test_two_decisions_at_once_pass_one_list(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    listed = await propose(service, project)
    body = {"decision": "approve", "decided_on": "2017-03-02", "note": "同意"}
    answers = await asyncio.gather(
        *(
            service.client.post(
                f"/api/v1/grant-lists/{listed['id']}/decisions",
                json=body,
                headers=service.headers(Role.POVERTY_OFFICE, region=ZHIJIN),
            )
            for _ in range(2)
        )
    )
    assert sorted(each.status_code for each in answers) == [201, 409]


STANDARD: dict[str, Any] = {
    "county_code": ZHIJIN,
    "year": 2017,
    "code": "orchard",
    "name": "果园",
    "unit": "亩",
    "amount": "800.00",
    "document": "产业扶贫项目清单",
    "proposed_on": "2017-01-01",
}


@pytest.mark.clause("DY-7(a)")
async def test_the_countys_list_of_standards_bounds_each_grant(service: ServiceUnderTest) -> None:
    await agree(service)
    standard = await post(service, "/grant-standards", Role.POVERTY_OFFICE, STANDARD)
    assert (await post(service, "/grant-standards", Role.POVERTY_OFFICE, STANDARD, expect=409))["code"] == (
        "grant-standard-exists"
    )
    project = await project_in(service, "accepted")
    by_list = line(0, "8000.00", standard_id=standard["id"], units=10)
    assert (await propose(service, project, by_list, expect=404))["code"] == "grant-standard-unknown"
    path, body = f"/grant-standards/{standard['id']}/decisions", {"decided_on": "2017-01-02", "note": "同意"}
    own = {**body, "decision": "approve"}
    assert (await post(service, path, Role.POVERTY_OFFICE, own, expect=403))["code"] == "maker-is-checker"
    assert (await post(service, path, Role.FINANCE_BUREAU, own))["state"] == "confirmed"
    assert (await post(service, path, Role.FINANCE_BUREAU, own, expect=409))["code"] == "grant-standard-decided"
    [listed] = (await get(service, "/grant-standards?year=2017"))["items"]
    assert (listed["amount"], listed["unit"], listed["decided_by"]) == ("800.00", "亩", "finance_bureau")
    last_year = await post(service, "/grant-standards", Role.POVERTY_OFFICE, {**STANDARD, "year": 2016})
    await post(service, f"/grant-standards/{last_year['id']}/decisions", Role.FINANCE_BUREAU, own)
    old = line(0, "8000.00", standard_id=last_year["id"], units=10)
    assert (await propose(service, project, old, expect=404))["code"] == "grant-standard-unknown"
    above = await propose(service, project, line(0, "8000.01", standard_id=standard["id"], units=10))
    assert (await decide(service, above["id"], expect=409))["code"] == "grant-above-standard"
    await decide(service, above["id"], decision="refuse")
    assert (await decide(service, (await propose(service, project, by_list))["id"]))["state"] == "approved"


async def test_households_of_a_centralised_project_get_dividends_instead(service: ServiceUnderTest) -> None:
    project = await project_in(service, "planned")
    await service.database.pool.execute("UPDATE project SET kind = 'centralised' WHERE id = $1", project["id"])
    assert (await propose(service, project, expect=409))["code"] == "grants-for-scattered-projects"
    nobody = "01a20122-0000-7000-8000-000000000000"
    assert (await decide(service, nobody, expect=404))["code"] == "grant-list-unknown"
    assert (await send(service, nobody, expect=404))["code"] == "grant-list-unknown"
