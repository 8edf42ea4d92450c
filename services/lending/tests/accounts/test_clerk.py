"""The account that the service computes is the one that a clerk keeps by hand, day by day (`spec.account`)."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.lending.accounts.rules.account import Account
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.replay import replay
from services.lending.tests.accounts.drawn import FEN, days_of, histories
from shared.policy.vocabulary import DueKind
from spec.account import Clerk

OF_A_DUE = ("principal", "interest", "penalty")


@given(history=histories(), drawn=st.data())
def test_the_account_is_what_a_clerk_writes_day_by_day(
    history: tuple[Contract, list[Posting], RestDays], drawn: st.DataObject
) -> None:
    contract, postings, rest = history
    others = drawn.draw(
        st.lists(
            st.tuples(
                st.sampled_from([PostingKind.REFUND, PostingKind.DEFAULT]), days_of(contract), FEN, st.booleans()
            ),
            max_size=3,
        )
    )
    for number, (kind, day, amount, accelerates) in enumerate(others, start=50):
        postings.append(Posting(UUID(int=number), kind, day, f"{number}", amount, accelerates=accelerates))
    as_of = drawn.draw(days_of(contract))
    assert by_service(replay(contract, postings, rest, as_of)) == by_clerk(Clerk(contract, postings, rest, as_of))


def by_service(account: Account) -> object:
    """Return the figures of the service's account."""
    dues = {
        due.number: (
            due.due_on,
            *(getattr(due, kind) + getattr(due, f"{kind}_remitted") for kind in OF_A_DUE),
            *(getattr(due, f"{kind}_paid") for kind in OF_A_DUE),
            *(getattr(due, f"{kind}_remitted") for kind in OF_A_DUE),
        )
        for due in account.live
    }
    surcharges = account.surcharges
    money = {
        each.posting.id: (
            {(number, kind): paid for number, part in each.parts.items() for kind, paid in part.items()},
            each.held,
            each.refunded,
            surcharges[each.posting.id],
        )
        for each in account.receipts
    }
    return dues, money, account.closed_on, account.defaulted_on, account.was_late, account.refund_missing


def by_clerk(book: Clerk) -> object:
    """Return the same figures of the clerk's book."""
    of_row = (DueKind.PRINCIPAL, DueKind.INTEREST, DueKind.PENALTY)
    dues = {
        row.number: (row.due_on, *(each[kind] for each in (row.asks, row.got, row.let_off) for kind in of_row))
        for row in book.valid
    }
    surcharges = book.surcharges
    money = {
        each.posting.id: (each.went, each.drawer, each.refunded, surcharges[each.posting.id]) for each in book.money
    }
    return dues, money, book.closed_on, book.defaulted_on, book.was_late, book.refund_missing
