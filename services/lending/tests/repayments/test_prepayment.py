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

    assert (await county.account(loan["id"], "2017-09-10"))["payoff_amount"] == str(figure)
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
    figure = (await county.account(loan["id"], "2018-01-19"))["payoff_amount"]
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
    later = (await county.repay(loan["id"], "20000.00", "2017-09-11", "R2")).json()
    assert (later["principal"], Decimal(later["held"]) > 15_000) == ("0.00", True)


async def test_what_repays_no_principal_early_pays_interest_or_is_held(county: County) -> None:
    loan = await county.lend("30000.00", term_months=12)
    small = (await county.repay(loan["id"], "1.00", "2017-09-10", "P1", "prepayment")).json()
    assert (small["held"], small["loan_closed"]) == ("1.00", False)
    late = (await county.repay(loan["id"], "30000.00", "2018-03-06", "P2", "prepayment")).json()
    assert (Decimal(late["principal"]) > 28_000, late["held"]) == (True, "0.00")
    before = await county.repay(loan["id"], "30000.00", "2017-03-05", "P3", "prepayment")
    assert before.json()["code"] == "date-before-step"
    assert len(await county.installments(loan["id"])) == 2
    await ensure_ledgers_agree(county)


async def test_interest_paid_ahead_is_counted_and_too_much_of_it_is_credited(county: County) -> None:
    loan = await county.lend("30000.00")
    ahead = (await county.installments(loan["id"]))[0]["interest_due"]
    assert (await county.repay(loan["id"], ahead, "2017-12-01", "R1")).status_code == 201
    part = (await county.repay(loan["id"], "1000.00", "2017-12-10", "P1", "prepayment")).json()
    assert (part["interest"], part["principal"]) == ("0.00", "1000.00")
    figure = (await county.account(loan["id"], "2017-12-12"))["payoff_amount"]
    whole = (await county.repay(loan["id"], figure, "2017-12-12", "P2", "prepayment")).json()
    assert (whole["loan_closed"], Decimal(figure) < 29_000) == (True, True)
    restated = [data for name, data, *_ in await county.service.outbox() if name == "loan-restated"]
    assert [data["cause"] for data in restated] == ["repayment", "repayment"]
    (first, *_) = restated[-1]["repayments"]
    assert Decimal(first["interest"]) < Decimal(ahead), "of the days that were not used nothing is left as interest"
    await ensure_ledgers_agree(county)


async def test_a_contract_that_knows_no_prepayment_holds_the_money(start_service: StartService) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__prepayment_allowed=False)
    loan = await county.lend()
    answer = (await county.repay(loan["id"], "30000.00", "2017-09-10", "P1", "prepayment")).json()
    assert (answer["held"], answer["principal"]) == ("30000.00", "0.00")
    (held,) = (await county.get("/api/v1/held-money")).json()["items"]
    assert (held["held"], held["held_since"], held["used_on"]) == ("30000.00", "2017-09-10", "2017-12-20")


async def test_the_same_prepayment_again_is_already_recorded(county: County) -> None:
    loan = await county.lend("30000.00")
    first = (await county.installments(loan["id"]))[0]
    figure = str(closing_figure(loan, first, date(2017, 9, 10)))
    once = (await county.repay(loan["id"], figure, "2017-09-10", "P1", "prepayment")).json()
    again = (await county.repay(loan["id"], figure, "2017-09-10", "P1", "prepayment")).json()
    assert again == {**once, "already_recorded": True}
