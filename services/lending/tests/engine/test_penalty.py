"""Penalty interest on late payment."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.day_count import PeriodReversed
from services.lending.loans.rules.schedule import LoanTermsRefused
from shared.policy.vocabulary import DayCount, Rounding
from shared.workdays import workday_from
from spec.penalty import (
    LatePayment,
    OverdueDue,
    Penalty,
    penalty_interest,
    total_penalty,
)

DUE_ON = date(2017, 12, 20)
HALF_MORE = Decimal("1.5")
RATE = Decimal("4.35")


def days_late(days: int) -> date:
    return DUE_ON + timedelta(days=days)


def penalty_until(due: OverdueDue, until: date, grace_days: int = 0, start: date = DUE_ON) -> Penalty:
    (penalty,) = penalty_interest([due], start, until, RATE, HALF_MORE, DayCount.ACT_360, grace_days=grace_days)
    return penalty


def test_interest_of_20_december_paid_30_days_late_carries_half_more_than_the_contract_rate() -> None:
    penalty = penalty_until(OverdueDue(1, DUE_ON, Decimal("1691.67")), days_late(30))

    assert penalty.amount == Decimal("9.20")  # 1 691.67 x 4.35 % x 1.5 x 30 / 360
    assert [(part.days, part.overdue) for part in penalty.segments] == [(30, Decimal("1691.67"))]


def test_paid_on_the_due_date_is_on_time() -> None:
    due = OverdueDue(1, DUE_ON, Decimal("1691.67"), (LatePayment(DUE_ON, Decimal("1691.67")),))

    assert penalty_until(due, days_late(400)) == Penalty(1, DUE_ON, Decimal("0.00"), ())


def test_a_payment_lowers_the_penalty_from_its_day_on() -> None:
    due = OverdueDue(
        1,
        DUE_ON,
        Decimal("3000.00"),
        (LatePayment(days_late(10), Decimal("1000.00")), LatePayment(days_late(30), Decimal("2000.00"))),
    )

    penalty = penalty_until(due, days_late(90))

    assert [(part.days, part.overdue) for part in penalty.segments] == [(10, Decimal(3000)), (20, Decimal(2000))]
    assert penalty.amount == Decimal("12.69")  # (3 000 x 10 + 2 000 x 20) x 4.35 % x 1.5 / 360


def test_free_grace_days_never_carry_penalty() -> None:
    due = OverdueDue(1, DUE_ON, Decimal(1000))

    assert penalty_until(due, days_late(5), grace_days=5).amount == 0
    assert penalty_until(due, days_late(15), grace_days=5) == penalty_until(due, days_late(15), start=days_late(5))


@pytest.mark.parametrize(
    ("due_on", "met_on"),
    [
        (date(2019, 3, 10), date(2019, 3, 11)),  # a Sunday
        (date(2019, 9, 29), date(2019, 9, 29)),  # a Sunday worked for National Day
        (date(2019, 10, 1), date(2019, 10, 8)),  # National Day's week
        (date(2020, 4, 6), date(2020, 4, 7)),  # a Monday off for Qingming
    ],
)
def test_a_due_day_of_rest_is_met_on_the_next_working_day(due_on: date, met_on: date) -> None:
    due = OverdueDue(1, due_on, Decimal(1000))

    assert penalty_until(due, met_on, start=due_on).amount == 0
    assert [part.days for part in penalty_until(due, met_on + timedelta(days=1), start=due_on).segments] == [1]


def test_nothing_is_counted_before_a_due_date() -> None:
    dues = [OverdueDue(1, DUE_ON, Decimal(1000)), OverdueDue(2, days_late(70), Decimal(1000))]

    first, second = penalty_interest(
        dues, days_late(-100), days_late(71), RATE, HALF_MORE, DayCount.ACT_360, rounding=Rounding.HALF_EVEN
    )

    assert [part.days for part in first.segments] == [71]
    assert [part.days for part in second.segments] == [1]
    assert total_penalty([first, second]) == first.amount + second.amount


PAYMENTS = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 30_000)), max_size=3).map(
    lambda pairs: tuple(LatePayment(days_late(offset), Decimal(fen).scaleb(-2)) for offset, fen in pairs)
)


@given(
    payments=PAYMENTS,
    cut=st.integers(0, 150),
    grace_days=st.integers(0, 20),
    day_count=st.sampled_from(DayCount),
)
def test_windows_that_follow_one_another_add_up(
    payments: tuple[LatePayment, ...], cut: int, grace_days: int, day_count: DayCount
) -> None:
    due = OverdueDue(1, DUE_ON, Decimal(1000), payments)
    windows = [(DUE_ON, days_late(cut)), (days_late(cut), days_late(150)), (DUE_ON, days_late(150))]

    head, tail, whole = (
        penalty_interest([due], *window, RATE, HALF_MORE, day_count, grace_days)[0] for window in windows
    )

    assert sum(part.days for part in head.segments + tail.segments) == sum(part.days for part in whole.segments)
    assert abs(head.amount + tail.amount - whole.amount) <= Decimal("0.015")


@given(payments=PAYMENTS, grace_days=st.integers(0, 20))
def test_penalty_equals_summing_every_single_day(payments: tuple[LatePayment, ...], grace_days: int) -> None:
    due = OverdueDue(1, DUE_ON, Decimal(1000), payments)

    penalty = penalty_until(due, days_late(140), grace_days)

    exact = sum(
        (
            (1000 - sum(Fraction(p.amount) for p in payments if p.paid_on <= days_late(day)))
            * Fraction(RATE)
            * Fraction(HALF_MORE)
            / 36000
            for day in range((workday_from(days_late(grace_days)) - DUE_ON).days, 140)
        ),
        Fraction(0),
    )
    assert abs(Fraction(penalty.amount) - exact) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("payments", "sentence"),
    [
        ((LatePayment(days_late(-1), Decimal(10)),), "is not late"),
        ((LatePayment(days_late(1), Decimal(600)), LatePayment(days_late(2), Decimal(401))), "more than the overdue"),
    ],
)
def test_refuses_payments_that_do_not_belong_to_the_due(payments: tuple[LatePayment, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        penalty_until(OverdueDue(1, DUE_ON, Decimal(1000), payments), days_late(9))


@pytest.mark.parametrize(("multiplier", "grace_days"), [("-0.1", 0), ("NaN", 0), ("10.1", 0), ("1.5", -1)])
def test_refuses_impossible_penalty_terms(multiplier: str, grace_days: int) -> None:
    with pytest.raises(ValueError, match="Multiplier"):
        penalty_interest([], DUE_ON, days_late(1), RATE, Decimal(multiplier), DayCount.ACT_360, grace_days)


def test_refuses_negative_overdue_amounts_and_reversed_windows() -> None:
    with pytest.raises(LoanTermsRefused):
        penalty_until(OverdueDue(1, DUE_ON, Decimal(-1)), days_late(1))
    with pytest.raises(PeriodReversed):
        penalty_until(OverdueDue(1, DUE_ON, Decimal(1)), days_late(-1))
