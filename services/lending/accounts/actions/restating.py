"""Replaying loans when what comes is not in order, too much or too early, or is taken back; and telling it.

The loans are locked first; a statement after that sees what others left. What earlier repayments pay may change: then
`loan-restated` tells all of it anew. Nothing is refused here but a day that cannot be: what a bank received is a fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.lending.accounts import postings_sql
from services.lending.accounts.actions.storing import Replayed, columns, store
from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.rules.account import Account, Receipt
from services.lending.accounts.rules.position import (
    Allocated,
    Position,
    allocations,
    must_be_restated,
    position_after,
    position_before,
)
from services.lending.accounts.rules.postings import Posting, PostingKind
from services.lending.accounts.rules.replay import replay
from services.lending.loans.postings_sql import REFERENCES
from shared.db import Connection
from shared.events.base import Event
from shared.events.lending import (
    DefaultLifted,
    InterestPart,
    LoanClosed,
    LoanFigures,
    LoanRestated,
    MisusedDays,
    RateFrom,
    RepaymentRecorded,
    RestatedRepayment,
)
from shared.money import ZERO
from shared.outbox import RecordedEvent, record_many
from shared.policy.vocabulary import Payer

_LOCK = """
SELECT count(*) FROM (SELECT id FROM loan WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE) locked
"""


class RestatementCause(StrEnum):
    """Why earlier repayments of a loan pay something else than was published."""

    REPAYMENT = "repayment"  # a repayment dated before others, or early
    REVERSAL = "reversal"  # 冲正, and what is booked in its place in the same step
    HELD_MONEY = "held_money"  # money held was used on the day something fell due
    REFUND = "refund"
    RATE = "rate"  # the published rate that the contract rests on was corrected or came late
    REST_DAYS = "rest_days"  # a day of rest became known after it
    DEFAULT = "default"
    REMISSION = "remission"  # 减免, decided or taken back
    MISUSE = "misuse"  # 挪用, found, put right or taken back
    TOLERANCE = "tolerance"  # a difference within tolerance was remitted on the day of its due
    DEFAULT_WITHDRAWAL = "default_withdrawal"  # a default that was confirmed never stood


# What others have of the loan is wrong, or rests on what is no more, whatever the figures.
_PUBLISHED_ANEW: Final = {
    RestatementCause.REVERSAL,
    RestatementCause.REFUND,
    RestatementCause.RATE,
    RestatementCause.DEFAULT_WITHDRAWAL,
    RestatementCause.REMISSION,
    RestatementCause.MISUSE,
}


@dataclass(frozen=True, slots=True)
class NewRepayment:
    """A repayment that a bank received, as it is put into the books."""

    id: UUID
    loan_id: UUID
    bank_code: str
    bank_reference: str
    kind: str
    paid_on: date
    amount: Decimal
    recorded_by: str
    file_id: UUID | None = None
    line_number: int | None = None
    payer: Payer = Payer.BORROWER
    payer_name: str | None = None

    @property
    def posting(self) -> Posting:
        """Return it as a posting of its account."""
        kind = PostingKind(self.kind)
        return Posting(self.id, kind, self.paid_on, self.bank_reference, self.amount, payer=self.payer)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one loan: repayments that come, repayments that are taken back, or another posting."""

    loan_id: UUID
    cause: RestatementCause
    on: date
    received: tuple[NewRepayment, ...] = ()
    taken_back: frozenset[UUID] = frozenset()
    withdrawn_default: UUID | None = None
    supposed: tuple[Posting, ...] = ()  # of a preview: postings that are not decided yet
    left_out: frozenset[UUID] = frozenset()  # of a preview: postings whose reversal is not decided yet
    rates: tuple[Posting, ...] | None = None  # all changes of the rate from now on; None: as they are
    rate_id: UUID | None = None  # the publication that they follow
    events_before: int = 0  # of the caller, with the versions that come first


async def lock(conn: Connection, loan_ids: Iterable[UUID]) -> None:
    """Lock loans in the order of their ids; the next statement sees what was left."""
    await conn.fetchval(_LOCK, list(loan_ids))


async def restate(conn: Connection, changes: Sequence[Change]) -> list[Replayed]:
    """Replay locked loans with their changes, write what is derived, and tell it; one change for a loan at most."""
    of_loan = {change.loan_id: change for change in changes}
    found = [(each, of_loan[each.id]) for each in await books_of(conn, of_loan)]
    await _put(conn, [(books, change) for books, change in found if change.received])
    taken_back = [repayment_id for change in changes for repayment_id in change.taken_back]
    if taken_back:
        await conn.execute(postings_sql.TAKEN_BACK, taken_back, changes[0].on)
        await conn.execute(postings_sql.PARTS_GONE, taken_back)
    await _put_rates(conn, [change for change in changes if change.rates is not None])
    results = [_replayed(books, change) for books, change in found]
    await store(conn, [each for each, _ in results])
    await record_many(conn, [event for _, events in results for event in events])
    return [each for each, _ in results]


