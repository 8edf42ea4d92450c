"""Whole schedules that other engines publish, checked against ours row by row."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.lending.loans.rules.prepayment import accrued_interest
from services.lending.loans.rules.schedule import exact_interest, installments, quote
from services.lending.tests.engine.oracle import CASES, CENT
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding

ONE_DAY = timedelta(days=1)

# case: method, day count, months per period
SCHEDULES = {
    "FIN-C3152": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.ACT_ACT, 1),
    "FIN-C3164": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.ACT_ACT, 1),
    "FIN-C3154": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.THIRTY_360, 1),
    "FIN-C3155": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.THIRTY_360, 1),
    "FIN-C3165": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.THIRTY_360, 1),
    "FIN-C3157": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.THIRTY_360, 2),
    "FIN-C3159": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.ACT_365, 1),
    "FIN-PLAN7": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.THIRTY_360, 1),
    "CAP-STD-S6": (RepaymentMethod.EQUAL_INSTALLMENT, DayCount.THIRTY_360, 6),
    "CAP-LINEAR-Q12": (RepaymentMethod.EQUAL_PRINCIPAL, DayCount.THIRTY_360, 3),
    "CAP-REAL-LIN-S3": (RepaymentMethod.EQUAL_PRINCIPAL, DayCount.ACT_365, 6),
    "DOM-IO-Q-A360": (RepaymentMethod.INTEREST_ONLY, DayCount.ACT_360, 3),
    "DOM-EQP-A360": (RepaymentMethod.EQUAL_PRINCIPAL, DayCount.ACT_360, 3),
}
# These cut the year on 31 December: the night to 1 January belongs to the new year. ISDA cuts on 1 January. The same
# periods one day later are cut by ISDA exactly where the source cuts them.
YEAR_CUT_ON_31_DECEMBER = {"FIN-C3152", "FIN-C3164"}
# These engines carry the part of a fen lost in one row into later rows; ours rounds every period on its own.
CARRY = {"CAP-REAL-INFINE-M18", "CAP-CUSTOM-DATES-24"}
USED_BELOW = {
    "FIN-UT-FACTORS", "FIN-2359", "FRA-BROKEN-UPFRONT", "FRA-280K-FIXED", "FRA-PENALTY", "FRA-FUTURE", "FRA-DAYROUND",
    "CAP-INFINE-M36", "CAP-INFINE-Q12", "CAP-INFINE-Y3", "CAP-UNCAP-M36", "AMC-LEVELPAY", "AMC-BULLET", "KAU-360",
    "PYL-EXPLICIT", "PYL-ANN-PREPAY",
}  # fmt: skip


def test_every_case_in_the_file_is_used() -> None:
    assert set(CASES) == set(SCHEDULES) | CARRY | USED_BELOW


@pytest.mark.parametrize("case_id", SCHEDULES)
def test_schedule_is_the_published_one_to_the_cent(case_id: str) -> None:
    method, day_count, period_months = SCHEDULES[case_id]
    inputs, expected = CASES[case_id]["inputs"], CASES[case_id]["expected"]
    shift = ONE_DAY if case_id in YEAR_CUT_ON_31_DECEMBER else timedelta()
    half_even = "half-even" in inputs.get("rounding", "")

    quoted = quote(
        principal=Decimal(inputs["principal"]),
        annual_rate_percent=Decimal(inputs["annual_rate_pct"]),
        day_count=day_count,
        repayment_method=method,
        disbursed_on=date.fromisoformat(inputs["disbursed"]) + shift,
        installment_count=inputs["instalments"],
        period_months=period_months,
        rounding=Rounding.HALF_EVEN if half_even else Rounding.HALF_UP,
    )

    ours = [
        (row.number, row.due_on - shift, row.principal, row.interest, row.total, row.balance)
        for row in quoted.installments
    ]
    published = [
        (
            row["nr"],
            date.fromisoformat(row["due"]),
            *(Decimal(row[name]) for name in ("principal", "interest", "instalment", "balance_after")),
        )
        for row in expected["schedule"]
    ]
    assert ours == published
    assert quoted.total_interest == Decimal(expected["total_interest"])


def test_isda_cuts_the_first_period_of_fin_c3152_on_1_january() -> None:
    interest = accrued_interest(
        Decimal(10000), Decimal(12), DayCount.ACT_ACT, date(2023, 12, 12), date(2024, 1, 12), Rounding.HALF_EVEN
    )

    assert interest == Decimal("101.82")  # 20/365 + 11/366, as the notes of the case say


@pytest.mark.parametrize("case_id", sorted(CARRY))
def test_rows_of_engines_that_carry_rounding_differ_by_at_most_a_cent(case_id: str) -> None:
    inputs, expected = CASES[case_id]["inputs"], CASES[case_id]["expected"]
    due_on = [date.fromisoformat(row["due"]) for row in expected["schedule"]]

    rows = installments(
        Decimal(inputs["principal"]),
        Decimal(inputs["annual_rate_pct"]),
        DayCount.ACT_365,
        RepaymentMethod.INTEREST_ONLY,
        date.fromisoformat(inputs["disbursed"]),
        due_on,
    )

    differences = [
        row.interest - Decimal(theirs["interest"]) for row, theirs in zip(rows, expected["schedule"], strict=True)
    ]
    assert [difference for difference in differences if difference] == [CENT]  # the one carried cent
    assert sum(row.interest for row in rows) == Decimal(expected["total_interest"]) + CENT
    assert [row.balance for row in rows] == [Decimal(theirs["balance_after"]) for theirs in expected["schedule"]]


def test_cap_infine_m36_without_carried_cents_has_the_same_interest_in_every_row() -> None:
    quoted = interest_only_from_2018(36, 1)

    assert {row.interest for row in quoted.installments} == {Decimal("458.33")}
    assert quoted.total_interest == Decimal("16499.88")  # the case says: 16,499.88 where every row is rounded alone
    assert quoted.installments[-1].principal == Decimal("55000.00")


@pytest.mark.parametrize(("case_id", "count", "period_months"), [("CAP-INFINE-Q12", 12, 3), ("CAP-INFINE-Y3", 3, 12)])
def test_interest_only_in_whole_quarters_and_years(case_id: str, count: int, period_months: int) -> None:
    expected = CASES[case_id]["expected"]

    quoted = interest_only_from_2018(count, period_months)

    assert {row.interest for row in quoted.installments} == {Decimal(expected["interest_each"])}
    assert quoted.installments[-1].total == Decimal(expected["last_row"]["due"])
    assert all(row.principal == 0 for row in quoted.installments[:-1])


def interest_only_from_2018(count: int, period_months: int, method: str = "interest_only") -> Any:
    return quote(
        principal=Decimal(55000),
        annual_rate_percent=Decimal(10),
        day_count=DayCount.THIRTY_360,
        repayment_method=RepaymentMethod(method),
        disbursed_on=date(2018, 1, 1),
        installment_count=count,
        period_months=period_months,
    )


def test_bullet_pays_everything_in_the_last_row() -> None:
    expected = CASES["CAP-UNCAP-M36"]["expected"]

    quoted = interest_only_from_2018(36, 1, "bullet")

    # The source rounds each month and loses a cent; interest that is paid once is rounded once.
    assert abs(quoted.installments[-1].interest - Decimal(expected["last_row"]["interest"])) == CENT
    assert quoted.installments[-1].interest == Decimal("16500.00")
    assert {row.total for row in quoted.installments[:-1]} == {Decimal(expected["all_other_rows_due"])}


def test_bullet_of_one_month() -> None:
    inputs, expected = CASES["AMC-BULLET"]["inputs"], CASES["AMC-BULLET"]["expected"]
    from_, until = date.fromisoformat(inputs["disbursed"]), date.fromisoformat(inputs["due"])
    principal, rate = Decimal(inputs["principal"]), Decimal(inputs["annual_rate_pct"])

    (row,) = installments(principal, rate, DayCount.ACT_365, RepaymentMethod.BULLET, from_, [until])

    exact = exact_interest(Fraction(principal), rate, DayCount.ACT_365, from_, until)
    assert abs(exact - Fraction(expected["interest_unrounded"])) < Fraction(1, 10**5)
    assert (row.interest, row.total, row.balance) == (Decimal("84.93"), Decimal("10084.93"), Decimal("0.00"))
