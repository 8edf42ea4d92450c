"""The days of the fund: nothing is dated after today or before the step it follows, and money counts from its day."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.riskfund.tests.county import County, refusal
from shared.access import Role
from shared.dates import today_in_china
from shared.ids import new_id


def tomorrow() -> str:
    return str(today_in_china() + timedelta(days=1))


def in_future(answer: Any, field: str) -> None:
    assert refusal(answer) == (422, "date-in-future"), answer.text
    assert answer.json()["values"]["field"] == field


@pytest.mark.clause("LG-20b(c)")
async def test_the_wait_of_an_entrusted_loan_cannot_be_shortened_by_a_day_to_come(open_county: County) -> None:
    loan = await open_county.default(cause="entrusted")
    await open_county.service.deliver_all([open_county.pursued(loan, "2018-06-05")])
    in_future(await open_county.file(loan, "2199-05-21"), "filed_on")
    early = await open_county.file(loan, "2018-07-06")
    assert refusal(early) == (409, "claim-too-early")


async def test_no_step_of_a_claim_is_dated_tomorrow(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await county.insure(loan)
    await county.service.deliver_all([county.defaulted(loan)])
    claim_id = (await county.file(loan)).json()["id"]
    in_future(await county.answer(claim_id, "1.00", answered_on=tomorrow()), "answered_on")
    await county.answer(claim_id, "1.00")
    in_future(await county.decide(claim_id, "member-1", on=tomorrow()), "decided_on")
    await county.decide(claim_id, "member-1")
    await county.decide(claim_id, "member-2")
    in_future(await county.pay(claim_id, on=tomorrow()), "paid_on")
    assert (await county.fund())["balance"] == "50000000.00"
    await county.pay(claim_id)
    await county.service.deliver_all([county.recovered(loan, claim_id, "100.00")])
    (recovery,) = (await county.get("/recoveries")).json()["items"]
    in_future(await county.give_back(recovery["id"], "80.00", on=tomorrow()), "returned_on")


async def test_a_member_decides_on_the_day_of_the_decision_before_or_later(open_county: County) -> None:
    loan = await open_county.default()
    claim_id = (await open_county.file(loan)).json()["id"]
    await open_county.decide(claim_id, "member-1", on="2018-06-20")
    early = await open_county.decide(claim_id, "member-2", on="2018-06-19")
    assert refusal(early) == (422, "date-before-step")
    assert early.json()["values"]["earlier_field"] == "last_decided_on"
    assert (await open_county.decide(claim_id, "member-2", on="2018-06-20")).json()["approved_on"] == "2018-06-20"


async def test_money_does_not_arrive_tomorrow(open_county: County) -> None:
    path = f"/funds/{open_county.fund_id}/contributions"
    body = {"amount": "1000000.00", "received_on": "2099-01-01", "source": "县财政", "bank_reference": "LATER"}
    in_future(await open_county.post(path, body, Role.FINANCE_BUREAU), "received_on")
    assert (await open_county.fund())["cover"]["limit"] == "500000000.00"
    fund = {"county_code": "500237", "name": "风险补偿金", "account_bank": "农商行", "opened_on": tomorrow()}
    in_future(await open_county.post("/funds", fund, Role.FINANCE_BUREAU, region="500237"), "opened_on")


@pytest.mark.clause("LG-38")
async def test_cover_is_neither_reserved_nor_ended_on_a_day_to_come(open_county: County) -> None:
    in_future(await open_county.reserve([(new_id(), "30000.00")], as_of=date(2099, 1, 1)), "as_of")
    await open_county.reserve([(new_id(), "30000.00")])
    run = {"county_code": open_county.code, "as_of": "2099-01-01"}
    in_future(await open_county.post("/jobs/expire-reservations/runs", run, Role.SERVICE_CENTRE), "as_of")
    assert (await open_county.fund())["reserved"] == "30000.00"


@pytest.mark.clause("FJ-13(b)", "LG-38")
async def test_money_covers_loans_from_the_day_it_arrived(county: County) -> None:
    await county.open_fund("1000.00")  # received 2017-01-05
    early = await county.reserve([(new_id(), "10000.00")], as_of=date(2017, 1, 4))
    assert (early.json()["code"], early.json()["cover"]["limit"]) == ("cover-exhausted", "0.00")
    path = f"/funds/{county.fund_id}/contributions"
    body = {"amount": "1000.00", "received_on": "2017-02-01", "source": "县财政", "bank_reference": "FEB"}
    assert (await county.post(path, body, Role.FINANCE_BUREAU)).status_code == 201
    before = await county.reserve([(new_id(), "10000.00"), (new_id(), "10000.00")], as_of=date(2017, 1, 31))
    assert (len(before.json()["refused_applications"]), before.json()["cover"]["limit"]) == (1, "10000.00")
    after = await county.reserve([(new_id(), "10000.00")], as_of=date(2017, 2, 1))
    assert (after.json()["refused_applications"], after.json()["cover"]["limit"]) == ([], "20000.00")


@pytest.mark.clause("LG-38")
async def test_a_claim_is_paid_from_money_that_was_there_on_that_day(county: County) -> None:
    await county.open_fund("10000.00")
    loan = await county.default()
    claim_id = (await county.file(loan)).json()["id"]
    await county.decide(claim_id, "member-1")
    await county.decide(claim_id, "member-2")
    path = f"/funds/{county.fund_id}/contributions"
    body = {"amount": "50000.00", "received_on": "2018-07-01", "source": "县财政", "bank_reference": "JULY"}
    assert (await county.post(path, body, Role.FINANCE_BUREAU)).status_code == 201
    early = await county.pay(claim_id, on="2018-06-30")
    assert refusal(early) == (409, "fund-cash-too-small")
    assert early.json()["values"] == {"amount": "40800.00", "cash": "10000.00", "paid_on": "2018-06-30"}
    assert (await county.pay(claim_id, on="2018-07-01")).status_code == 201


@pytest.mark.clause("LG-38")
async def test_a_back_dated_payment_takes_no_money_that_left_later(county: County) -> None:
    await county.open_fund("50000.00")
    claims = []
    for _ in range(2):
        loan = await county.default()
        claims.append((await county.file(loan)).json()["id"])
        await county.decide(claims[-1], "member-1")
        await county.decide(claims[-1], "member-2")
    assert (await county.pay(claims[0], on="2018-08-01")).status_code == 201  # 9 200.00 are left
    path = f"/funds/{county.fund_id}/contributions"
    body = {"amount": "50000.00", "received_on": "2018-09-01", "source": "县财政", "bank_reference": "SEPT"}
    assert (await county.post(path, body, Role.FINANCE_BUREAU)).status_code == 201
    refused = await county.pay(claims[1], on="2018-07-01")
    assert refusal(refused) == (409, "fund-cash-too-small")
    assert refused.json()["values"]["cash"] == "9200.00"
    assert (await county.pay(claims[1], on="2018-09-01")).status_code == 201
