"""Named reads: an account as of a day, its statement, money that is held; what reversals and refunds show."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.known_sql import KNOWN, ended, holds
from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.refusals import KnownBeforeBooking, KnownInFuture, RefundUnknown, ReversalUnknown
from services.lending.accounts.rules.account import KINDS, Account, Due
from services.lending.accounts.rules.early import interest_since, settlement
from services.lending.accounts.rules.lateness import days_past_due
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.accounts.schemas import (
    AccountDueOut,
    ComingRateOut,
    HeldMoneyOut,
    LoanAccountOut,
    LoanStatementLineOut,
    PaidByOut,
    RefundOut,
    ReversalOut,
)
from services.lending.loans.refusals import LoanUnknown
from services.lending.loans.rules.contract_terms import rate_column
from services.lending.loans.rules.floating import Floating, floating
from services.lending.loans.rules.recovery_split import split_recoveries
from services.lending.pack_copies.queries import publications
from services.lending.pack_copies.rules.series import rate_in_force
from services.lending.proposals.queries import Proposals
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.money import ZERO
from shared.policy.copies import pack_for
from shared.policy.terms import LoanTerms
from shared.policy.vocabulary import DueKind, Payer
from shared.scope import Scope, seen

_SEEN: Final = seen("l.village_code", "l.bank_code")
_VISIBLE: Final = f"""
SELECT l.id, l.disbursed_on, l.contract_number, l.principal, l.compensated_on, l.compensated_at, l.cancelled_at,
  l.principal_compensated, l.interest_compensated
FROM loan l WHERE {_SEEN} AND l.id = $3
"""  # noqa: S608 - our own text
_RECOVERIES: Final = f"""
SELECT 'recovery' AS kind, recovered_on AS value_on, bank_reference, amount,
  CASE WHEN {ended("reversed_at")} THEN reversed_on END AS reversed_on
FROM recovery WHERE loan_id = $1 AND {holds("recorded_at")} ORDER BY loan_version
"""  # noqa: S608 - our own text
# A write-off counts from the day of its decision, until it is known to be withdrawn: then it never stood.
_WRITTEN_OFF: Final = f"""
SELECT max(v.decided_on) FROM write_off v
LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state = 'confirmed'
WHERE v.loan_id = $1 AND v.state = 'confirmed' AND v.decided_on <= $3 AND {holds("v.decided_at", "w.decided_at")}
"""  # noqa: S608 - our own text


async def account_on(
    conn: Connection, loan_id: UUID, scope: Scope, as_of: date, known_at: datetime | None = None
) -> LoanAccountOut:
    """Return a loan as of a day: balance, dues, penalty to the day, and what would end it.

    With `known_at`, by what was posted and known at that moment; that answer never changes.

    Raises: LoanUnknown, DateBeforeStep, KnownBeforeBooking, KnownInFuture.
    """
    loan = await known_loan(conn, loan_id, scope, known_at)
    ensure_not_before("as_of", as_of, "disbursed_on", loan["disbursed_on"])
    (books,) = await books_of(conn, [loan_id], known_at)
    lines = await recoveries_of(conn, loan, books, known_at)
    recovered = [line for line in lines if line.value_on <= as_of and line.reversed_on is None]
    account = _account_out(books, as_of, recovered, known_at, _decided(loan, as_of, known_at))
    written_off_on = await conn.fetchval(_WRITTEN_OFF, loan_id, known_at, as_of)
    coming_rate = None if known_at else await _coming_rate(conn, books, as_of)
    return account.model_copy(update={"written_off_on": written_off_on, "coming_rate": coming_rate})


_FLOATING: Final = """
SELECT pack_id, product_code, term_months, signed_on, next_repricing_on FROM loan
WHERE id = $1 AND next_repricing_on > $2 AND claim_id IS NULL AND closed_on IS NULL AND cancelled_on IS NULL
"""


async def _coming_rate(conn: Connection, books: Books, as_of: date) -> ComingRateOut | None:
    """Return what a floating contract takes next by what is published now; None: its rate stays, or is not known."""
    row = await conn.fetchrow(_FLOATING, books.id, as_of)
    if row is None:
        return None
    terms = (await pack_for(conn, row["pack_id"], row["product_code"])).loan_terms
    known, column = await publications(conn, terms.rate_basis), rate_column(terms, row["term_months"])
    signing, coming = (
        rate_in_force(known, terms.rate_basis, day, column) for day in (row["signed_on"], row["next_repricing_on"])
    )
    how = None if signing is None else how_it_floats(books, terms, signing)
    if how is None or coming is None:
        return None
    return ComingRateOut(from_on=row["next_repricing_on"], annual_rate=how.rate(coming), spread=how.spread)


async def known_loan(conn: Connection, loan_id: UUID, scope: Scope, known_at: datetime | None) -> Any:
    """Return a loan in sight once everything that was booked on it until a moment is to be seen."""
    loan = await conn.fetchrow(_VISIBLE, scope.regions, scope.banks, loan_id)
    if loan is None:
        raise LoanUnknown
    if known_at is not None:
        known = await conn.fetchrow(KNOWN, loan_id, known_at)
        if known["is_to_come"]:
            raise KnownInFuture(known_at)
        if known["booked_at"] is not None and known["booked_at"] > known_at:
            raise KnownBeforeBooking(known_at, known["booked_at"])
        loan = await conn.fetchrow(_VISIBLE, scope.regions, scope.banks, loan_id)
    return loan


def _decided(loan: Any, as_of: date, known_at: datetime | None) -> str | None:
    """Return the state that others' decisions gave a loan, as known at a moment; None: its postings say it."""

    def known(at: datetime) -> bool:
        return known_at is None or at <= known_at

    if loan["cancelled_at"] is not None and known(loan["cancelled_at"]):
        return "cancelled"
    borne = loan["compensated_on"] is not None and loan["compensated_on"] <= as_of
    return "compensated" if borne and known(loan["compensated_at"]) else None


