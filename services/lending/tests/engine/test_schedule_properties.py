"""What holds for every schedule, whatever the loan."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hypothesis import given, reject
from hypothesis import strategies as st

from services.lending.loans.rules.day_count import days, year_fraction
from services.lending.loans.rules.due_dates import due_dates
from services.lending.loans.rules.schedule import Installment, ScheduleImpossible, in_fen, installments
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding

FEN = Decimal("0.01")


class Loan(NamedTuple):
    """Terms as `installments` takes them."""

    principal: Decimal
    rate: Decimal
    day_count: DayCount
    method: RepaymentMethod
    disbursed_on: date
    due_on: tuple[date, ...]
    rounding: Rounding


@st.composite
def loans(
    draw: st.DrawFn,
    fen_min: int = 1,
    methods: tuple[RepaymentMethod, ...] = tuple(RepaymentMethod),
    count_min: int = 1,
    hundredths_min: int = 0,
) -> Loan:
    disbursed_on = draw(st.dates(date(2015, 1, 1), date(2030, 12, 31)))
    period_months = draw(st.sampled_from([1, 2, 3, 6, 12]))
    # Ten years at most: over decades at 24 % a level instalment is hardly more than interest; a leap day exceeds it.
    installment_count = draw(st.integers(count_min, min(36, 120 // period_months)))
    return Loan(
        Decimal(draw(st.integers(fen_min, 10_000_000))).scaleb(-2),
        Decimal(draw(st.integers(hundredths_min, 2400))).scaleb(-2),
        draw(st.sampled_from(DayCount)),
        draw(st.sampled_from(methods)),
        disbursed_on,
        due_dates(disbursed_on, installment_count, period_months),
        draw(st.sampled_from(Rounding)),
    )


def rows_of(loan: Loan) -> tuple[Installment, ...]:
    """Return the schedule; a few fen in level instalments may be refused, a real loan never."""
    try:
        return installments(*loan)
    except ScheduleImpossible:
        if loan.principal >= 100 or loan.method is not RepaymentMethod.EQUAL_INSTALLMENT:
            raise
        reject()


def interest_of(loan: Loan) -> Decimal:
    return sum((row.interest for row in rows_of(loan)), Decimal(0))


def rounded(exact: Fraction, rounding: Rounding) -> Decimal:
    """Round without the engine: by comparing remainders of whole numbers."""
    fen, rest = divmod(exact.numerator * 100, exact.denominator)
    twice = 2 * rest
    up = twice > exact.denominator or (twice == exact.denominator and (rounding is Rounding.HALF_UP or fen % 2 == 1))
    return Decimal(fen + up) / 100


@given(loans())
def test_principal_is_repaid_exactly_and_the_balance_never_negative(loan: Loan) -> None:
    rows = rows_of(loan)

    balance = loan.principal
    for number, (row, due_on) in enumerate(zip(rows, loan.due_on, strict=True), start=1):
        balance -= row.principal
        assert (row.number, row.due_on, row.balance) == (number, due_on, balance)
        assert row.principal >= 0
        assert row.interest >= 0
        assert row.balance >= 0
        assert row.total == row.principal + row.interest
        assert all(amount.as_tuple().exponent == -2 for amount in (row.principal, row.interest, row.total, row.balance))
    assert balance == 0
    assert sum(row.principal for row in rows) == loan.principal


@given(loans())
def test_interest_is_that_of_the_balance_for_the_days_of_the_row(loan: Loan) -> None:
    balance = loan.principal
    for row in rows_of(loan):
        in_year = {DayCount.ACT_365: 365, DayCount.ACT_360: 360, DayCount.THIRTY_360: 360}.get(loan.day_count)
        part = Fraction(row.days, in_year) if in_year else year_fraction(loan.day_count, row.period_from, row.due_on)
        # A bullet loan settles no interest before its last row.
        charged = loan.method is not RepaymentMethod.BULLET or row.due_on == loan.due_on[-1]
        exact = Fraction(balance) * Fraction(loan.rate) / 100 * part if charged else Fraction(0)
        assert row.interest == rounded(exact, loan.rounding)
        assert row.days == days(loan.day_count, row.period_from, row.due_on)
        balance = row.balance


@given(
    loans(methods=(RepaymentMethod.INTEREST_ONLY, RepaymentMethod.EQUAL_PRINCIPAL, RepaymentMethod.EQUAL_INSTALLMENT))
)
def test_periods_adjoin_from_disbursement_to_maturity(loan: Loan) -> None:
    rows = rows_of(loan)

    assert [row.period_from for row in rows] == [loan.disbursed_on, *(row.due_on for row in rows[:-1])]


@given(loans(fen_min=100_000, methods=(RepaymentMethod.EQUAL_INSTALLMENT,)))
def test_equal_instalments_are_equal_but_the_last(loan: Loan) -> None:
    rows = rows_of(loan)

    totals = {row.total for row in rows[:-1]}
    assert len(totals) <= 1
    for level in totals:
        assert abs(rows[-1].total - level) <= FEN * len(rows) * grown(loan, rows)


def grown(loan: Loan, rows: tuple[Installment, ...]) -> Decimal:
    """Return how much a fen left over in the first row can have grown by the last, rounded up."""
    years = Decimal((rows[-1].due_on - loan.disbursed_on).days + 5) / 360
    return (1 + loan.rate / 100) ** (years + 1)


@given(loans(fen_min=100_000, methods=(RepaymentMethod.EQUAL_INSTALLMENT,), count_min=2))
def test_equal_instalment_discounts_to_the_principal(loan: Loan) -> None:
    rows = rows_of(loan)

    present, discount = Fraction(0), Fraction(1)
    for row in rows:
        discount /= 1 + Fraction(loan.rate) / 100 * year_fraction(loan.day_count, row.period_from, row.due_on)
        present += Fraction(row.total) * discount

    # Half a fen of rounding in every row is all that separates the rounded plan from the exact one.
    assert abs(present - Fraction(loan.principal)) <= Fraction(FEN) * len(rows) / 2


@given(
    fen=st.integers(100_000, 10_000_000),
    rate_fen=st.integers(1, 2400),
    count=st.integers(2, 36),
    disbursed_on=st.dates(date(2015, 1, 1), date(2030, 1, 1)).map(lambda day: day.replace(day=min(day.day, 27))),
)
def test_equal_instalment_of_whole_months_is_the_annuity(
    fen: int, rate_fen: int, count: int, disbursed_on: date
) -> None:
    rows = installments(
        Decimal(fen).scaleb(-2),
        Decimal(rate_fen).scaleb(-2),
        DayCount.THIRTY_360,
        RepaymentMethod.EQUAL_INSTALLMENT,
        disbursed_on,
        due_dates(disbursed_on, count, 1),
    )

    principal, monthly = Fraction(fen, 100), Fraction(rate_fen, 100) / 1200
    annuity = principal * monthly * (1 + monthly) ** count / ((1 + monthly) ** count - 1)
    assert abs(Fraction(rows[0].total) - annuity) < Fraction(3, 200)


@given(loans(methods=(RepaymentMethod.EQUAL_PRINCIPAL,)))
def test_equal_principal_is_equal_but_the_last(loan: Loan) -> None:
    rows = rows_of(loan)

    assert len({row.principal for row in rows[:-1]}) <= 1
    assert abs(rows[-1].principal - rows[0].principal) <= FEN * len(rows)


@given(loans(), st.integers(0, 500))
def test_a_higher_rate_never_costs_less(loan: Loan, more: int) -> None:
    dearer = loan._replace(rate=loan.rate + Decimal(more).scaleb(-2))

    cheap = interest_of(loan)
    dear = interest_of(dearer)

    # Level instalments are rounded themselves, which moves the interest by up to a fen in every row.
    slack = FEN * (len(loan.due_on) if loan.method is RepaymentMethod.EQUAL_INSTALLMENT else 0)
    assert dear + slack >= cheap


@given(loans(fen_min=100_000, count_min=2, hundredths_min=1))
def test_principal_repaid_later_costs_more_interest(loan: Loan) -> None:
    interest = {
        method: interest_of(loan._replace(method=method))
        for method in (RepaymentMethod.EQUAL_PRINCIPAL, RepaymentMethod.INTEREST_ONLY)
    }

    assert interest[RepaymentMethod.EQUAL_PRINCIPAL] <= interest[RepaymentMethod.INTEREST_ONLY]


@given(loans())
def test_interest_only_and_bullet_differ_only_by_rounding(loan: Loan) -> None:
    only = interest_of(loan._replace(method=RepaymentMethod.INTEREST_ONLY))
    bullet = interest_of(loan._replace(method=RepaymentMethod.BULLET))

    assert abs(only - bullet) <= FEN / 2 * (len(loan.due_on) + 1)


@given(st.fractions(0, 1000), st.sampled_from(Rounding))
def test_rounding_is_to_the_nearest_fen(amount: Fraction, rounding: Rounding) -> None:
    assert in_fen(amount, rounding) == rounded(amount, rounding)
    assert abs(Fraction(in_fen(amount, rounding)) - amount) <= Fraction(1, 200)


@given(loans(methods=(RepaymentMethod.INTEREST_ONLY,)), st.data())
def test_splitting_a_period_moves_interest_by_at_most_a_fen(loan: Loan, data: st.DataObject) -> None:
    one_day = timedelta(days=1)
    middle = data.draw(st.dates(loan.disbursed_on + one_day, loan.due_on[0] - one_day))

    whole = installments(*loan._replace(due_on=(loan.due_on[0],)))
    parts = installments(*loan._replace(due_on=(middle, loan.due_on[0])))

    assert abs(sum(row.interest for row in parts) - whole[0].interest) <= FEN
