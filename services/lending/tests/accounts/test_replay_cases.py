"""Cases with figures worked out by hand: 50 000.00 at 4.75 %, ACT/360, 6.597222 a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from services.lending.accounts.rules.account import Account
from services.lending.accounts.rules.early import settlement
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.loans.rules.schedule import installments
from shared.policy.vocabulary import DayCount, DueKind, RepaymentMethod, Rounding

LENT_ON = date(2018, 3, 10)
DUE_ON = (date(2018, 12, 20), date(2019, 3, 10))
RECEIVED, EARLY, REFUNDED = PostingKind.REPAYMENT, PostingKind.PREPAYMENT, PostingKind.REFUND


def contract(due_on: Sequence[date] = DUE_ON, method: RepaymentMethod = RepaymentMethod.INTEREST_ONLY) -> Contract:
    principal, rate = Decimal("50000.00"), Decimal("4.75")
    rows = installments(principal, rate, DayCount.ACT_360, method, LENT_ON, due_on)
    return Contract(
        principal=principal,
        annual_rate=rate,
        penalty_multiplier=Decimal("1.5"),
        day_count=DayCount.ACT_360,
        repayment_method=method,
        rounding=Rounding.HALF_UP,
        disbursed_on=LENT_ON,
        early_payment_window_days=30,
        grace_days=0,
        prepayment_allowed=True,
        allocation_order=(DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL),
        schedule=rows,
    )


def paid(kind: PostingKind, day: date, amount: str, reference: str | None = None) -> Posting:
    posting_id = uuid4()
    return Posting(posting_id, kind, day, reference or str(posting_id), Decimal(amount))


def after(*postings: Posting, day: date = date(2020, 1, 1), rest: RestDays | None = None) -> Account:
    return replay(contract(), postings, rest or RestDays(), day)


def sums(account: Account) -> tuple[str, str, str, str]:
    """Return interest, principal and penalty paid, and what is held."""
    return (
        str(account.paid(DueKind.INTEREST)),
        str(account.paid(DueKind.PRINCIPAL)),
        str(account.paid(DueKind.PENALTY)),
        str(account.held),
    )


FIRST = paid(RECEIVED, DUE_ON[0], "1880.21")  # 285 days


def test_repaid_with_interest_to_maturity_thirty_days_before_it_owes_the_days_used() -> None:
    account = after(FIRST, paid(RECEIVED, date(2019, 2, 8), "50527.78"))
    assert sums(account) == ("2210.07", "50000.00", "0.00", "197.92")
    assert account.closed_on == date(2019, 2, 8)


@pytest.mark.clause("SX-5")
def test_thirty_days_late_are_interest_at_the_contracts_rate_and_a_surcharge() -> None:
    paid_out, late = paid(RECEIVED, DUE_ON[1], "527.78"), DUE_ON[1] + timedelta(days=30)
    account = accrued_to(after(FIRST, paid_out, day=late), late)
    assert (account.penalty_accrued, account.surcharge_unpaid(late)) == (Decimal("296.88"), Decimal("98.96"))
    thirds = [paid(RECEIVED, late, "100.00", f"R{number}") for number in range(3)]
    settled = after(FIRST, paid_out, *thirds, day=late)
    surcharges = [settled.surcharges[each.id] for each in thirds]
    assert surcharges == [Decimal("33.33"), Decimal("33.34"), Decimal("32.29")]  # of 100.00, 100.00 and 96.88


def test_interest_within_the_window_is_no_settlement() -> None:
    account = after(FIRST, paid(RECEIVED, date(2019, 2, 8), "527.78"), day=date(2019, 2, 9))
    assert sums(account) == ("2407.99", "0.00", "0.00", "0.00")
    assert account.closed_on is None


def test_interest_paid_ahead_counts_when_the_loan_is_settled() -> None:
    ahead = paid(RECEIVED, date(2019, 2, 20), "100.00")
    assert settlement(after(FIRST, ahead, day=date(2019, 2, 25)), date(2019, 2, 25)) == Decimal("50342.01")
    account = after(FIRST, ahead, paid(EARLY, date(2019, 2, 25), "50342.01"))
    assert sums(account) == ("2322.22", "50000.00", "0.00", "0.00")  # 1 880.21 + 442.01 of 67 days, once
    assert account.closed_on == date(2019, 2, 25)


def test_too_much_interest_paid_ahead_is_given_back_when_the_loan_ends_the_day_after() -> None:
    ahead = paid(RECEIVED, date(2019, 2, 8), "527.78")
    account = after(FIRST, ahead, paid(EARLY, date(2019, 2, 9), "50000.00"))
    # 51 days are 336.46: of 527.78 paid ahead 191.32 are too much.
    assert sums(account) == ("2216.67", "50000.00", "0.00", "191.32")
    assert account.closed_on == date(2019, 2, 9)


def test_a_settlement_dated_before_interest_that_came_for_later_days_returns_that_interest() -> None:
    later = paid(RECEIVED, date(2019, 3, 1), "527.78")
    account = after(FIRST, later, paid(EARLY, date(2019, 2, 8), "50329.86"))
    assert sums(account) == ("2210.07", "50000.00", "0.00", "527.78")
    assert account.closed_on == date(2019, 2, 8)


def test_what_is_more_than_due_is_held_and_used_on_the_next_due_day() -> None:
    account = after(paid(RECEIVED, DUE_ON[0], "2000.00"), day=date(2019, 3, 9))
    assert sums(account) == ("1880.21", "0.00", "0.00", "119.79")
    used = after(paid(RECEIVED, DUE_ON[0], "2000.00"), day=DUE_ON[1])
    assert sums(used) == ("2000.00", "0.00", "0.00", "0.00")


def test_money_on_a_closed_loan_is_held() -> None:
    account = after(FIRST, paid(RECEIVED, DUE_ON[1], "50527.78"), paid(RECEIVED, date(2019, 3, 12), "80.00"))
    assert sums(account) == ("2407.99", "50000.00", "0.00", "80.00")
    assert account.closed_on == DUE_ON[1]


def test_a_receipt_that_came_in_time_takes_back_the_penalty_booked_without_it() -> None:
    late = paid(RECEIVED, date(2019, 1, 10), "100.00")
    # 21 days late: 1 880.21 x 7.125 % x 21 / 360 = 7.81
    assert sums(after(late, day=date(2019, 1, 11))) == ("92.19", "0.00", "7.81", "0.00")
    assert sums(after(late, FIRST, day=date(2019, 1, 11))) == ("1880.21", "0.00", "0.00", "100.00")
    assert after(late).was_late
    assert not after(late, FIRST, day=date(2019, 3, 10)).was_late


def test_a_due_day_of_rest_is_met_on_the_next_working_day() -> None:
    rest = RestDays({date(2019, 3, 10): date(2019, 3, 11)})
    account = after(FIRST, paid(RECEIVED, date(2019, 3, 11), "50527.78"), rest=rest)
    assert sums(account) == ("2407.99", "50000.00", "0.00", "0.00")
    assert not account.was_late
    late = after(FIRST, paid(RECEIVED, date(2019, 3, 12), "50527.78"), rest=rest, day=date(2019, 3, 12))
    assert sums(late)[2] == "10.00"  # one day from the 11th: 50 527.78 x 7.125 % / 360


def test_a_refund_whose_money_is_taken_back_is_owed_by_who_received_it() -> None:
    surplus = paid(RECEIVED, date(2019, 3, 12), "300.00")
    refund = paid(REFUNDED, date(2019, 3, 20), "300.00")
    full = (FIRST, paid(RECEIVED, DUE_ON[1], "50527.78"))
    assert after(*full, surplus, refund).refund_missing == 0
    without = after(*full, refund)
    assert (without.refund_missing, without.held) == (Decimal("300.00"), Decimal(0))


def test_thirty_days_of_penalty() -> None:
    account = accrued_to(after(FIRST, day=date(2019, 3, 10)), date(2019, 4, 9))
    assert account.penalty_accrued == Decimal("300.01")  # on 50 527.78; on the principal alone 296.88


def test_a_part_repaid_early_bears_interest_for_the_days_used_and_leaves_the_maturity() -> None:
    account = after(FIRST, paid(EARLY, date(2019, 2, 8), "20329.86"), day=date(2019, 2, 9))
    assert sums(account) == ("2210.07", "20000.00", "0.00", "0.00")
    left = [(due.period_from, due.due_on, due.interest, due.principal) for due in account.live if due.is_open]
    assert left == [(date(2019, 2, 8), date(2019, 3, 10), Decimal("118.75"), Decimal("30000.00"))]


def test_interest_paid_ahead_stays_paid_when_a_part_is_repaid_early() -> None:
    ahead = paid(RECEIVED, date(2019, 2, 8), "527.78")
    account = after(FIRST, ahead, paid(EARLY, date(2019, 2, 8), "20000.00"), day=date(2019, 2, 9))
    # 329.86 for 50 days on 50 000, 118.75 for 30 days on 30 000: 79.17 of 527.78 are too much.
    assert sums(account) == ("2328.82", "20000.00", "0.00", "79.17")


@pytest.mark.parametrize("amount", ["40000.00", "50000.00"])
def test_a_repayment_long_before_its_day_is_held_until_somebody_says_what_it_is(amount: str) -> None:
    account = after(FIRST, paid(RECEIVED, date(2019, 1, 10), amount), day=date(2019, 1, 11))
    assert sums(account) == ("1880.21", "0.00", "0.00", amount)
