"""Accrual, the figure that closes a loan, and partial prepayment."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.lending.loans.rules.day_count import PeriodReversed
from services.lending.loans.rules.due_dates import SettlementDay, due_dates, settlement_due_dates
from services.lending.loans.rules.prepayment import (
    Prepayment,
    PrepaymentRefused,
    accrued_interest,
    prepay,
)
from services.lending.loans.rules.schedule import Installment, installments
from shared.policy.vocabulary import DayCount, RepaymentMethod
from spec.settlement import settlement_figure

RATE = Decimal("4.35")
START = date(2023, 3, 21)


def plan(method: RepaymentMethod, day_count: DayCount = DayCount.ACT_360) -> tuple[Installment, ...]:
    # A bullet loan has one due date only: the schedule of a real one is a single row.
    count, period_months = (1, 36) if method is RepaymentMethod.BULLET else (12, 3)
    due_on = due_dates(START, count, period_months)
    return installments(Decimal(50000), RATE, day_count, method, START, due_on)


def prepaid(
    rows: tuple[Installment, ...],
    amount: Decimal,
    paid_on: date,
    method: RepaymentMethod,
    day_count: DayCount = DayCount.ACT_360,
) -> Prepayment:
    remaining = [row for row in rows if row.due_on > paid_on]
    return prepay(remaining, amount, paid_on, RATE, day_count, method)


def test_accrued_interest_stops_the_day_before() -> None:
    assert accrued_interest(Decimal(50000), RATE, DayCount.ACT_360, START, START) == 0
    assert accrued_interest(Decimal(50000), RATE, DayCount.ACT_360, START, START + timedelta(days=1)) == Decimal("6.04")
    with pytest.raises(PeriodReversed):
        accrued_interest(Decimal(50000), RATE, DayCount.ACT_360, START, START - timedelta(days=1))


@pytest.mark.parametrize("method", RepaymentMethod)
@pytest.mark.parametrize("day_count", DayCount)
def test_settling_on_a_due_date_costs_nothing_extra(method: RepaymentMethod, day_count: DayCount) -> None:
    for row in plan(method, day_count):
        before = row.balance + row.principal
        figure = settlement_figure(before, RATE, day_count, row.period_from, row.due_on)

        assert (figure.principal, figure.interest) == (before, row.interest)
        assert figure.total == row.total + row.balance


def test_settlement_keeps_unpaid_interest_and_penalty_apart() -> None:
    figure = settlement_figure(
        Decimal("50000.00"),
        RATE,
        DayCount.ACT_360,
        date(2017, 12, 20),
        date(2018, 1, 19),
        unpaid_interest=Decimal("1800.00"),
        unpaid_penalty=Decimal("9.79"),
    )

    assert figure.interest == Decimal("181.25")
    assert (figure.unpaid_interest, figure.unpaid_penalty) == (Decimal("1800.00"), Decimal("9.79"))
    assert figure.total == Decimal("51991.04")


@pytest.mark.parametrize("method", RepaymentMethod)
@given(amount_fen=st.integers(1, 4_900_000), offset=st.integers(0, 1094), day_count=st.sampled_from(DayCount))
def test_prepayment_splits_exactly_and_repays_the_rest(
    method: RepaymentMethod, amount_fen: int, offset: int, day_count: DayCount
) -> None:
    rows, paid_on, amount = plan(method, day_count), START + timedelta(days=offset), Decimal(amount_fen).scaleb(-2)
    current = next(row for row in rows if row.due_on > paid_on)
    balance = current.balance + current.principal
    accrued = accrued_interest(balance, RATE, day_count, current.period_from, paid_on)
    assume(accrued < amount < balance + accrued)

    paid = prepaid(rows, amount, paid_on, method, day_count)

    assert paid.interest == accrued
    assert paid.interest + paid.principal == amount
    assert paid.balance == balance - paid.principal
    assert sum(row.principal for row in paid.installments) == paid.balance
    assert paid.installments[-1].balance == 0
    assert [row.number for row in paid.installments] == list(
        range(current.number, current.number + len(paid.installments))
    )
    old_due_on = [row.due_on for row in rows[current.number - 1 :]]
    assert [row.due_on for row in paid.installments] == old_due_on[: len(paid.installments)]
    assert paid.installments[0].period_from == paid_on


@pytest.mark.parametrize("method", RepaymentMethod)
def test_keeping_the_maturity_keeps_every_due_date_and_lowers_the_instalments(method: RepaymentMethod) -> None:
    rows = plan(method)

    paid = prepaid(rows, Decimal(20000), START, method)

    assert [row.due_on for row in paid.installments] == [row.due_on for row in rows]
    assert all(new.total < old.total for new, old in zip(paid.installments, rows, strict=True))


@pytest.mark.parametrize("method", RepaymentMethod)
def test_paying_the_settlement_figure_leaves_nothing(method: RepaymentMethod) -> None:
    rows, paid_on = plan(method), date(2023, 5, 4)
    figure = settlement_figure(Decimal(50000), RATE, DayCount.ACT_360, START, paid_on)

    paid = prepaid(rows, figure.total, paid_on, method)

    assert (paid.interest, paid.balance, paid.installments) == (figure.interest, Decimal("0.00"), ())


def test_prepayment_between_two_settlement_days() -> None:
    due_on = settlement_due_dates(date(2017, 3, 15), date(2019, 3, 15), SettlementDay((12,), 20))
    rows = installments(
        Decimal(50000), RATE, DayCount.ACT_360, RepaymentMethod.INTEREST_ONLY, date(2017, 3, 15), due_on
    )

    paid = prepaid(rows, Decimal("10181.25"), date(2018, 1, 19), RepaymentMethod.INTEREST_ONLY)

    assert (paid.interest, paid.principal, paid.balance) == (Decimal("181.25"), Decimal(10000), Decimal(40000))
    assert [(row.number, row.due_on) for row in paid.installments] == [(2, date(2018, 12, 20)), (3, date(2019, 3, 15))]
    assert paid.installments[0].interest == Decimal("1619.17")  # 40 000 x 4.35 % x 335 / 360


@pytest.mark.parametrize(
    ("amount", "paid_on", "sentence"),
    [
        ("50000.01", START, "more than the 50000.00 that closes"),
        ("0.00", START, "repays no principal"),
        ("60.41", START + timedelta(days=10), "repays no principal"),
        ("1000.00", START - timedelta(days=1), "outside the current period"),
    ],
)
def test_refuses_prepayments_that_do_not_fit(amount: str, paid_on: date, sentence: str) -> None:
    method = RepaymentMethod.EQUAL_INSTALLMENT
    with pytest.raises(PrepaymentRefused, match=sentence) as refused:
        prepaid(plan(method), Decimal(amount), paid_on, method)

    assert refused.value.code == "prepayment-refused"


def test_refuses_a_prepayment_while_an_instalment_of_the_day_is_open() -> None:
    rows = plan(RepaymentMethod.EQUAL_INSTALLMENT)

    with pytest.raises(PrepaymentRefused, match="post instalments due by then first"):
        prepay(
            rows,
            Decimal(1000),
            rows[0].due_on,
            RATE,
            DayCount.ACT_360,
            RepaymentMethod.EQUAL_INSTALLMENT,
        )


def test_refuses_a_prepayment_after_maturity() -> None:
    method = RepaymentMethod.INTEREST_ONLY
    with pytest.raises(PrepaymentRefused, match="No instalment remains"):
        prepaid(plan(method), Decimal(1000), date(2026, 3, 21), method)