async def previews(conn: Connection, changes: Sequence[Change]) -> list[Replayed]:
    """Return what `restate` would make of loans; nothing is locked and nothing is written."""
    of_loan = {change.loan_id: change for change in changes}
    return [_replayed(books, of_loan[books.id])[0] for books in await books_of(conn, of_loan)]


async def _put(conn: Connection, found: Sequence[tuple[Books, Change]]) -> None:
    new = [
        (one, books.loan["version"] + change.events_before + place)
        for books, change in found
        for place, one in enumerate(change.received, start=1)
    ]
    await conn.execute(
        postings_sql.PUT,
        [one.id for one, _ in new],
        [one.loan_id for one, _ in new],
        [one.bank_code for one, _ in new],
        [one.bank_reference for one, _ in new],
        [one.kind for one, _ in new],
        [one.paid_on for one, _ in new],
        [one.amount for one, _ in new],
        [version for _, version in new],
        [one.file_id for one, _ in new],
        [one.line_number for one, _ in new],
        [one.recorded_by for one, _ in new],
        [one.payer for one, _ in new],
        [one.payer_name for one, _ in new],
    )
    booked = (
        (one.bank_code, one.bank_reference, one.kind, one.id, one.loan_id, one.paid_on, one.amount) for one, _ in new
    )
    await conn.execute(REFERENCES, *columns(7, booked))


async def _put_rates(conn: Connection, changes: Sequence[Change]) -> None:
    if not changes:
        return
    await conn.execute(postings_sql.RATES_GONE, [change.loan_id for change in changes], changes[0].on)
    new = [(change, posting) for change in changes for posting in change.rates or ()]
    await conn.execute(
        postings_sql.RATES,
        [posting.id for _, posting in new],
        [change.loan_id for change, _ in new],
        [posting.value_on for _, posting in new],
        [posting.annual_rate for _, posting in new],
        [change.rate_id for change, _ in new],
        [change.on for change, _ in new],
    )


def _replayed(books: Books, change: Change) -> tuple[Replayed, list[RecordedEvent]]:
    kept = [posting for posting in books.postings if posting.id not in change.taken_back | change.left_out]
    if change.rates is not None:
        kept = [posting for posting in kept if posting.kind is not PostingKind.RATE]
    postings = (*kept, *change.supposed, *(change.rates or ()), *(one.posting for one in change.received))
    account = replay(books.contract, postings, books.rest_days, books.last_day(postings, *_asked(change)))
    paid = allocations(account)
    before = position_before(books.loan)
    after = position_after(account, books.loan, books.marked_until)
    events = list(_events(books, change, account, paid, before, after))
    first: int = books.loan["version"] + change.events_before + 1
    recorded = [
        RecordedEvent(event, books.id, first + place, books.loan["village_code"]) for place, event in enumerate(events)
    ]
    return Replayed(books, account, before, after, paid, postings, first + len(events) - 1), recorded


def _asked(change: Change) -> tuple[date, ...]:
    return (change.on,) if change.cause in {RestatementCause.HELD_MONEY, RestatementCause.TOLERANCE} else ()


def _events(
    books: Books,
    change: Change,
    account: Account,
    paid: Mapping[UUID, Allocated],
    before: Position,
    after: Position,
) -> Iterable[Event]:
    loan = books.loan
    anew = _changes_what_is_known(books, change, account, paid, before, after)
    known = before if anew else after
    for one in change.received:
        # What it pays beside others that pay something else now is published with these, all at once.
        first = Allocated(ZERO, ZERO, ZERO, ZERO, one.amount, ZERO, ()) if anew else paid[one.id]
        yield _recorded(books, account, one.posting, first, known)
    if change.withdrawn_default is not None:
        # First, so that whoever keeps the newest has the loan as it stands, in default over another report or not.
        yield _lifted(books, change.withdrawn_default, change.on, "withdrawn")
    if anew:
        yield LoanRestated(
            loan_id=books.id,
            household_id=loan["household_id"],
            village_code=loan["village_code"],
            bank_code=loan["bank_code"],
            cause=change.cause,
            restated_on=change.on,
            before=_figures(before),
            after=_figures(after),
            repayments=[_restated(account, receipt, paid[receipt.posting.id]) for receipt in account.receipts],
            reversed_repayments=sorted(change.taken_back),
            annual_rate=account.rates.last,
            rates=_rates(account),
            misused=_misused(account),
        )
    cured = before.state == "defaulted" and after.state != "defaulted" and change.withdrawn_default is None
    if cured and account.cured_on is not None:
        yield _lifted(books, max(_defaults(books), key=lambda each: each.key).id, account.cured_on, "cured")
    if after.closed_on is not None and before.closed_on is None:
        yield LoanClosed(
            loan_id=books.id,
            household_id=loan["household_id"],
            village_code=loan["village_code"],
            principal=loan["principal"],
            closed_on=after.closed_on,
            bank_code=loan["bank_code"],
            repaid_on_time=not after.was_late,
        )


