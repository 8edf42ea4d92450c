"""The quote a borrower is shown, and what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.loans.rules.due_dates import MAX_INSTALLMENTS, DueDatesRefused
from services.lending.loans.rules.schedule import (
    LoanTermsRefused,
    Quote,
    ScheduleImpossible,
    installments,
    quote,
)
from shared.dates import OutsideCalendar
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding


def county_quote(**changes: Any) -> Quote:
    """Quote 50 000 yuan at 4.35 % over three years, quarterly interest on the 21st."""
    terms: dict[str, Any] = {
        "principal": Decimal("50000.00"),
        "annual_rate_percent": Decimal("4.35"),
        "day_count": DayCount.ACT_360,
        "repayment_method": RepaymentMethod.INTEREST_ONLY,
        "disbursed_on": date(2023, 3, 21),
        "installment_count": 12,
        "period_months": 3,
    }
    return quote(**(terms | changes))


def test_quote_of_the_usual_loan() -> None:
    quoted = county_quote()

    first, last = quoted.installments[0], quoted.installments[-1]
    assert (first.number, first.due_on, first.days, first.period_from) == (1, date(2023, 6, 21), 92, date(2023, 3, 21))
    assert [str(amount) for amount in (first.principal, first.interest, first.total, first.balance)] == [
        "0.00",
        "555.83",
        "555.83",
        "50000.00",
    ]
    assert [str(amount) for amount in (last.principal, last.total, last.balance)] == ["50000.00", "50543.75", "0.00"]
    assert last.due_on == date(2026, 3, 21)
    assert str(quoted.total_interest) == "6621.64"


def test_level_instalments_of_five_years_leave_what_is_over_to_the_last() -> None:
    quoted = county_quote(
        principal=Decimal("100000.00"),
        annual_rate_percent=Decimal("4.5"),
        day_count=DayCount.THIRTY_360,
        repayment_method=RepaymentMethod.EQUAL_INSTALLMENT,
        disbursed_on=date(2023, 12, 1),
        installment_count=60,
        period_months=1,
    )
    assert [str(row.total) for row in quoted.installments] == ["1864.30"] * 59 + ["1864.43"]


@pytest.mark.parametrize(
    ("lent_on", "count", "months", "due_on"),
    [
        (date(2021, 1, 31), 4, 1, ["2021-02-28", "2021-03-31", "2021-04-30", "2021-05-31"]),
        (date(2020, 2, 29), 4, 12, ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]),
    ],
    ids=["lent on the 31st", "lent on 29 February"],
)
def test_due_days_keep_to_the_day_of_the_month_or_its_end(
    lent_on: date, count: int, months: int, due_on: list[str]
) -> None:
    quoted = county_quote(disbursed_on=lent_on, installment_count=count, period_months=months)
    assert [str(row.due_on) for row in quoted.installments] == due_on


def test_a_first_due_date_moves_all_later_ones() -> None:
    quoted = county_quote(first_due_on=date(2023, 4, 30), period_months=1, installment_count=3)

    assert [row.due_on for row in quoted.installments] == [date(2023, 4, 30), date(2023, 5, 30), date(2023, 6, 30)]
    assert [row.days for row in quoted.installments] == [40, 30, 31]


@pytest.mark.parametrize("method", RepaymentMethod)
def test_one_instalment_pays_everything(method: RepaymentMethod) -> None:
    quoted = county_quote(repayment_method=method, installment_count=1, period_months=12)

    (row,) = quoted.installments
    assert (row.principal, row.interest, row.total) == (Decimal(50000), Decimal("2211.25"), Decimal("52211.25"))


@pytest.mark.parametrize("method", RepaymentMethod)
def test_zero_rate_only_returns_the_principal(method: RepaymentMethod) -> None:
    quoted = county_quote(repayment_method=method, annual_rate_percent=Decimal(0))

    assert quoted.total_interest == 0
    assert sum(row.total for row in quoted.installments) == Decimal("50000.00")
    if method in (RepaymentMethod.EQUAL_INSTALLMENT, RepaymentMethod.EQUAL_PRINCIPAL):
        assert {str(row.total) for row in quoted.installments[:-1]} == {"4166.67"}
        assert str(quoted.installments[-1].total) == "4166.63"


@pytest.mark.parametrize(
    ("principal", "parts", "last"), [("0.05", "0.00", "0.05"), ("1.00", "0.02", "0.30"), ("0.36", "0.01", "0.01")]
)
def test_equal_principal_of_a_few_fen_is_not_repaid_before_the_end(principal: str, parts: str, last: str) -> None:
    quoted = county_quote(
        principal=Decimal(principal), repayment_method=RepaymentMethod.EQUAL_PRINCIPAL, installment_count=36
    )

    assert {str(row.principal) for row in quoted.installments[:-1]} == {parts}
    assert str(quoted.installments[-1].principal) == last


@pytest.mark.parametrize("fen", [1, 5, 10, 17, 40])
def test_level_instalments_of_a_few_fen_are_repaid_exactly(fen: int) -> None:
    principal = Decimal(fen).scaleb(-2)

    rows = county_quote(
        principal=principal, repayment_method=RepaymentMethod.EQUAL_INSTALLMENT, annual_rate_percent=Decimal(15)
    ).installments

    assert sum(row.principal for row in rows) == principal
    assert all(row.principal >= 0 for row in rows)
    assert rows[-1].balance == 0


def test_half_a_fen_goes_up_or_to_the_even_fen() -> None:
    # 45.00 x 4 % x 90 / 360 = 0.45; 45.50 gives 0.455.
    terms = {
        "principal": Decimal("45.50"),
        "annual_rate_percent": Decimal(4),
        "day_count": DayCount.THIRTY_360,
        "installment_count": 1,
    }

    assert county_quote(**terms).total_interest == Decimal("0.46")
    assert county_quote(**terms, rounding=Rounding.HALF_EVEN).total_interest == Decimal("0.46")
    even = terms | {"principal": Decimal("44.50")}  # 0.445
    assert county_quote(**even).total_interest == Decimal("0.45")
    assert county_quote(**even, rounding=Rounding.HALF_EVEN).total_interest == Decimal("0.44")


def test_refuses_a_level_instalment_below_the_interest_of_a_long_first_period() -> None:
    with pytest.raises(ScheduleImpossible, match=r"Instalment 1 of .* does not cover its interest") as refused:
        county_quote(repayment_method=RepaymentMethod.EQUAL_INSTALLMENT, first_due_on=date(2040, 3, 21))

    assert refused.value.code == "schedule-impossible"
    assert refused.value.interest > refused.value.amount


@pytest.mark.parametrize(
    "wrong",
    [
        {"principal": Decimal("0.00")},
        {"principal": Decimal("-1.00")},
        {"principal": Decimal("1.001")},
        {"principal": Decimal("NaN")},
        {"principal": Decimal("Infinity")},
        {"principal": Decimal("1e17")},
        {"annual_rate_percent": Decimal("-0.01")},
        {"annual_rate_percent": Decimal("NaN")},
        {"annual_rate_percent": Decimal("1000.01")},
        {"annual_rate_percent": Decimal("1e-900000")},
    ],
)
def test_refuses_impossible_terms(wrong: dict[str, Decimal]) -> None:
    with pytest.raises(LoanTermsRefused) as refused:
        county_quote(**wrong)

    assert refused.value.code == "loan-terms-refused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"installment_count": 0},
        {"installment_count": MAX_INSTALLMENTS + 1},
        {"period_months": 0},
        {"first_due_on": date(2023, 3, 21)},
        {"first_due_on": date(2023, 3, 20)},
    ],
)
def test_refuses_due_dates_that_cannot_exist(wrong: dict[str, Any]) -> None:
    with pytest.raises(DueDatesRefused) as refused:
        county_quote(**wrong)

    assert refused.value.code == "due-dates-refused"


@pytest.mark.parametrize("wrong", [{"period_months": 10**9}, {"disbursed_on": date(9999, 12, 1)}])
def test_refuses_due_dates_outside_the_calendar(wrong: dict[str, Any]) -> None:
    with pytest.raises(OutsideCalendar) as refused:
        county_quote(**wrong)

    assert refused.value.code == "outside-calendar"


@pytest.mark.parametrize("due_on", [[], [date(2024, 1, 1)], [date(2024, 2, 1), date(2024, 2, 1)]])
def test_refuses_due_dates_out_of_order(due_on: list[date]) -> None:
    with pytest.raises(LoanTermsRefused):
        installments(
            Decimal(100), Decimal(5), DayCount.ACT_365, RepaymentMethod.INTEREST_ONLY, date(2024, 1, 1), due_on
        )
