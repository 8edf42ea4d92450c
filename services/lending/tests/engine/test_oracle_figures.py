"""Rates, accruals, prepayments and penalties that other engines publish, checked against ours."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from services.lending.loans.rules.day_count import year_fraction
from services.lending.loans.rules.due_dates import due_dates
from services.lending.loans.rules.prepayment import accrued_interest, prepay
from services.lending.loans.rules.schedule import installments
from services.lending.tests.engine.oracle import CASES, CENT, rows_of_fixed_total
from shared.dates import add_months
from shared.policy.vocabulary import DayCount, RepaymentMethod
from spec.penalty import OverdueDue, penalty_interest, total_penalty

ONE_DAY = timedelta(days=1)

FACTOR_BASES = {
    "actual/365": DayCount.ACT_365,
    "actual/actual": DayCount.ACT_ACT,
    "actual/actual (year boundary on 31 Dec)": DayCount.ACT_ACT,
    "30/360": DayCount.THIRTY_360,
    "15/360": DayCount.ACT_360,
}


@pytest.mark.parametrize(
    "factor",
    [f for f in CASES["FIN-UT-FACTORS"]["expected"]["factors"] if f["day_count"] in FACTOR_BASES],
    ids=lambda factor: f"{factor['day_count']} {factor['period']}",
)
def test_unrounded_period_rates(factor: dict[str, str]) -> None:
    rate = Decimal(CASES["FIN-UT-FACTORS"]["inputs"]["annual_rate_pct"])
    match factor["period"]:
        case "any month":
            start, end = date(2024, 2, 1), date(2024, 3, 1)
        case "15 days":
            start, end = date(2024, 1, 1), date(2024, 1, 16)
        case period:
            start, end = (date.fromisoformat(day) for day in period.split("/"))
    if "31 Dec" in factor["day_count"]:
        start, end = start + ONE_DAY, end + ONE_DAY

    ours = Fraction(rate) / 100 * year_fraction(FACTOR_BASES[factor["day_count"]], start, end)

    assert abs(ours - Fraction(factor["value"])) < Fraction(1, 10**12)


def test_actual_360_interest_of_a_few_days() -> None:
    cases = CASES["KAU-360"]
    start = date(2024, 2, 20)

    ours = [
        accrued_interest(
            Decimal(case["balance"]),
            Decimal(case["annual_rate_pct"]),
            DayCount.ACT_360,
            start,
            start + timedelta(days=case["days"]),
        )
        for case in cases["inputs"]["cases"]
    ]

    assert ours == [Decimal(interest) for interest in cases["expected"]["interest"]]


def test_basis_of_360_is_not_replaced_by_365() -> None:
    # FIN-2359 names 1 % for a whole term of 60 days: 6 % a year over 360.
    start = date(2024, 1, 1)

    interest = accrued_interest(Decimal(100000), Decimal(6), DayCount.ACT_360, start, start + timedelta(days=60))

    assert interest == Decimal(CASES["FIN-2359"]["expected"]["interest"])


def test_broken_first_days_are_counted_as_they_are() -> None:
    # FRA-BROKEN-UPFRONT gives the two days before the regular months a row of their own.
    rows = installments(
        Decimal(100000),
        Decimal("14.5"),
        DayCount.ACT_365,
        RepaymentMethod.INTEREST_ONLY,
        date(2023, 11, 3),
        [date(2023, 11, 5), *due_dates(date(2023, 11, 3), 12, 1, first_due_on=date(2023, 12, 5))],
    )

    assert rows[0].days == 2
    assert rows[0].interest == Decimal(CASES["FRA-BROKEN-UPFRONT"]["expected"]["row_1_interest"])


def test_accrual_to_a_day() -> None:
    inputs, expected = CASES["FRA-FUTURE"]["inputs"], CASES["FRA-FUTURE"]["expected"]
    from_, until = date.fromisoformat(inputs["from"]), date.fromisoformat(inputs["to"])

    interest = accrued_interest(
        Decimal(inputs["principal"]), Decimal(inputs["annual_rate_pct"]), DayCount.ACT_365, from_, until
    )

    assert ((until - from_).days, interest) == (expected["days"], Decimal(expected["interest"]))


def test_prepayment_after_two_days_pays_interest_first() -> None:
    # FRA-DAYROUND rounds every day (79.64 + 79.64 = 159.28); ours rounds the two days once: 159.29.
    remaining = installments(
        Decimal(171000),
        Decimal(17),
        DayCount.ACT_365,
        RepaymentMethod.INTEREST_ONLY,
        date(2024, 11, 30),
        [date(2024, 12, 30)],
    )

    paid = prepay(
        remaining,
        Decimal(3859),
        date(2024, 12, 2),
        Decimal(17),
        DayCount.ACT_365,
        RepaymentMethod.INTEREST_ONLY,
    )

    assert (paid.interest, paid.balance) == (Decimal("159.29"), Decimal("167300.29"))
    next_day = accrued_interest(paid.balance, Decimal(17), DayCount.ACT_365, date(2024, 12, 2), date(2024, 12, 3))
    assert next_day == Decimal(CASES["FRA-DAYROUND"]["expected"]["next_day_interest"])


def test_fixed_instalment_until_nothing_is_left() -> None:
    expected = CASES["FRA-280K-FIXED"]["expected"]
    start = date(2024, 1, 5)

    rows = rows_of_fixed_total(
        Decimal(280000),
        Decimal(14000),
        Decimal("8.4"),
        DayCount.THIRTY_360,
        start,
        due_dates(start, 36, 1),
    )

    assert len(rows) == expected["rows"]
    assert abs(sum(row.interest for row in rows) - Decimal(expected["total_interest"])) <= 1


def test_fixed_instalment_splits_into_interest_and_principal() -> None:
    expected = CASES["PYL-EXPLICIT"]["expected"]["row_2"]
    start = date(2026, 1, 1)

    rows = rows_of_fixed_total(
        Decimal(1000),
        Decimal(100),
        Decimal(12),
        DayCount.THIRTY_360,
        start,
        due_dates(start, 12, 1),
    )

    row = rows[1]
    assert [row.total, row.interest, row.principal, row.balance] == [Decimal(value) for value in expected.values()]


def test_fixed_instalment_over_real_days() -> None:
    # AMC-LEVELPAY keeps fractions of a cent; row by row ours is within a cent of it.
    inputs, expected = CASES["AMC-LEVELPAY"]["inputs"], CASES["AMC-LEVELPAY"]["expected"]
    start = date.fromisoformat(inputs["disbursed"])

    rows = rows_of_fixed_total(
        Decimal(inputs["principal"]),
        Decimal(inputs["payment"]),
        Decimal(inputs["annual_rate_pct"]),
        DayCount.ACT_365,
        start,
        due_dates(start, inputs["instalments"], 1),
    )

    for row, interest, principal in zip(
        rows, expected["interest_unrounded"], expected["principal_unrounded"], strict=True
    ):
        assert abs(row.interest - Decimal(interest)) <= CENT
        assert abs(row.principal - Decimal(principal)) <= CENT


def test_fixed_instalment_goes_on_after_a_prepayment() -> None:
    # PYL-ANN-PREPAY: 25,000 beside the instalment of 2025-01-31, month ends under 30E/360 ISDA.
    inputs, expected = CASES["PYL-ANN-PREPAY"]["inputs"], CASES["PYL-ANN-PREPAY"]["expected"]
    start = date.fromisoformat(inputs["disbursed"])
    rate, method = Decimal(inputs["annual_rate_pct"]), RepaymentMethod.EQUAL_INSTALLMENT
    rows = installments(
        Decimal(inputs["principal"]), rate, DayCount.THIRTY_360, method, start, due_dates(start, 240, 1)
    )
    prepaid_on = date.fromisoformat(inputs["prepayment"]["date"])
    before = [row for row in rows if row.due_on <= prepaid_on]
    remaining = rows[len(before) :]

    balance = remaining[0].balance + remaining[0].principal - Decimal(inputs["prepayment"]["amount"])
    following = rows_of_fixed_total(
        balance, rows[0].total, rate, DayCount.THIRTY_360, prepaid_on, [row.due_on for row in remaining]
    )

    assert rows[0].total == Decimal(inputs["instalment"])
    december, january, february = expected["rows_around_prepayment"]
    # The source carries fractions of a cent through twelve months: balances differ by cents, interest by one at most.
    for row, theirs in ((before[-2], december), (before[-1], january), (following[0], february)):
        assert row.due_on == date.fromisoformat(theirs["due"])
        assert abs(row.interest - Decimal(theirs["interest"])) <= CENT
        assert abs(row.principal - Decimal(theirs["principal"])) <= CENT
    assert abs(balance - Decimal(january["balance_after"])) <= 5 * CENT
    assert following[-1].due_on < rows[-1].due_on
    assert {row.total for row in following[:-1]} == {Decimal(inputs["instalment"])}


def test_penalty_leaves_out_the_days_of_grace() -> None:
    # FRA-PENALTY gives a formula: overdue amount x 25 % / 365 x (30 - 4); the overdue amount is ours to choose.
    due = OverdueDue(1, date(2024, 3, 1), Decimal("500.00"))

    penalties = penalty_interest(
        [due], due.due_on, due.due_on + timedelta(days=30), Decimal(25), Decimal(1), DayCount.ACT_365, grace_days=4
    )

    assert total_penalty(penalties) == Decimal("8.90")  # 500 x 0.25 / 365 x 26 = 8.904


def test_month_ends_of_the_thirty_day_basis_are_thirty_days_apart() -> None:
    ends = [date(2024, 1, 31), *(add_months(date(2024, 1, 31), months) for months in range(1, 15))]

    fractions = {year_fraction(DayCount.THIRTY_360, start, end) for start, end in pairwise(ends)}

    assert fractions == {Fraction(1, 12)}
