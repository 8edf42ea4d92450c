"""Writing what replays found: everything that is derived of a loan, many loans with a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from services.lending.accounts import postings_sql
from services.lending.accounts.loading import Books
from services.lending.accounts.rules.account import KINDS, Account, Due
from services.lending.accounts.rules.position import Allocated, Position
from services.lending.accounts.rules.postings import OrderKey, Posting
from services.lending.loans import postings_sql as loans_sql
from shared.db import Connection
from shared.money import ZERO
from shared.policy.vocabulary import DueKind


@dataclass(frozen=True, slots=True)
class Replayed:
    """A loan's books before, its account after, and the version of its last event."""

    books: Books
    account: Account
    before: Position
    position: Position
    allocated: dict[UUID, Allocated]
    postings: tuple[Posting, ...]
    version: int

    @property
    def last_key(self) -> OrderKey:
        """Return what a later posting must come after to take the fast path."""
        first = self.books.contract.disbursed_on, 0, ""
        return max((posting.key for posting in self.postings), default=first)


async def store(conn: Connection, replayed: Sequence[Replayed]) -> None:
    """Write what was derived; the loans are locked and their new repayments are put."""
    ids = [each.books.id for each in replayed]
    await _store_allocations(conn, replayed)
    await conn.execute(loans_sql.ACCRUALS_GONE, ids)
    await conn.execute(loans_sql.ACCRUED, *columns(7, chain.from_iterable(map(_accruals, replayed))))
    await conn.execute(postings_sql.REMITTED_GONE, ids)
    await conn.execute(postings_sql.REMITTED, *columns(8, chain.from_iterable(map(_remissions, replayed))))
    await conn.execute(loans_sql.UNSIGNED_GONE, ids)
    dues = [(each.books.id, due) for each in replayed for due in each.account.dues]
    await conn.execute(
        loans_sql.SIGNED,
        *columns(16, ((*_received(loan, due), due.principal, due.interest) for loan, due in dues if due.signed)),
    )
    until = {(each.books.id, one.due.number): one.until for each in replayed for one in each.account.misuses}
    put = ((*_received(loan, due), *_terms(due), until.get((loan, due.number))) for loan, due in dues if not due.signed)
    await conn.execute(loans_sql.UNSIGNED, *columns(21, put))
    await conn.execute(loans_sql.RESTATED, *columns(24, map(_loan, replayed)))


async def _store_allocations(conn: Connection, replayed: Sequence[Replayed]) -> None:
    """Write what repayments pay and leave, of those for which it is different from the books."""
    paid = {
        (receipt.posting.id, receipt.principal_left): each.allocated[receipt.posting.id]
        for each in replayed
        for receipt in each.account.receipts
        if (each.allocated[receipt.posting.id], receipt.principal_left) != _written(each.books, receipt.posting.id)
    }
    await conn.execute(postings_sql.PARTS_GONE, [repayment_id for repayment_id, _ in paid])
    pays = (
        (repayment_id, to.penalty, to.surcharge, to.interest, to.principal, to.held, to.refunded, left)
        for (repayment_id, left), to in paid.items()
    )
    await conn.execute(postings_sql.PAYS, *columns(8, pays))
    parts = ((repayment_id, *part) for (repayment_id, _), to in paid.items() for part in to.parts)
    await conn.execute(postings_sql.PARTS, *columns(5, parts))


def _written(books: Books, repayment_id: UUID) -> tuple[Allocated | None, Decimal | None]:
    return books.allocated.get(repayment_id), books.principal_left.get(repayment_id)


def columns(count: int, rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Return rows of so many values as the columns that a statement unnests."""
    found: list[list[Any]] = [[] for _ in range(count)]
    for row in rows:
        for column, value in zip(found, row, strict=True):
            column.append(value)
    return found


def _accruals(each: Replayed) -> Iterable[tuple[Any, ...]]:
    live = {due.number for due in each.account.live}
    return (
        (each.books.id, one.number, one.period_from, one.until, one.overdue, one.amount, one.compound)
        for one in each.account.accruals
        if one.number in live
    )


def _remissions(each: Replayed) -> Iterable[tuple[Any, ...]]:
    return (
        (
            each.books.id,
            place,
            remission.number,
            remission.on,
            remission.decided_by,
            *(remission.amount if remission.kind is kind else ZERO for kind in KINDS),
        )
        for place, remission in enumerate(each.account.remissions, start=1)
    )


def _received(loan_id: UUID, due: Due) -> tuple[Any, ...]:
    return (
        loan_id,
        due.number,
        due.penalty,
        due.principal_paid,
        due.interest_paid,
        due.penalty_paid,
        due.penalty_until,
        due.cancelled_on,
        due.principal_remitted,
        due.interest_remitted,
        due.penalty_remitted,
        due.compound,
        due.compound_paid,
        due.compound_remitted,
    )


def _terms(due: Due) -> tuple[date, date, int, Any, Any, bool]:
    return due.period_from, due.due_on, due.days, due.principal, due.interest, due.of_misuse


def _loan(each: Replayed) -> tuple[Any, ...]:
    account, position = each.account, each.position
    return (
        each.books.id,
        position.principal_outstanding,
        account.paid(DueKind.PRINCIPAL),
        account.interest_charged,
        position.interest_paid,
        account.penalty_accrued,
        position.penalty_paid,
        position.held,
        account.refund_missing,
        position.state,
        position.closed_on,
        account.defaulted_on,
        position.overdue_from,
        position.was_late,
        *each.last_key,
        each.version,
        account.rates.last,
        *position.remitted,
        any(due.of_misuse for due in account.dues),
    )
