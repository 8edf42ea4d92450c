"""Interest by spans of one rate each equals interest counted day by day, whatever was received meanwhile."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.accounts.rules.account import Account, Due
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.loans.rules.day_count import year_fraction
from services.lending.loans.rules.due_dates import due_dates
from services.lending.loans.rules.rates import Rates, corrected
from services.lending.loans.rules.schedule import in_fen, installments
from services.lending.tests.accounts.drawn import LENT_ON, histories, rate_changes
from shared.policy.vocabulary import DayCount, DueKind, RepaymentMethod, Rounding

END = date(2023, 1, 1)
History = tuple[Contract, list[Posting], RestDays]
RATE = st.sampled_from([Decimal(each) for each in ("0", "3.85", "4.35", "4.75", "12.5")])


def change(day: date, rate: str, number: int = 1) -> Posting:
    return Posting(UUID(int=1000 + number), PostingKind.RATE, day, f"rate-{number}", annual_rate=Decimal(rate))


def by_the_day(account: Account, due: Due, balance: Decimal) -> Decimal:
    """Return the interest of a due, counted for each of its days at the rate of that day."""
    days = [due.period_from + timedelta(days=each) for each in range((due.due_on - due.period_from).days)]
    count = account.contract.day_count
    each_day = (
        Fraction(balance) * Fraction(account.rates.on(day)) / 100 * year_fraction(count, day, day + timedelta(days=1))
        for day in days
    )
    return in_fen(sum(each_day, Fraction(0)), account.contract.rounding)


@given(history=histories(), drawn=st.data())
def test_every_due_bears_the_rate_of_each_of_its_days(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    receipts = [each for each in postings if each.kind is not PostingKind.RATE]
    changes = drawn.draw(rate_changes(contract, least=1))
    account = replay(contract, [*receipts, *changes], rest, END)
    left = contract.principal
    for due in sorted(account.live, key=lambda due: (due.due_on, due.number)):
        if contract.repayment_method is not RepaymentMethod.BULLET or due.principal > 0:
            assert due.interest + due.interest_remitted == by_the_day(account, due, left), due
        left -= due.principal + due.principal_remitted
    assert left == 0
    assert account.rates.last == max(changes, key=lambda each: each.value_on).annual_rate


def contract_of(method: RepaymentMethod, rate: str = "4.75") -> Contract:
    rows = installments(Decimal("50000.00"), Decimal(rate), DayCount.ACT_360, method, LENT_ON, due_dates(LENT_ON, 4, 3))
    return Contract(
        principal=Decimal("50000.00"),
        annual_rate=Decimal(rate),
        penalty_multiplier=Decimal("1.5"),
        day_count=DayCount.ACT_360,
        repayment_method=method,
        rounding=Rounding.HALF_UP,
        disbursed_on=LENT_ON,
        early_payment_window_days=0,
        grace_days=0,
        prepayment_allowed=True,
        allocation_order=(DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL),
        schedule=rows,
    )


@pytest.mark.parametrize(
    ("method", "interest"),
    [
        # 15 Apr to 15 Jul has 91 days: 16 at 4.75 % and 75 at 3.85 %.
        (RepaymentMethod.INTEREST_ONLY, ["593.75", "506.60", "491.94", "491.94"]),
        (RepaymentMethod.EQUAL_PRINCIPAL, ["593.75", "379.95", "245.97", "122.99"]),
    ],
)
def test_a_rate_that_falls_in_the_middle_of_a_period_is_shared_by_days(
    method: RepaymentMethod, interest: list[str]
) -> None:
    account = replay(contract_of(method), [change(date(2018, 5, 1), "3.85")], RestDays(), END)
    assert [f"{due.interest}" for due in sorted(account.live, key=lambda due: due.due_on)] == interest
    gone = [due for due in account.dues if due.cancelled_on is not None]
    assert [due.number for due in gone] == [2, 3, 4]
    assert {due.cancelled_on for due in gone} == {date(2018, 5, 1)}


def test_equal_instalments_are_equal_again_after_the_running_period() -> None:
    contract = contract_of(RepaymentMethod.EQUAL_INSTALLMENT)
    account = replay(contract, [change(date(2018, 4, 15), "3.85")], RestDays(), END)
    dues = sorted(account.live, key=lambda due: due.due_on)
    before = [row.principal + row.interest for row in contract.schedule]
    after = [due.principal + due.interest for due in dues]
    assert after[0] == before[0]
    assert max(after[1:]) - min(after[1:]) <= Decimal("0.02")
    assert after[1] < before[1]


def test_a_rate_from_the_first_day_is_the_contract_at_that_rate() -> None:
    for method in RepaymentMethod:
        wrong, right = contract_of(method, "43.5"), contract_of(method, "4.35")
        account = replay(wrong, [change(LENT_ON, "4.35")], RestDays(), END)
        dues = [(due.due_on, due.principal, due.interest) for due in account.live]
        if method is RepaymentMethod.EQUAL_INSTALLMENT:
            assert dues == [(row.due_on, row.principal, row.interest) for row in right.schedule]
        assert sum(interest for *_, interest in dues) == sum(row.interest for row in right.schedule)


def test_what_was_paid_too_much_is_held_and_what_is_late_bears_the_rate_of_the_day() -> None:
    contract = contract_of(RepaymentMethod.INTEREST_ONLY)
    paid = Posting(UUID(int=1), PostingKind.REPAYMENT, date(2018, 4, 15), "R1", Decimal("593.75"))
    lower = change(LENT_ON, "3.85")
    account = replay(contract, [paid, lower], RestDays(), date(2018, 4, 15))
    assert (account.receipts[0].total(DueKind.INTEREST), account.held) == (Decimal("481.25"), Decimal("112.50"))
    late = replay(contract, [change(date(2018, 4, 25), "3.85")], RestDays(), date(2018, 5, 5))
    accrued_to(late, date(2018, 5, 5))
    assert [(each.period_from, each.until, each.amount) for each in late.accruals] == [
        (date(2018, 4, 15), date(2018, 4, 25), Decimal("1.18")),  # 593.75 x 7.125 % x 10 / 360
        (date(2018, 4, 25), date(2018, 5, 5), Decimal("0.95")),  # 593.75 x 5.775 % x 10 / 360
    ]


@st.composite
def held_rates(draw: st.DrawFn) -> Rates:
    """Draw a contract's rates with up to three changes."""
    days = sorted(draw(st.sets(st.integers(0, 700), max_size=3)))
    return Rates(draw(RATE), tuple((LENT_ON + timedelta(days=day), draw(RATE)) for day in days))


@given(held=held_rates(), right=held_rates(), day=st.none() | st.integers(0, 800))
def test_a_correction_gives_back_what_was_too_much_and_asks_nothing_for_the_past(
    held: Rates, right: Rates, day: int | None
) -> None:
    from_on = None if day is None else LENT_ON + timedelta(days=day)
    found = corrected(held, right, LENT_ON, from_on)
    for each in range(900):
        on = LENT_ON + timedelta(days=each)
        is_asked = from_on is not None and on >= from_on
        assert found.on(on) == (right.on(on) if is_asked else min(held.on(on), right.on(on)))
    assert all(earlier < later for (earlier, _), (later, _) in zip(found.later, found.later[1:], strict=False))
    assert found.first == held.first
    if from_on is not None:
        assert corrected(found, right, LENT_ON, from_on) == found