def _changes_what_is_known(
    books: Books,
    change: Change,
    account: Account,
    paid: Mapping[UUID, Allocated],
    before: Position,
    after: Position,
) -> bool:
    return (
        change.cause in _PUBLISHED_ANEW
        or must_be_restated(before, after, books.allocated, paid)
        or (change.cause is RestatementCause.REST_DAYS and before.overdue_from != after.overdue_from)
        or any(paid[one.id].refunded > 0 for one in change.received)
        or (books.loan["misused"] and _misused(account) != _misused_before(books))
    )


def _misused_before(books: Books) -> list[MisusedDays]:
    as_of = books.last_day(books.postings)
    return _misused(replay(books.contract, books.postings, books.rest_days, as_of))


def _misused(account: Account) -> list[MisusedDays]:
    return [MisusedDays(from_on=each.due.period_from, until_on=each.until) for each in account.misuses]


def _lifted(books: Books, report_id: UUID, on: date, cause: Literal["cured", "withdrawn"]) -> DefaultLifted:
    return DefaultLifted(
        loan_id=books.id,
        household_id=books.loan["household_id"],
        village_code=books.loan["village_code"],
        bank_code=books.loan["bank_code"],
        default_report_id=report_id,
        lifted_on=on,
        cause=cause,
    )


def _defaults(books: Books) -> list[Posting]:
    return [posting for posting in books.postings if posting.kind is PostingKind.DEFAULT]


def _figures(position: Position) -> LoanFigures:
    return LoanFigures(
        state=position.state,
        principal_outstanding=position.principal_outstanding,
        interest_paid=position.interest_paid,
        penalty_paid=position.penalty_paid,
        held=position.held,
        overdue_from=position.overdue_from,
        closed_on=position.closed_on,
        repaid_on_time=not position.was_late,
        principal_remitted=position.principal_remitted,
        interest_remitted=position.interest_remitted,
        penalty_remitted=position.penalty_remitted,
        surcharge_remitted=position.surcharge_remitted,
    )


def _recorded(books: Books, account: Account, posting: Posting, paid: Allocated, known: Position) -> RepaymentRecorded:
    return RepaymentRecorded(
        loan_id=books.id,
        household_id=books.loan["household_id"],
        repayment_id=posting.id,
        bank_reference=posting.reference,
        kind=posting.kind.value,  # type: ignore[arg-type]
        paid_on=posting.value_on,
        amount=posting.amount,
        penalty=paid.penalty,
        surcharge=paid.surcharge,
        interest=paid.interest,
        principal=paid.principal,
        interest_parts=_interest_parts(account, paid),
        principal_outstanding=known.principal_outstanding,
        held=paid.held,
        overdue_from=known.overdue_from,
        payer=posting.payer.value,
        after_write_off=_is_after(posting, books.loan["written_off_on"]),
    )


def _is_after(posting: Posting, written_off_on: date | None) -> bool:
    return written_off_on is not None and posting.value_on >= written_off_on


def _rates(account: Account) -> list[RateFrom]:
    lent_on, rates = account.contract.disbursed_on, account.rates
    steps = [(lent_on, rates.on(lent_on)), *(step for step in rates.later if step[0] > lent_on)]
    return [RateFrom(from_on=day, annual_rate=rate) for day, rate in steps]


def _restated(account: Account, receipt: Receipt, paid: Allocated) -> RestatedRepayment:
    posting = receipt.posting
    return RestatedRepayment(
        repayment_id=posting.id,
        bank_reference=posting.reference,
        kind=posting.kind.value,  # type: ignore[arg-type]
        paid_on=posting.value_on,
        amount=posting.amount,
        penalty=paid.penalty,
        surcharge=paid.surcharge,
        interest=paid.interest,
        principal=paid.principal,
        held=paid.held,
        refunded=paid.refunded,
        interest_parts=_interest_parts(account, paid),
        payer=posting.payer.value,
    )


def _interest_parts(account: Account, paid: Allocated) -> list[InterestPart]:
    dues = {due.number: due for due in account.dues}
    return [
        InterestPart(
            installment_number=number,
            period_from=dues[number].period_from,
            period_until=dues[number].due_on,
            amount=interest,
        )
        for number, _, interest, _ in paid.parts
        if interest > 0
    ]
