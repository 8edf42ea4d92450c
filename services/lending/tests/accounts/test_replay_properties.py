"""What holds of every account, whatever was received on it and in which order it was booked."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.lending.accounts.rules.account import KINDS, Account
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.loans.rules.due_dates import due_dates
from services.lending.loans.rules.schedule import installments
from services.lending.tests.accounts.drawn import days_of, histories
from shared.policy.vocabulary import DayCount, DueKind, RepaymentMethod, Rounding, UnpaidInterest

History = tuple[Contract, list[Posting], RestDays]
END, ZERO = date(2023, 1, 1), Decimal("0.00")
MONEY = (PostingKind.REPAYMENT, PostingKind.PREPAYMENT)


def figures(account: Account) -> object:
    """Return everything an account says."""
    return (
        [
            (due.number, due.due_on, due.principal, due.interest, due.penalty, due.principal_paid, due.interest_paid)
            for due in account.dues
        ],
        [(receipt.posting.id, receipt.parts, receipt.held, receipt.refunded) for receipt in account.receipts],
        account.accruals,
        account.remissions,
        account.closed_on,
        account.refund_missing,
    )


@given(history=histories(), drawn=st.data())
def test_the_order_of_booking_does_not_matter(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    shuffled = drawn.draw(st.permutations(postings))
    assert figures(replay(contract, shuffled, rest, END)) == figures(replay(contract, postings, rest, END))


@given(history=histories(), drawn=st.data())
def test_every_yuan_received_is_somewhere(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    account = replay(contract, postings, rest, drawn.draw(days_of(contract)))
    for receipt in account.receipts:
        paid = sum((receipt.total(kind) for kind in KINDS), Decimal("0.00"))
        assert receipt.posting.amount == paid + receipt.held + receipt.refunded
        assert receipt.held >= 0
        assert all(amount > 0 for part in receipt.parts.values() for amount in part.values())
    assert sum(receipt.posting.amount for receipt in account.receipts) == sum(
        posting.amount for posting in postings if posting.value_on <= account.as_of and posting.kind in MONEY
    )


@given(history=histories(), drawn=st.data())
def test_what_is_remitted_was_owed_and_is_owed_no_more(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    account = accrued_to(replay(contract, postings, rest, drawn.draw(days_of(contract))), END)
    decided = {posting.id: posting for posting in postings if posting.kind is PostingKind.REMISSION}
    for posting in decided.values():
        mine = [each for each in account.remissions if each.decided_by == posting.id]
        assert all((each.kind, each.on) == (posting.remits, posting.value_on) for each in mine)
        assert sum(each.amount for each in mine) <= posting.amount
    small = [each for each in account.remissions if each.decided_by is None]
    for number in {each.number for each in small}:
        assert sum(each.amount for each in small if each.number == number) <= contract.tolerance
    for kind in KINDS:
        remitted = sum(getattr(due, f"{kind}_remitted") for due in account.live)
        assert remitted == account.remitted(kind)
        asked = sum(getattr(due, str(kind)) for due in account.live)
        assert asked == account.paid(kind) + sum(due.unpaid(kind) for due in account.live)
    accrued = sum(each.amount for each in account.accruals)
    assert accrued == account.penalty_accrued + account.remitted(DueKind.PENALTY)
    assert ZERO <= account.surcharge_remitted <= account.remitted(DueKind.PENALTY)


@given(history=histories())
def test_no_due_that_was_paid_lacks_what_is_within_tolerance(history: History) -> None:
    contract, postings, rest = history
    account = replay(contract, postings, rest, END)
    for due in account.live:
        assert due.of_misuse or due.paid == 0 or not ZERO < sum(map(due.unpaid, KINDS)) <= contract.tolerance


@given(history=histories(), drawn=st.data())
def test_no_due_receives_more_than_it_asks_for(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    account = replay(contract, postings, rest, drawn.draw(days_of(contract)))
    for due in account.dues:
        assert all(due.unpaid(kind) >= 0 for kind in KINDS) or due.cancelled_on is not None
        assert due.cancelled_on is None or due.interest_paid + due.principal_paid + due.penalty == 0
    live = {due.number for due in account.live}
    assert all(receipt.parts.keys() <= live for receipt in account.receipts)
    remitted = account.remitted(DueKind.PRINCIPAL)
    assert sum(due.principal for due in account.live) + remitted == contract.principal
    assert contract.principal == account.principal_outstanding + account.paid(DueKind.PRINCIPAL) + remitted
    for due in account.live:
        for kind in KINDS:
            given_to_it = sum(
                receipt.parts.get(due.number, {}).get(kind, Decimal("0.00")) for receipt in account.receipts
            )
            assert due.unpaid(kind) == getattr(due, str(kind)) - given_to_it
    assert (account.closed_on is not None) == (not any(due.is_open for due in account.live))


@given(history=histories(), drawn=st.data())
def test_what_comes_later_changes_nothing_before(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    day = drawn.draw(days_of(contract))
    known = [posting for posting in postings if posting.value_on <= day]
    assert figures(replay(contract, postings, rest, day)) == figures(replay(contract, known, rest, day))


@given(history=histories(), drawn=st.data())
def test_a_sum_in_two_parts_on_one_day_is_the_sum(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    of_sums = (*MONEY, PostingKind.REMISSION)
    wide = [posting for posting in postings if posting.kind in of_sums and posting.amount >= Decimal("0.02")]
    if not wide:
        return
    whole = drawn.draw(st.sampled_from(wide))
    first = Decimal(drawn.draw(st.integers(1, int(whole.amount * 100) - 1))).scaleb(-2)
    parts = [
        replace(whole, amount=first),
        replace(whole, id=UUID(int=99), reference=f"{whole.reference}-2", amount=whole.amount - first),
    ]
    others = [posting for posting in postings if posting is not whole]
    one, two = (replay(contract, [*others, *these], rest, END) for these in ([whole], parts))
    assert [one.paid(kind) for kind in KINDS] == [two.paid(kind) for kind in KINDS]
    assert (one.held, one.closed_on, one.principal_outstanding) == (two.held, two.closed_on, two.principal_outstanding)


@given(history=histories(), drawn=st.data())
def test_a_refund_of_what_is_held_takes_it_away_and_no_more(history: History, drawn: st.DataObject) -> None:
    contract, postings, rest = history
    before = replay(contract, postings, rest, END)
    amount = Decimal(drawn.draw(st.integers(1, 1_000_000))).scaleb(-2)
    refund = Posting(UUID(int=77), PostingKind.REFUND, END, "refund", amount)
    after = replay(contract, [*postings, refund], rest, END)
    assert after.held == max(before.held - amount, Decimal(0))
    assert after.refund_missing == max(amount - before.held, Decimal(0))
    assert [after.paid(kind) for kind in KINDS] == [before.paid(kind) for kind in KINDS]


@given(history=histories())
def test_more_money_or_earlier_money_never_leaves_more_debt(history: History) -> None:
    """Where unpaid interest bears less than principal, money that comes early for interest may leave more penalty.

    A prepayment is another matter: the earlier it comes, the less interest it meets, and the more principal it pays.
    """
    contract, postings, rest = history
    contract = replace(contract, unpaid_interest_bears=UnpaidInterest.PENALTY_RATE)
    if not postings or postings[0].kind not in MONEY:
        return
    debt = owed(replay(contract, postings, rest, END))
    first = postings[0]
    others = postings[1:]
    more = replace(first, amount=first.amount + 100)
    assert owed(replay(contract, [more, *others], rest, END)) <= debt + rounded(postings)
    earlier = sooner(first, contract)
    opened = (contract.window_until(each.value_on) for each in (earlier, first))
    if first.kind is PostingKind.PREPAYMENT or a_due_lies_between(contract, *opened):
        return
    # What was paid before a remission is not there to be remitted; what is paid before a misuse repays nothing of it.
    others = [posting for posting in others if posting.kind not in (PostingKind.REMISSION, PostingKind.MISUSE)]
    debt = owed(replay(contract, [first, *others], rest, END))
    assert owed(replay(contract, [earlier, *others], rest, END)) <= debt + rounded(postings)


@given(history=histories())
def test_an_earlier_prepayment_leaves_no_more_debt_on_the_next_due_day(history: History) -> None:
    """Later it may: the interest that it did not meet yet bears penalty where nobody pays it, principal does not."""
    contract, postings, rest = history
    prepaid = next((posting for posting in postings if posting.kind is PostingKind.PREPAYMENT), None)
    if prepaid is None or a_due_lies_between(contract, sooner(prepaid, contract).value_on, prepaid.value_on):
        return
    day = next((row.due_on for row in contract.schedule if row.due_on > prepaid.value_on), END)
    rates = [posting for posting in postings if posting.kind is PostingKind.RATE]
    later, earlier = (debt_on(day, contract, [each, *rates], rest) for each in (prepaid, sooner(prepaid, contract)))
    assert earlier <= later + rounded(postings)


def test_an_earlier_prepayment_pays_principal_in_place_of_interest_that_falls_due_later() -> None:
    """Left unpaid, that interest bears penalty for two years, and more is owed in the end than was saved."""
    due_on = due_dates(date(2018, 1, 15), 3, 12)
    terms = (RepaymentMethod.INTEREST_ONLY, date(2018, 1, 15), due_on, Rounding.HALF_UP)
    contract = Contract(
        principal=Decimal("28730.47"),
        annual_rate=Decimal("4.35"),
        penalty_multiplier=Decimal("1.5"),
        day_count=DayCount.ACT_360,
        repayment_method=RepaymentMethod.INTEREST_ONLY,
        rounding=Rounding.HALF_UP,
        disbursed_on=date(2018, 1, 15),
        early_payment_window_days=0,
        grace_days=0,
        prepayment_allowed=True,
        allocation_order=(DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL),
        schedule=installments(Decimal("28730.47"), Decimal("4.35"), DayCount.ACT_360, *terms),
    )
    prepaid = Posting(UUID(int=1), PostingKind.PREPAYMENT, date(2018, 11, 17), "R1", Decimal("1267.13"))
    in_the_end = []
    for posting, interest in ((prepaid, "1062.31"), (sooner(prepaid, contract), "923.45")):
        assert replay(contract, [posting], RestDays(), due_on[0]).paid(DueKind.INTEREST) == Decimal(interest)
        in_the_end.append(owed(replay(contract, [posting], RestDays(), END)))
    assert in_the_end == [Decimal("35414.35"), Decimal("35415.17")]


def sooner(money: Posting, contract: Contract) -> Posting:
    """Return the same money forty days earlier, or on the day the loan was paid out."""
    return replace(money, value_on=max(money.value_on - timedelta(days=40), contract.disbursed_on))


def a_due_lies_between(contract: Contract, before: date, after: date) -> bool:
    """Return whether an instalment is due after one day and not after another.

    Of the last days of the window: the due could be paid ahead later and not yet before, when money is held for it.
    """
    return any(before < row.due_on <= after for row in contract.schedule)


def debt_on(day: date, contract: Contract, postings: list[Posting], rest: RestDays) -> Decimal:
    """Return what is owed on a day, due or not yet, less what is held."""
    account = accrued_to(replay(contract, postings, rest, day), day)
    due = [each for each in account.live if each.due_on <= day]
    asked = sum((each.unpaid(kind) for each in due for kind in (DueKind.INTEREST, DueKind.PENALTY)), ZERO)
    return account.principal_outstanding + asked - account.held


def owed(account: Account) -> Decimal:
    """Return what is owed at the end, less what is held."""
    accrued_to(account, END)
    return account.arrears(END) - account.held


def rounded(postings: list[Posting]) -> Decimal:
    """Return how far rounding once for every stretch of days may carry: a fen for each due and posting."""
    return Decimal("0.01") * (len(postings) + 1) * 40