def how_it_floats(books: Books, terms: LoanTerms, published: Decimal) -> Floating | None:
    """Return how a contract floats, or None; `published` is the reference rate of the day it was signed."""
    stated = books.contract.annual_rate if books.loan["rate_stated"] else None
    due_on = [row.due_on for row in books.contract.schedule]
    return floating(terms, stated, published, books.contract.disbursed_on, due_on)


def _account_out(
    books: Books,
    as_of: date,
    recoveries: Sequence[LoanStatementLineOut],
    known_at: datetime | None,
    decided: str | None,
) -> LoanAccountOut:
    account, tomorrow = account_as_of(books, as_of), account_as_of(books, as_of + timedelta(days=1), as_of)
    payoff = _payoff(account, as_of)
    recovered = sum((line.amount for line in recoveries), ZERO)
    overdue_from = account.overdue_from(as_of)
    state = decided or ("defaulted" if account.defaulted_on else "active")
    return LoanAccountOut(
        loan_id=books.id,
        as_of=as_of,
        known_at=known_at,
        state="closed" if account.closed_on else state,  # type: ignore[arg-type]
        principal_outstanding=account.principal_outstanding - sum((line.principal for line in recoveries), ZERO),
        interest_overdue=_unpaid(account, DueKind.INTEREST, as_of),
        interest_accrued=max(ZERO, interest_since(account, as_of)),
        penalty=_unpaid(account, DueKind.PENALTY, as_of),
        surcharge=account.surcharge_unpaid(as_of),
        arrears=account.arrears(as_of),
        held=account.held,
        refund_missing=account.refund_missing,
        remitted=sum((account.remitted(kind) for kind in KINDS), ZERO),
        recovered=recovered,
        overdue_from=overdue_from,
        days_past_due=days_past_due(overdue_from, as_of) if overdue_from else 0,
        closed_on=account.closed_on,
        written_off_on=None,
        payoff_amount=max(ZERO, payoff - recovered),
        payoff_per_day=_payoff(tomorrow, as_of + timedelta(days=1)) - payoff if payoff > 0 else ZERO,
        coming_rate=None,
        paid_by=_paid_by(account),
        dues=[_due_out(account, due) for due in sorted(account.dues, key=lambda due: (due.due_on, due.number))],
    )


def _paid_by(account: Account) -> list[PaidByOut]:
    postings = [receipt.posting for receipt in account.receipts]
    amounts = {payer: sum((each.amount for each in postings if each.payer is payer), ZERO) for payer in Payer}
    return [PaidByOut(payer=payer, amount=amount) for payer, amount in amounts.items() if amount > 0]


def account_as_of(books: Books, day: date, known_until: date | None = None) -> Account:
    """Return an account as of a day, penalty to the day; `known_until`: only what counts by then is posted."""
    postings = [each for each in books.postings if each.value_on <= (known_until or day)]
    return accrued_to(replay(books.contract, postings, books.rest_days, day), day)


