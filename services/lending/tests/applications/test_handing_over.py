"""Hand-over to the bank: papers, cover, seven working days, crashes in between; and taking an application back."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.applications.conftest import BANK, PAPERS, VILLAGE, Lending, loan_request
from services.lending.tests.applications.test_deciding import code
from shared.access import Role
from shared.events.lending import ApplicationWithdrawn


async def _approved(lending: Lending, count: int = 2, **more: Any) -> str:
    filed = await lending.file(*(loan_request(f"{VILLAGE}-{number}", **more) for number in range(count)))
    await lending.bring_to_approved(filed["id"])
    return str(filed["id"])


@pytest.mark.clause("FJ-4a")
async def test_refuses_a_hand_over_without_every_paper(lending: Lending) -> None:
    batch_id = await _approved(lending, 1, documents=PAPERS[:-1])
    answered = await lending.hand_over(batch_id, "2017-02-14")
    assert code(answered) == (409, "documents-missing")
    assert not lending.riskfund.requests


@pytest.mark.clause("FJ-4(e)")
async def test_cover_is_asked_for_in_filing_order_until_the_bank_must_have_paid(lending: Lending) -> None:
    batch_id = await _approved(lending, 3)
    await lending.hand_over(batch_id, "2017-02-14")
    ((_, body),) = lending.riskfund.requests
    assert (body["county_code"], body["as_of"]) == ("500236", "2017-02-14")
    assert [item["application_id"] for item in body["items"]] == await lending.ids(batch_id)
    assert {item["amount"] for item in body["items"]} == {"50000.00"}
    assert body["expires_on"] >= "2017-02-23"


async def test_refuses_cover_that_ends_too_early(lending: Lending) -> None:
    batch_id = await _approved(lending, 1)
    body = {"handed_over_on": "2017-02-14", "expires_on": "2017-02-22"}
    path = f"/application-batches/{batch_id}/hand-overs"
    assert code(await lending.post(path, body, Role.SERVICE_CENTRE)) == (422, "reservation-too-short")
    early = {"handed_over_on": "2017-02-12"}
    assert code(await lending.post(path, early, Role.SERVICE_CENTRE)) == (422, "date-before-step")
    assert code(await lending.post(path, body, Role.VILLAGE)) == (403, "right-missing")
    assert code(await lending.post(path, body, Role.SERVICE_CENTRE, region="500237"))[0] == 404


async def test_a_loan_granted_without_cover_is_handed_over_and_asks_for_none(lending: Lending) -> None:
    condition = {"code": "on-a-list", "clause": "FJ-12", "zh": "在名单上。", "en": "On a list."}
    bare = {**condition, "consequence": "without_cover"}
    lending.registry.conditions[f"{VILLAGE}-0"] = [bare]
    batch_id = await _approved(lending, 2)
    first, second = await lending.ids(batch_id)
    shown = (await lending.get(f"/applications/{first}")).json()
    assert (shown["conditions"], shown["reasons"]) == ([bare], [])

    answer = await lending.hand_over(batch_id, "2017-02-14")
    assert answer.json()["handed_over"] == {"count": 2, "amount": "100000.00"}
    assert list(lending.riskfund.reserved) == [second]


async def test_a_bank_sees_whose_cover_ends_before_it_pays_out(lending: Lending) -> None:
    condition = {"code": "on-a-list", "clause": "FJ-12", "zh": "在名单上。", "en": "On a list."}
    lending.registry.conditions[f"{VILLAGE}-0"] = [{**condition, "consequence": "without_cover"}]
    batch_id = await _approved(lending, 2)
    _, covered = await lending.ids(batch_id)
    await lending.hand_over(batch_id, "2017-02-14")

    async def waiting(query: str = "") -> dict[str, Any]:
        answer = await lending.get(f"/handed-over-applications{query}", Role.BANK, organisation=BANK)
        return {item["id"]: item["cover_expires_on"] for item in answer.json()["items"]}

    until = (await waiting())[covered]
    before = f"{date.fromisoformat(until) - timedelta(days=1)}"
    assert await waiting(f"?cover_expires_by={until}") == {covered: until}
    assert await waiting(f"?cover_expires_by={before}") == {}


async def test_riskfund_is_not_asked_where_no_loan_needs_cover(lending: Lending) -> None:
    bare = {
        "code": "on-a-list",
        "clause": "FJ-12",
        "zh": "在名单上。",
        "en": "On a list.",
        "consequence": "without_cover",
    }
    lending.registry.conditions[f"{VILLAGE}-0"] = [bare]
    batch_id = await _approved(lending, 1)
    assert (await lending.hand_over(batch_id, "2017-02-14")).json()["handed_over"]["count"] == 1
    assert not lending.riskfund.requests


async def test_a_hand_over_that_broke_off_after_asking_is_healed_by_repeating(lending: Lending) -> None:
    lending.riskfund.available = Decimal("100000.00")
    batch_id = await _approved(lending, 2)
    lending.riskfund.fails = True
    assert code(await lending.hand_over(batch_id, "2017-02-14", key="hand-over-1")) == (503, "peer-unavailable")
    assert (await lending.get(f"/application-batches/{batch_id}")).json()["states"][0]["state"] == "approved"

    lending.riskfund.fails = False
    first = await lending.hand_over(batch_id, "2017-02-14", key="hand-over-1")
    assert first.json()["handed_over"]["count"] == 2
    again = await lending.hand_over(batch_id, "2017-02-14", key="hand-over-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert len(lending.riskfund.requests) == 1
    assert await lending.count("hand_over") == 1


async def test_the_same_request_asks_under_the_same_key(lending: Lending) -> None:
    batch_id = await _approved(lending, 1)
    await lending.service.database.pool.execute("ALTER TABLE hand_over ADD CONSTRAINT broken CHECK (false)")
    assert (await lending.hand_over(batch_id, "2017-02-14", key="hand-over-2")).status_code == 500
    await lending.service.database.pool.execute("ALTER TABLE hand_over DROP CONSTRAINT broken")
    assert (await lending.hand_over(batch_id, "2017-02-14", key="hand-over-2")).status_code == 201
    keys = [key for key, _ in lending.riskfund.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert len(lending.riskfund.reserved) == 1


async def test_a_bank_sees_only_what_was_handed_to_it(lending: Lending) -> None:
    batch_id = await _approved(lending, 2)
    await lending.hand_over(batch_id, "2017-02-14")

    async def waiting(**who: Any) -> int:
        return len((await lending.get("/handed-over-applications", Role.BANK, **who)).json()["items"])

    assert await waiting(organisation=BANK) == 2
    assert await waiting(organisation="OTHER") == 0
    assert await waiting(organisation=BANK, region="500237") == 0
    assert (await lending.get("/handed-over-applications", Role.TOWNSHIP)).status_code == 403


@pytest.mark.clause("FJ-4(f)")
async def test_late_disbursements_are_reported(lending: Lending) -> None:
    batch_id = await _approved(lending, 2)
    await lending.hand_over(batch_id, "2017-02-14")  # to be paid by 23 February
    assert (await lending.get("/late-disbursements?as_of=2017-02-23")).json()["items"] == []
    late = (await lending.get("/late-disbursements?as_of=2017-02-27")).json()["items"]
    assert [(item["disbursed_on"], item["working_days_late"]) for item in late] == [(None, 2), (None, 2)]
    first, second = await lending.ids(batch_id)
    await lending.disburse(first, "2017-02-23")
    await lending.disburse(second, "2017-02-24")
    late = (await lending.get("/late-disbursements?as_of=2017-03-31")).json()["items"]
    assert [(item["id"], item["disbursed_on"], item["working_days_late"]) for item in late] == [
        (second, "2017-02-24", 1)
    ]


async def test_an_application_can_be_taken_back_and_its_cover_is_released(lending: Lending) -> None:
    batch_id = await _approved(lending, 1)
    await lending.hand_over(batch_id, "2017-02-14")
    (application,) = await lending.ids(batch_id)
    path, body = f"/applications/{application}/withdrawals", {"withdrawn_on": "2017-02-15", "reason": "不需要了"}
    assert code(await lending.post(path, body, Role.TOWNSHIP, region="500236101"))[0] == 404
    assert code(await lending.post(path, {**body, "withdrawn_on": "2017-02-13"}, Role.TOWNSHIP)) == (
        422,
        "date-before-step",
    )
    asked = await lending.post(path, body, Role.TOWNSHIP)
    assert (asked.status_code, asked.json()["state"]) == (201, "handed_over"), "one person only asks for it"
    request = asked.json()["withdrawal_asked"]
    assert (request["asked_on"], request["reason"]) == ("2017-02-15", "不需要了")
    assert code(await lending.post(path, body, Role.TOWNSHIP)) == (403, "maker-is-checker")
    early = {**body, "withdrawn_on": "2017-02-14"}
    assert code(await lending.post(path, early, Role.TOWNSHIP, subject="second")) == (422, "date-before-step")
    withdrawn = await lending.post(path, body, Role.TOWNSHIP, subject="second")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (201, "withdrawn")
    assert withdrawn.json()["withdrawal_asked"] is None
    signed = await lending.service.database.pool.fetchrow("SELECT asked_by, withdrawn_by FROM withdrawal")
    assert signed is not None
    assert tuple(signed) == (request["asked_by"], "second")
    data = await lending.service.database.pool.fetchval("SELECT data::text FROM outbox")
    assert str(ApplicationWithdrawn.model_validate_json(data).application_id) == application
    assert code(await lending.post(path, body, Role.TOWNSHIP)) == (409, "wrong-state")
    assert (await lending.file(loan_request(f"{VILLAGE}-0"), filed_on="2017-02-16"))["filed_count"] == 1


async def test_a_request_to_take_back_holds_nothing_up_and_lapses_with_the_next_state(lending: Lending) -> None:
    batch_id = await _approved(lending, 1)
    (application,) = await lending.ids(batch_id)
    path, body = f"/applications/{application}/withdrawals", {"withdrawn_on": "2017-02-13", "reason": "不需要了"}
    asked = await lending.post(path, body, Role.TOWNSHIP)
    assert (asked.json()["state"], asked.json()["withdrawal_asked"] is None) == ("approved", False)
    await lending.hand_over(batch_id, "2017-02-14")
    assert (await lending.get(f"/applications/{application}")).json()["withdrawal_asked"] is None
    anew = await lending.post(path, {**body, "withdrawn_on": "2017-02-14"}, Role.TOWNSHIP, subject="second")
    assert (anew.json()["state"], anew.json()["withdrawal_asked"]["asked_by"]) == ("handed_over", "second")
    await lending.disburse(application, "2017-02-15")
    assert (await lending.get(f"/applications/{application}")).json()["state"] == "disbursed"


async def test_a_second_loan_is_the_next_round(lending: Lending) -> None:
    filed = await lending.lend(loan_request(f"{VILLAGE}-1", term_months=12))
    (application,) = await lending.ids(filed["id"])
    loan_id = (await lending.get(f"/applications/{application}")).json()["loan_id"]
    await lending.repay_whole(loan_id)
    again = await lending.file(loan_request(f"{VILLAGE}-1"), filed_on="2018-03-01")
    assert again["filed_count"] == 1, again
    (second,) = await lending.ids(again["id"])
    assert (await lending.get(f"/applications/{second}")).json()["loan_round"] == 2


async def test_of_two_hand_overs_at_once_one_counts(lending: Lending) -> None:
    batch_id = await _approved(lending, 5)
    answers = await asyncio.gather(*(lending.hand_over(batch_id, "2017-02-14") for _ in range(3)))
    assert sorted(answered.status_code for answered in answers) == [201, 409, 409]
    assert await lending.count("hand_over") == 1
    assert len(lending.riskfund.reserved) == 5
