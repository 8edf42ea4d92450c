"""What misused principal bears, counted by hand: 50 000.00 at 4.75 % ACT/360 bear 6.597222 a day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from services.lending.accounts.rules.account import Account
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.loans.rules.schedule import installments
from shared.policy.vocabulary import DayCount, DueKind, RepaymentMethod, Rounding, UnpaidInterest

LENT_ON, DUE_ON = date(2018, 1, 15), date(2018, 4, 15)
ALL = Decimal("50000.00")


def signed(due_on: tuple[date, ...] = (DUE_ON,), times: str = "2", grace_days: int = 0) -> Contract:
    """Return a contract whose principal falls due on the last of its days, 1.5 times its rate for lateness."""
    terms = Decimal("4.75"), DayCount.ACT_360, RepaymentMethod.INTEREST_ONLY
    return Contract(
        principal=ALL,
        annual_rate=terms[0],
        penalty_multiplier=Decimal("1.5"),
        day_count=terms[1],
        repayment_method=terms[2],
        rounding=Rounding.HALF_UP,
        disbursed_on=LENT_ON,
        early_payment_window_days=0,
        grace_days=grace_days,
        prepayment_allowed=True,
        allocation_order=(DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL),
        schedule=installments(ALL, *terms, LENT_ON, due_on),
        unpaid_interest_bears=UnpaidInterest.NOTHING,
        misuse_multiplier=Decimal(times),
    )


def misused(day: date, amount: Decimal = ALL) -> Posting:
    """Return that so much was misused since a day."""
    return Posting(UUID(int=1), PostingKind.MISUSE, day, "M1", amount)


def put_right(day: date) -> Posting:
    """Return that it was put right."""
    return Posting(UUID(int=2), PostingKind.MISUSE_ENDED, day, "M2")


def came(day: date, amount: str, kind: PostingKind = PostingKind.REPAYMENT) -> Posting:
    """Return money that came."""
    return Posting(UUID(int=9), kind, day, "R1", Decimal(amount))


def on(contract: Contract, day: date, *postings: Posting) -> Account:
    """Return an account on a day, penalty up to it."""
    return accrued_to(replay(contract, postings, RestDays(), day), day)


def adds(account: Account) -> Decimal:
    """Return what misuse adds so far."""
    return sum((due.penalty + due.penalty_remitted for due in account.dues if due.of_misuse), Decimal("0.00"))


@pytest.mark.parametrize(
    ("times", "since", "by_misuse", "in_all"),
    [
        # Late for 10 days at 1.5 (98.96), then for 30 at 2.0: 296.88 of lateness and 98.96 beyond it.
        pytest.param("2", 10, "98.96", "494.80", id="misused on the tenth day of lateness"),
        # Misused for 10 days before it fell due: 6.597222 more on each of these, and 3.298611 more on 40 late ones.
        pytest.param("2", -10, "197.92", "593.75", id="misused before it was late"),
        pytest.param("1.5", 10, "0.00", "395.84", id="no heavier than lateness"),
        pytest.param("1.5", -10, "32.99", "428.82", id="as heavy as lateness, and earlier"),
    ],
)
def test_misuse_found_on_the_fortieth_day_of_lateness_makes_only_the_heavier_rate_count(
    times: str, since: int, by_misuse: str, in_all: str
) -> None:
    account = on(signed(times=times), DUE_ON + timedelta(days=40), misused(DUE_ON + timedelta(days=since)))
    assert (adds(account), account.penalty_accrued) == (Decimal(by_misuse), Decimal(in_all))
    # Interest of the schedule stays as planned: 90 days.
    assert account.interest_charged == Decimal("593.75")


@pytest.mark.clause("SX-5(e)")
def test_what_misuse_adds_is_surcharge_and_interest_of_the_contract_stays() -> None:
    account = on(signed(), LENT_ON + timedelta(days=40), misused(LENT_ON + timedelta(days=10)))
    assert (adds(account), account.surcharge_unpaid(LENT_ON + timedelta(days=40))) == (Decimal("197.92"),) * 2
    late = on(signed(), DUE_ON + timedelta(days=40), misused(DUE_ON + timedelta(days=10)))
    # Of 494.79 the contract's rate is 263.89; a fund may bear that (LG-21a), and nobody the 230.90 beyond it.
    assert late.penalty_accrued - late.surcharge_unpaid(DUE_ON + timedelta(days=40)) == Decimal("263.89")


def test_misuse_that_was_put_right_adds_nothing_from_that_day_on() -> None:
    begins, ends = LENT_ON + timedelta(days=10), LENT_ON + timedelta(days=40)
    for day in (ends, ends + timedelta(days=20)):
        account = on(signed(), day, misused(begins), put_right(ends))
        assert adds(account) == Decimal("197.92")
        assert [(each.due.period_from, each.until) for each in account.misuses] == [(begins, ends)]


def test_what_is_repaid_repays_the_misused_part_first() -> None:
    begins = LENT_ON + timedelta(days=10)
    ten, rest = Decimal("10000.00"), Decimal("40000.00")
    # 10 000.00 for 30 days add 39.58. A prepayment of 10 039.58 and the interest of 40 days (263.89) pays it all.
    enough = came(begins + timedelta(days=30), "10303.47", PostingKind.PREPAYMENT)
    account = on(signed(), begins + timedelta(days=60), misused(begins, ten), enough)
    assert (adds(account), account.principal_outstanding) == (Decimal("39.58"), rest)
    assert account.misuses[0].until == enough.value_on
    # With a yuan less, a yuan of it is misused for 30 days more: less than half a fen.
    less = replace(enough, amount=enough.amount - 1)
    account = on(signed(), begins + timedelta(days=60), misused(begins, ten), less)
    assert (adds(account), account.misuses[0].until) == (Decimal("39.58"), None)


def test_no_more_than_is_lent_on_its_day_is_misused() -> None:
    day = LENT_ON + timedelta(days=30)
    paid = came(day, "10197.92", PostingKind.PREPAYMENT)  # 10 000.00 and 30 days' interest
    account = on(signed(), day + timedelta(days=31), paid, misused(day + timedelta(days=1)))
    assert account.principal_outstanding == Decimal("40000.00")
    assert adds(account) == Decimal("158.33")  # of 40 000.00 for 30 days
    assert not on(signed(), DUE_ON, replace(paid, amount=ALL * 2), misused(day + timedelta(days=1))).misuses


def test_days_of_grace_are_no_grace_of_misuse() -> None:
    account = on(signed(grace_days=10), DUE_ON + timedelta(days=5), misused(DUE_ON))
    assert (account.penalty_accrued, adds(account)) == (Decimal("32.99"), Decimal("32.99"))


def test_money_pays_what_misuse_adds_on_any_day_and_held_money_with_what_falls_due() -> None:
    day = LENT_ON + timedelta(days=30)
    account = on(signed(), day, misused(LENT_ON), came(day, "300.00"))
    assert (account.paid(DueKind.PENALTY), account.held) == (Decimal("197.92"), Decimal("102.08"))
    account = on(signed(), DUE_ON, misused(LENT_ON), came(day, "300.00"))
    # Until the due day 395.83 more are added; what was held pays of them.
    assert (account.paid(DueKind.PENALTY), account.held, adds(account)) == (
        Decimal("300.00"),
        Decimal("0.00"),
        Decimal("593.75"),
    )