def payoff_on(books: Books, known_until: date, day: date) -> Decimal:
    """Return what would end a loan on a day by what is posted until another: arrears, penalty to the day, the rest."""
    return _payoff(account_as_of(books, day, known_until), day)


def _payoff(account: Account, day: date) -> Decimal:
    return max(ZERO, account.arrears(day) + settlement(account, day) - account.held)


def _unpaid(account: Account, kind: DueKind, day: date) -> Decimal:
    return sum((due.unpaid(kind) for due in account.live if due.due_on <= day), ZERO)


def _due_out(account: Account, due: Due) -> AccountDueOut:
    return AccountDueOut(
        number=due.number,
        period_from=due.period_from,
        due_on=due.due_on,
        met_on=due.met_on,
        principal_due=due.principal + due.principal_remitted,
        interest_due=due.interest + due.interest_remitted,
        penalty_due=due.penalty + due.penalty_remitted,
        principal_paid=due.principal_paid,
        interest_paid=due.interest_paid,
        penalty_paid=due.penalty_paid,
        principal_remitted=due.principal_remitted,
        interest_remitted=due.interest_remitted,
        penalty_remitted=due.penalty_remitted,
        surcharge_due=account.surcharge_asked(due),
        surcharge_paid=account.surcharge_paid(due),
        of_misuse=due.of_misuse,
        cancelled_on=due.cancelled_on,
    )


async def recoveries_of(
    conn: Connection, loan: Any, books: Books, known_at: datetime | None
) -> list[LoanStatementLineOut]:
    """Return what was recovered, in the order of booking, which says what each pays; one taken back pays nothing."""
    rows = await conn.fetch(_RECOVERIES, loan["id"], known_at)
    amounts = [row["amount"] if row["reversed_on"] is None else ZERO for row in rows]
    compensated = loan["principal_compensated"], loan["interest_compensated"]
    parts = split_recoveries(amounts, *compensated, books.contract.allocation_order)
    nothing = {"penalty": ZERO, "surcharge": ZERO, "payer": None, "payer_name": None}
    return [
        line_of({**row, **nothing, "principal": principal, "interest": interest})
        for row, (principal, interest) in zip(rows, parts, strict=True)
    ]


def line_of(row: Any) -> LoanStatementLineOut:
    """Return a row of the books as a line of a statement that holds nothing."""
    return LoanStatementLineOut(**row, held=ZERO, principal_outstanding=ZERO)


REVERSALS: Final = Proposals(
    "repayment_reversal",
    ReversalOut,
    ReversalUnknown,
    "v.repayment_id, r.bank_reference, r.paid_on, r.amount, v.cause, "
    """CASE WHEN v.right_loan_id IS NOT NULL THEN jsonb_build_object('loan_id', v.right_loan_id, 'kind', v.right_kind,
      'bank_reference', v.right_reference, 'paid_on', v.right_paid_on, 'amount', v.right_amount::text,
      'payer', v.right_payer, 'payer_name', v.right_payer_name, 'repayment_id', v.replaced_by) END AS replacement""",
    "JOIN repayment r ON r.id = v.repayment_id JOIN loan l ON l.id = v.loan_id",
)
REFUNDS: Final = Proposals(
    "refund", RefundOut, RefundUnknown, "v.amount, v.payee, v.account_reference, v.bank_reference"
)

_HELD: Final = f"""
SELECT l.id AS loan_id, l.contract_number, l.household_number, l.village_code, l.bank_code, l.held, l.refund_missing,
  (SELECT min(r.paid_on) FROM repayment r WHERE r.loan_id = l.id AND r.held > 0) AS held_since,
  (SELECT min(i.due_on) FROM installment i WHERE i.loan_id = l.id AND i.cancelled_on IS NULL
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)) AS used_on
FROM loan l WHERE {_SEEN} AND l.held > 0 AND ($3::uuid IS NULL OR l.id > $3) ORDER BY l.id LIMIT $4
"""  # noqa: S608 - our own text


async def list_held_money(conn: Connection, scope: Scope, *, after: UUID | None, limit: int) -> list[HeldMoneyOut]:
    """Return up to `limit` loans on which money is held, after one id, by id."""
    return [HeldMoneyOut(**row) for row in await conn.fetch(_HELD, scope.regions, scope.banks, after, limit)]
