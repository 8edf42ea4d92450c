"""One repayment: what it pays, what is refused, and which event is recorded."""

from datetime import date
from decimal import Decimal

import pytest

from services.lending.tests.county import COUNTY, County, as_json
from shared.access import Role
from shared.events.lending import LoanClosed, RepaymentRecorded


@pytest.mark.clause("FJ-11")
async def test_pays_the_years_interest_before_the_settlement_day(county: County) -> None:
    loan = await county.lend("50000.00")
    first = (await county.installments(loan["id"]))[0]
    assert first["due_on"] == "2017-12-20"

    answer = await county.repay(loan["id"], first["interest_due"], "2017-12-11", "R1")

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["interest"], body["principal"], body["penalty"]) == (first["interest_due"], "0.00", "0.00")
    assert body["principal_outstanding"] == "50000.00"
    assert body["loan_closed"] is False
    name, data, version, region = (await county.service.outbox())[-1]
    assert (name, version, region) == ("repayment-recorded", 2, loan["village_code"])
    event = RepaymentRecorded.model_validate_json(as_json(data))
    assert [part.period_until for part in event.interest_parts] == [date(2017, 12, 20)]


async def test_closes_the_loan_with_the_last_instalment(county: County) -> None:
    loan = await county.lend("30000.00", term_months=12)
    for number, row in enumerate(await county.installments(loan["id"])):
        total = f"{float(row['interest_due']) + float(row['principal_due']):.2f}"
        answer = await county.repay(loan["id"], total, row["due_on"], f"R{number}")
        assert answer.status_code == 201, answer.text

    assert answer.json()["loan_closed"] is True
    closed = await county.loan(loan["id"])
    assert (closed["state"], closed["closed_on"], closed["principal_outstanding"]) == ("closed", "2018-03-06", "0.00")
    events = await county.service.outbox()
    assert [(name, version) for name, _, version, _ in events] == [
        ("loan-disbursed", 1),
        ("repayment-recorded", 2),
        ("repayment-recorded", 3),
        ("loan-closed", 4),
    ]
    event = LoanClosed.model_validate_json(as_json(events[-1][1]))
    assert event.repaid_on_time


async def test_wrong_role_is_refused(county: County) -> None:
    loan = await county.lend()
    body = {"bank_reference": "R1", "paid_on": "2017-12-11", "amount": "1.00"}
    answer = await county.post(f"/api/v1/loans/{loan['id']}/repayments", body, role=Role.TOWNSHIP)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


@pytest.mark.parametrize("in_order", [True, False], ids=["by the statement", "by replay"])
async def test_a_repayment_says_since_when_the_loan_is_still_late(county: County, in_order: bool) -> None:
    loan = await county.lend()
    interest = Decimal((await county.installments(loan["id"]))[0]["interest_due"])
    if not in_order:  # money that is held, so that the account is computed anew
        await county.repay(loan["id"], "10.00", "2017-09-10", "R0")
    body = {"as_of": "2018-01-10", "county_code": COUNTY}
    await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)
    await county.repay(loan["id"], "100.00", "2018-01-10", "R1")
    await county.repay(loan["id"], f"{interest + 100}", "2018-01-10", "R2")
    paid = [data for name, data, *_ in await county.service.outbox() if name == "repayment-recorded"]
    assert [data["overdue_from"] for data in paid[-2:]] == ["2017-12-21", None]
