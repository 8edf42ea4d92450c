"""Every repayment that is not taken, by name; nothing is written for any of them."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.county import BANK, County
from shared.access import Role
from shared.ids import new_id


async def first_interest(county: County, loan: dict[str, Any]) -> str:
    interest: str = (await county.installments(loan["id"]))[0]["interest_due"]
    return interest


async def test_more_than_is_due_is_held_and_shown(county: County) -> None:
    loan = await county.lend()
    interest = await first_interest(county, loan)
    answer = (await county.repay(loan["id"], "30000.00", "2017-12-11", "R1")).json()
    assert (answer["interest"], answer["held"]) == (interest, str(Decimal("30000.00") - Decimal(interest)))
    (booked,) = (await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"]
    assert booked["held"] == answer["held"]


async def test_takes_interest_within_the_early_window_and_holds_it_before(county: County) -> None:
    loan, other = await county.lend(), await county.lend()
    interest = await first_interest(county, loan)
    early = (await county.repay(loan["id"], interest, "2017-11-19", "R1")).json()
    assert (early["interest"], early["held"]) == ("0.00", interest)
    inside = (await county.repay(other["id"], interest, "2017-11-20", "R2")).json()
    assert (inside["interest"], inside["held"]) == (interest, "0.00")


async def test_refuses_amounts_that_are_none_and_unknown_fields(county: County) -> None:
    loan = await county.lend()
    for amount in ("0.00", "-1.00", "1.001", "abc"):
        answer = await county.repay(loan["id"], amount, "2017-12-11", "R1")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    path = f"/api/v1/loans/{loan['id']}/repayments"
    body = {"bank_reference": "R1", "paid_on": "2017-12-11", "amount": 12.5}
    assert (await county.post(path, body)).status_code == 422
    assert (await county.post(path, {**body, "amount": "12.50", "note": "x"})).status_code == 422


async def test_the_same_repayment_sent_again_is_recorded_once(county: County) -> None:
    loan = await county.lend()
    first = (await county.repay(loan["id"], "100.00", "2017-12-11", "R1")).json()
    again = await county.repay(loan["id"], "100.00", "2017-12-11", "R1")
    assert again.status_code == 201
    assert again.json() == {**first, "already_recorded": True}
    assert len(await county.service.outbox()) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "101.00"},
        {"paid_on": "2017-12-12"},
        {"kind": "prepayment"},
        {"loan_id": "other"},
        {"payer": "heir", "payer_name": "长子"},
    ],
    ids=["amount", "day", "kind", "loan", "payer"],
)
async def test_the_same_reference_with_other_content_is_refused_with_what_was_booked(
    county: County, changed: dict[str, str]
) -> None:
    loan, other = await county.lend(), await county.lend()
    sent = {"loan_id": loan["id"], "amount": "100.00", "paid_on": "2017-12-11", "reference": "R1"}
    assert (await county.repay(**sent)).status_code == 201
    before = await county.service.outbox()
    if "loan_id" in changed:
        changed = {"loan_id": other["id"]}
    answer = await county.repay(**{**sent, **changed})
    assert (answer.status_code, answer.json()["code"]) == (409, "bank-reference-conflict")
    assert answer.json()["values"] == {
        "bank_reference": "R1",
        "entry": "repayment",
        "contract_number": loan["contract_number"],
        "booked_on": "2017-12-11",
        "amount": "100.00",
    }
    assert "（借款人支付）" in answer.text
    assert await county.service.outbox() == before
    assert (await county.repay(**sent)).json()["already_recorded"] is True


async def test_a_repeated_prepayment_is_recorded_once_and_never_as_a_repayment(county: County) -> None:
    loan = await county.lend()
    sent = {"loan_id": loan["id"], "amount": "10000.00", "paid_on": "2017-06-10", "reference": "R1"}
    first = await county.repay(**sent, kind="prepayment")
    assert first.status_code == 201, first.text
    assert (await county.repay(**sent, kind="prepayment")).json() == {**first.json(), "already_recorded": True}
    assert (await county.repay(**sent)).json()["code"] == "bank-reference-conflict"


async def test_the_reference_of_a_disbursement_stands_for_no_repayment(county: County) -> None:
    loan = await county.lend()
    answer = await county.repay(loan["id"], "100.00", "2017-12-11", "D000001")
    assert (answer.status_code, answer.json()["code"]) == (409, "bank-reference-conflict")
    assert answer.json()["values"]["entry"] == "disbursement"


async def test_another_bank_may_use_the_same_reference(county: County) -> None:
    loan, other = await county.lend(), await county.lend(bank="psbc")
    await county.repay(loan["id"], "100.00", "2017-12-11", "R1")
    body = {"bank_reference": "R1", "paid_on": "2017-12-11", "amount": "50.00"}
    answer = await county.post(f"/api/v1/loans/{other['id']}/repayments", body, bank="psbc")
    assert answer.status_code == 201


async def test_refuses_unknown_loans_other_banks_loans_and_other_regions(county: County) -> None:
    loan = await county.lend()
    assert (await county.repay(str(new_id()), "1.00", "2017-12-11", "R1")).json()["code"] == "loan-unknown"
    path = f"/api/v1/loans/{loan['id']}/repayments"
    body = {"bank_reference": "R1", "paid_on": "2017-12-11", "amount": "1.00"}
    answer = await county.post(path, body, bank="psbc")
    assert (answer.status_code, answer.json()["code"]) == (403, "loan-of-another-bank")
    answer = await county.post(path, body, region="500101")
    assert (answer.status_code, answer.json()["code"]) == (404, "loan-unknown")
    answer = await county.post(path, body, bank=None)
    assert (answer.status_code, answer.json()["code"]) == (403, "organisation-missing")
    assert (await county.get(path, bank="psbc")).json()["code"] == "loan-unknown"


async def test_refuses_days_that_cannot_be(county: County) -> None:
    loan = await county.lend()
    for paid_on, code in (("2017-03-05", "date-before-step"), ("2199-01-01", "date-in-future")):
        assert (await county.repay(loan["id"], "1.00", paid_on, "R1")).json()["code"] == code
    assert (await county.repay(loan["id"], "1.00", "2018-01-10", "R1")).status_code == 201
    assert (await county.repay(loan["id"], "1.00", "2018-01-09", "R2")).status_code == 201


async def test_money_on_a_closed_loan_is_held(county: County) -> None:
    loan = await county.lend(term_months=12)
    for row in await county.installments(loan["id"]):
        total = Decimal(row["interest_due"]) + Decimal(row["principal_due"])
        answer = await county.repay(loan["id"], f"{total}", row["due_on"], f"R{row['number']}")
    assert answer.json()["loan_closed"] is True
    late = (await county.repay(loan["id"], "1.00", "2018-03-07", "R9")).json()
    assert (late["held"], late["loan_closed"]) == ("1.00", False)
    assert (await county.loan(loan["id"]))["state"] == "closed"


async def test_needs_an_idempotency_key_and_answers_a_repeat_with_the_first_answer(county: County) -> None:
    loan = await county.lend()
    path = f"/api/v1/loans/{loan['id']}/repayments"
    body = {"bank_reference": "R1", "paid_on": "2017-12-11", "amount": "1.00"}
    headers = county.service.headers(Role.BANK, organisation=BANK)
    without = {key: value for key, value in headers.items() if key != "Idempotency-Key"}
    answer = await county.service.client.post(path, json=body, headers=without)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    first = await county.service.client.post(path, json=body, headers=headers)
    again = await county.service.client.post(path, json=body, headers=headers)
    assert first.text == again.text
    other = await county.service.client.post(path, json={**body, "amount": "2.00"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_concurrent_repayments_of_one_loan_never_pay_too_much(county: County) -> None:
    loan = await county.lend()
    due = float(await first_interest(county, loan))
    share = f"{due / 2:.2f}"
    answers = await asyncio.gather(
        *(county.repay(loan["id"], share, "2017-12-11", f"R{number}") for number in range(8))
    )
    booked = [answer.json() for answer in answers if answer.is_success]
    assert {answer.json()["code"] for answer in answers if not answer.is_success} <= {"loan-changing"}
    account = await county.account(loan["id"], "2017-12-11")
    items = (await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"]
    assert Decimal(account["held"]) == sum(Decimal(one["held"]) for one in items)
    assert Decimal(account["held"]) + Decimal(account["dues"][0]["interest_paid"]) == len(booked) * Decimal(share)


async def test_the_same_reference_sent_many_times_at_once_is_one_repayment(county: County) -> None:
    loan = await county.lend()
    answers = await asyncio.gather(*(county.repay(loan["id"], "10.00", "2017-12-11", "R1") for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert len({answer.json()["id"] for answer in answers if answer.is_success}) == 1
    assert len((await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"]) == 1


async def test_an_id_number_is_no_reference(county: County) -> None:
    loan = await county.lend()
    refused = await county.repay(loan["id"], "100.00", "2017-12-20", "11010519491231002X")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    assert "请在前面加一个字母" in refused.text
    assert "11010519491231002X" not in refused.text
    assert (await county.repay(loan["id"], "100.00", "2017-12-20", "R11010519491231002X")).status_code == 201
