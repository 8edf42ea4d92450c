"""Who runs the business a loan pays for: filed, handed over and paid out only in ways that hold on that day."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.lending.loans.rules import modes
from services.lending.tests.applications.conftest import Lending, loan_request
from services.lending.tests.applications.counties import Place, county
from shared.access import Role
from shared.events.lending import LoanDisbursed
from shared.ids import new_id
from shared.policy.terms import EntityRules
from shared.policy.vocabulary import LoanMode

LAST_DAY, DAY_AFTER = date(2017, 12, 7), date(2017, 12, 8)
RULES = EntityRules((LoanMode.DIRECT, LoanMode.ENTERPRISE_USE), (), LAST_DAY, capacity_required=True)


@pytest.mark.clause("LG-28(a)")
@pytest.mark.parametrize(
    ("mode", "granted_on", "banned"),
    [
        (LoanMode.ENTERPRISE_USE, LAST_DAY, False),
        (LoanMode.ENTERPRISE_USE, DAY_AFTER, True),
        (LoanMode.DIRECT, DAY_AFTER, False),
        (LoanMode.INDIRECT, LAST_DAY, False),
        (LoanMode.INDIRECT, DAY_AFTER, True),
    ],
)
def test_the_day_the_loan_is_granted_decides(mode: LoanMode, granted_on: date, banned: bool) -> None:
    assert modes.is_banned(mode, RULES, granted_on) is banned


async def test_the_mode_and_its_entity_are_asked_and_kept(lending: Lending) -> None:
    place, entity, of_agreement = await county(lending, "kelan"), str(new_id()), str(new_id())
    named, nameless = place.loan_request(mode="indirect", entity_id=entity), place.loan_request(mode="indirect")
    banned = place.loan_request(mode="enterprise_use")
    lending.registry.entities[nameless["household_number"]] = of_agreement
    lending.registry.reasons[banned["household_number"]] = ["mode-not-offered", "enterprise-use-banned"]
    reasons = await place.refusals(named, nameless, banned)
    assert [[code for code, _ in each] for each in reasons] == [[], [], ["mode-not-offered", "enterprise-use-banned"]]
    question = lending.registry.questions[-1]
    assert question["as_of"] == place.filed_on.isoformat()
    asked = [(item["mode"], item.get("entity_id")) for item in question["items"]]
    assert asked == [("indirect", entity), ("indirect", None), ("enterprise_use", None)]
    kept = await lending.service.database.pool.fetch("SELECT mode, entity_id FROM application ORDER BY id")
    assert [(row["mode"], row["entity_id"] and str(row["entity_id"])) for row in kept] == [
        ("indirect", entity),
        ("indirect", of_agreement),
        ("enterprise_use", None),
    ]


async def test_registrys_reason_against_the_entity_is_given_once(lending: Lending) -> None:
    place = await county(lending, "kelan")
    full, nameless = place.loan_request(mode="indirect", entity_id=str(new_id())), place.loan_request(mode="indirect")
    lending.registry.reasons[full["household_number"]] = ["entity-full"]
    lending.registry.reasons[nameless["household_number"]] = ["entity-missing"]
    codes = [[code for code, _ in reasons] for reasons in await place.refusals(full, nameless)]
    assert codes == [["entity-full"], ["entity-missing"]]


@pytest.mark.parametrize("wrong", [{"mode": "own"}, {"entity_id": str(new_id())}, {"mode": "direct", "entity_id": "x"}])
async def test_a_loan_request_that_makes_no_sense_is_refused_whole(lending: Lending, wrong: dict[str, Any]) -> None:
    body = {"township_code": "500236001", "bank_code": "CQRCB", "filed_on": "2017-01-09"}
    answered = await lending.post(
        "/application-batches", {**body, "items": [{**loan_request("500236001201-1"), **wrong}]}, Role.TOWNSHIP
    )
    assert (answered.status_code, answered.json()["code"]) == (422, "invalid-request")


async def _disburse(place: Place, application_id: UUID, on: date) -> Any:
    pool = place.lending.service.database.pool
    await pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90)"
    )
    number = str(application_id).replace("-", "")
    body = {"contract_number": f"C{number}", "bank_reference": f"D{number}", "disbursed_on": on.isoformat()}
    path = f"/applications/{application_id}/disbursements"
    return await place.post(path, {**body, "amount": "50000.00"}, Role.BANK, organisation=place.bank)


@pytest.mark.clause("LG-28(a)")
async def test_filed_before_the_ban_and_paid_out_after_it_is_refused(lending: Lending) -> None:
    place = await county(lending, "lingui", date(2017, 12, 1))
    entity = new_id()
    ready = await place.ready(mode="enterprise_use", entity_id=entity)
    late = await _disburse(place, ready, DAY_AFTER)
    assert (late.status_code, late.json()["code"], late.json()["clause"]) == (409, "enterprise-use-banned", "LG-28")
    assert await lending.count("loan") == 0

    in_time = await _disburse(place, ready, LAST_DAY)
    assert in_time.status_code == 201, in_time.text
    loan = in_time.json()
    assert (loan["mode"], loan["entity_id"], loan["granted_under"]) == ("enterprise_use", str(entity), "current")
    recorded = await lending.service.database.pool.fetchval(
        "SELECT data::text FROM outbox WHERE event_name='loan-disbursed'"
    )
    event = LoanDisbursed.model_validate_json(recorded)
    assert (event.mode, event.entity_id, event.granted_under) == ("enterprise_use", entity, "current")


async def test_a_file_refuses_the_banned_line_and_takes_the_others(lending: Lending) -> None:
    place = await county(lending, "lingui", date(2017, 12, 1))
    banned, own_use = await place.ready(mode="enterprise_use"), await place.ready()
    await lending.service.database.pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90)"
    )
    lines = ["application_id,contract_number,bank_reference,disbursed_on,amount"]
    lines += [f"{each},C{n},D{n},{DAY_AFTER},50000.00" for n, each in enumerate((banned, own_use))]
    headers = lending.service.headers(Role.BANK, region=place.county, organisation=place.bank)
    answered = await lending.service.client.post(
        "/api/v1/disbursement-files?line_count=2&total_amount=100000.00",
        content="\n".join([*lines, ""]).encode(),
        headers={**headers, "Content-Type": "text/csv"},
    )
    body = answered.json()
    assert (body["loan_count"], body["rejected_count"]) == (1, 1)
    assert [(line["line_number"], line["code"]) for line in body["rejections"]] == [(2, "enterprise-use-banned")]


async def test_a_hand_over_after_the_ban_names_the_loans_to_withdraw(lending: Lending) -> None:
    place = await county(lending, "lingui", date(2017, 11, 1))
    filed = await place.file(place.loan_request("20000.00", mode="enterprise_use"), place.loan_request("20000.00"))
    await lending.service.database.pool.execute(
        "UPDATE application SET state = 'approved', approved_on = '2017-12-01' WHERE batch_id = $1",
        UUID(filed["id"]),
    )
    path = f"/application-batches/{filed['id']}/hand-overs"
    late = await place.post(path, {"handed_over_on": DAY_AFTER.isoformat()}, Role.POVERTY_OFFICE)
    assert (late.status_code, late.json()["code"]) == (409, "enterprise-use-banned")
    (banned,) = late.json()["values"]["application_ids"]
    assert not lending.riskfund.requests

    withdrawn = {"withdrawn_on": DAY_AFTER.isoformat(), "reason": "改为自用后重新申请"}
    assert (await place.post(f"/applications/{banned}/withdrawals", withdrawn)).status_code == 201
    second = await place.post(f"/applications/{banned}/withdrawals", withdrawn, subject="second")
    assert (second.status_code, second.json()["state"]) == (201, "withdrawn")
    again = await place.post(path, {"handed_over_on": DAY_AFTER.isoformat()}, Role.POVERTY_OFFICE)
    assert again.status_code == 201, again.text
    assert again.json()["handed_over"] == {"count": 1, "amount": "20000.00"}


async def test_who_borrows_is_asked_and_kept_with_the_loan(lending: Lending) -> None:
    member = str(new_id())
    filed = await lending.lend(
        loan_request("500236001201-1", borrower_member_id=member), loan_request("500236001201-2")
    )
    asked = [item.get("borrower_member_id") for item in lending.registry.questions[-1]["items"]]
    assert asked == [member, None]
    loans = (await lending.get("/loans")).json()["items"]
    assert {loan["household_number"]: loan["borrower_member_id"] for loan in loans} == {
        "500236001201-1": member,
        "500236001201-2": None,
    }
    assert filed["filed_count"] == 2
