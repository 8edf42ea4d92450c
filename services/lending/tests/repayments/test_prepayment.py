"""Repaying early: the whole loan or a part, with interest to the day and the schedule replaced."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.county import County, as_json, county_with_pack
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.events.lending import RepaymentRecorded
from shared.policy.vocabulary import DayCount
from shared.testing.service import StartService
from spec.settlement import settlement_figure

LEVEL = {"interest__repayment_method": "equal_installment", "interest__settlement_period_months": 3}


def closing_figure(loan: dict[str, Any], first: dict[str, Any], on: date) -> Decimal:
    return settlement_figure(
        Decimal(loan["principal"]),
        Decimal(loan["annual_rate"]),
        DayCount(loan["day_count"]),
        date.fromisoformat(first["period_from"]),
        on,
    ).total


@pytest.mark.parametrize("terms", [{}, LEVEL, {"interest__repayment_method": "bullet"}])
async def test_the_settlement_figure_closes_the_loan(start_service: StartService, terms: dict[str, Any]) -> None:
    county = await county_with_pack(await start_service("lending"), **terms)
    loan = await county.lend("30000.00", disbursed_on=date(2017, 6, 21))
    first = (await county.installments(loan["id"]))[0]
    figure = closing_figure(loan, first, date(2017, 9, 10))

    above = await county.repay(loan["id"], str(figure + 1), "2017-09-10", "P1", "prepayment")
    assert (above.json()["code"], str(figure) in above.json()["detail"]) == ("above-settlement", True)
    answer = await county.repay(loan["id"], str(figure), "2017-09-10", "P1", "prepayment")

    assert answer.status_code == 201, answer.text
    assert (answer.json()["loan_closed"], answer.json()["principal"]) == (True, "30000.00")
    (left,) = await county.installments(loan["id"])
    assert (left["due_on"], left["days"], left["period_from"]) == ("2017-09-10", 81, "2017-06-21")
    events = await county.service.outbox()
    assert [name for name, *_ in events] == ["loan-disbursed", "repayment-recorded", "loan-closed"]
    event = RepaymentRecorded.model_validate_json(as_json(events[1][1]))
    assert [(part.period_from, part.period_until) for part in event.interest_parts] == [
        (date(2017, 6, 21), date(2017, 9, 10))
    ]
    assert events[2][1]["repaid_on_time"] is True
    await ensure_ledgers_agree(county)


async def test_arrears_and_penalty_are_part_of_what_closes_the_loan(county: County) -> None:
    loan = await county.lend("30000.00")
    paid = await county.repay(loan["id"], "999999.00", "2018-01-19", "P1", "prepayment")
    figure = paid.json()["values"]["payable"]
    answer = await county.repay(loan["id"], figure, "2018-01-19", "P1", "prepayment")
    assert answer.json()["loan_closed"] is True
    assert Decimal(answer.json()["penalty"]) > 0
    events = await county.service.outbox()
    assert events[-1][1]["repaid_on_time"] is False
    await ensure_ledgers_agree(county)


@pytest.mark.parametrize("terms", [{}, LEVEL, {"interest__repayment_method": "bullet"}])
async def test_a_part_repaid_early_leaves_a_new_schedule(start_service: StartService, terms: dict[str, Any]) -> None:
    county = await county_with_pack(await start_service("lending"), **terms)
    loan = await county.lend("30000.00", disbursed_on=date(2017, 6, 21))
    matures_on = (await county.installments(loan["id"]))[-1]["due_on"]

    answer = await county.repay(loan["id"], "10000.00", "2017-09-10", "P1", "prepayment")

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert Decimal(body["interest"]) + Decimal(body["principal"]) == Decimal("10000.00")
    rows = await county.installments(loan["id"])
    assert rows[0]["due_on"] == "2017-09-10"
    assert rows[0]["principal_paid"] == rows[0]["principal_due"] == body["principal"]
    assert sum(Decimal(row["principal_due"]) for row in rows) == Decimal("30000.00")
    assert rows[-1]["due_on"] == matures_on
    await ensure_ledgers_agree(county)
    later = await county.repay(loan["id"], "20000.00", "2017-09-11", "R2")
    assert later.json()["code"] == "above-what-is-due"


async def test_refuses_what_repays_nothing_early(county: County) -> None:
    loan = await county.lend("30000.00", term_months=12)
    small = await county.repay(loan["id"], "1.00", "2017-09-10", "P1", "prepayment")
    assert small.json()["code"] == "prepayment-too-small"
    late = await county.repay(loan["id"], "30000.00", "2018-03-06", "P1", "prepayment")
    assert late.json()["code"] == "nothing-to-prepay"
    before = await county.repay(loan["id"], "30000.00", "2017-03-05", "P1", "prepayment")
    assert before.json()["code"] == "date-before-step"
    assert len(await county.installments(loan["id"])) == 2


async def test_interest_paid_ahead_is_counted_and_not_charged_again(county: County) -> None:
    loan = await county.lend("30000.00")
    ahead = (await county.installments(loan["id"]))[0]["interest_due"]
    assert (await county.repay(loan["id"], ahead, "2017-12-01", "R1")).status_code == 201
    part = await county.repay(loan["id"], "1000.00", "2017-12-10", "P1", "prepayment")
    assert part.json()["code"] == "paid-ahead"
    whole = await county.repay(loan["id"], "30000.00", "2017-12-10", "P1", "prepayment")
    assert (whole.json()["interest"], whole.json()["loan_closed"]) == ("0.00", True)
    await ensure_ledgers_agree(county)


async def test_a_contract_that_knows_no_prepayment_refuses_it(start_service: StartService) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__prepayment_allowed=False)
    loan = await county.lend()
    answer = await county.repay(loan["id"], "30000.00", "2017-09-10", "P1", "prepayment")
    assert answer.json()["code"] == "prepayment-not-allowed"


async def test_the_same_prepayment_again_is_already_recorded(county: County) -> None:
    loan = await county.lend("30000.00")
    first = (await county.installments(loan["id"]))[0]
    figure = str(closing_figure(loan, first, date(2017, 9, 10)))
    once = (await county.repay(loan["id"], figure, "2017-09-10", "P1", "prepayment")).json()
    again = (await county.repay(loan["id"], figure, "2017-09-10", "P1", "prepayment")).json()
    assert again == {**once, "already_recorded": True}
