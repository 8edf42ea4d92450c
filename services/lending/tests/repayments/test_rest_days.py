"""A due day on a day of rest is met on the next working day, whichever way the bank asks or pays (Civil Code 203)."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from services.lending.tests.county import COUNTY, County
from shared.access import Role

# Disbursed a year before; the day it falls due, the day on which it is met, the day after.
DAYS = (
    pytest.param(date(2018, 3, 10), "2019-03-10", "2019-03-11", "2019-03-12", id="a Sunday"),
    pytest.param(date(2019, 4, 6), "2020-04-06", "2020-04-07", "2020-04-08", id="a Monday off for Qingming"),
)


async def last_due(county: County, lent_on: date) -> tuple[dict[str, Any], str]:
    """Lend for a year, pay the interest of the settlement day; return the loan and what its maturity still asks."""
    loan = await county.lend("30000.00", term_months=12, disbursed_on=lent_on, handed_over_on=lent_on)
    settled, last = await county.installments(loan["id"])
    assert (
        await county.repay(loan["id"], settled["interest_due"], settled["due_on"], f"R1-{loan['contract_number']}")
    ).status_code == 201
    return loan, str(Decimal(last["interest_due"]) + Decimal(last["principal_due"]))


async def mark_overdue(county: County, as_of: str) -> int:
    body = {"as_of": as_of, "county_code": COUNTY}
    answer = await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)
    marked: int = answer.json()["loans_marked"]
    return marked


async def dues(county: County, due_from: str, due_through: str) -> list[dict[str, str]]:
    text = (await county.get(f"/api/v1/dues.csv?due_from={due_from}&due_through={due_through}")).text
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(("lent_on", "due_on", "met_on", "late_on"), DAYS)
async def test_paid_on_the_next_working_day_is_on_time(
    county: County, lent_on: date, due_on: str, met_on: str, late_on: str
) -> None:
    loan, total = await last_due(county, lent_on)
    (row,) = await dues(county, due_on, met_on)
    assert (row["met_on"], row["penalty"], row["to_pay"]) == (met_on, "0.00", total)
    assert await mark_overdue(county, met_on) == 0

    answer = await county.repay(loan["id"], total, met_on, "R2")

    assert (answer.status_code, answer.json()["penalty"], answer.json()["loan_closed"]) == (201, "0.00", True)
    closed = (await county.service.outbox())[-1][1]
    assert closed["repaid_on_time"] is True


@pytest.mark.parametrize(("lent_on", "due_on", "met_on", "late_on"), DAYS)
async def test_paid_a_day_later_carries_one_day_of_penalty(
    county: County, lent_on: date, due_on: str, met_on: str, late_on: str
) -> None:
    loan, total = await last_due(county, lent_on)
    assert await mark_overdue(county, late_on) == 1
    assert (await county.loan(loan["id"]))["overdue_from"] == late_on
    (row,) = await dues(county, due_on, late_on)
    penalty, owed = row["penalty"], row["to_pay"]
    one_day = Decimal(total) * Decimal(loan["annual_rate"]) / 100 * Decimal("1.5") / 360
    assert penalty == str(one_day.quantize(Decimal("0.01"), ROUND_HALF_UP))

    answer = await county.repay(loan["id"], owed, late_on, "R2")

    assert (answer.status_code, answer.json()["penalty"], answer.json()["loan_closed"]) == (201, penalty, True)


async def test_a_part_left_unpaid_after_the_rest_is_overdue_from_the_day_after_it(county: County) -> None:
    loan, _ = await last_due(county, date(2018, 3, 10))
    assert await mark_overdue(county, "2019-03-12") == 1
    assert (await county.repay(loan["id"], "100.00", "2019-03-13", "R2")).status_code == 201
    assert (await county.loan(loan["id"]))["overdue_from"] == "2019-03-12"
