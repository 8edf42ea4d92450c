"""Giving back money that is held (退款): proposed by one person of the bank, paid and confirmed by another."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from services.lending.accounts.loading import books_of
from services.lending.accounts.queries import REFUNDS
from services.lending.accounts.refusals import LoanAlreadyCompensated, MoreThanHeld, RefundOnFile
from services.lending.accounts.rules.replay import replay
from services.lending.accounts.schemas import RefundDecisionIn, RefundIn, RefundOut
from services.lending.loans.bank_references_sql import BOOKED, JOIN_BOOKED
from services.lending.loans.postings_sql import REFERENCES
from services.lending.loans.refusals import BankReferenceConflict, LoanChanging, LoanOfAnotherBank, LoanUnknown
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT id, bank_code, claim_id, (SELECT id FROM refund f WHERE f.loan_id = loan.id AND f.state = 'proposed')
  AS open_refund
FROM loan WHERE id = $1 AND village_code ^@ ANY ($2::text[])
"""
_PROPOSE: Final = """
INSERT INTO refund (id, loan_id, bank_code, amount, payee, account_reference, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
# $1 bank, $2 reference
_BOOKED: Final = f"""
SELECT r.bank_reference, b.entry_id, {BOOKED}
FROM (SELECT $2::text AS bank_reference) r {JOIN_BOOKED} WHERE b.entry_id IS NOT NULL
"""  # noqa: S608 - our own texts


async def propose_refund(conn: Connection, officer: Principal, loan_id: UUID, body: RefundIn) -> RefundOut:
    """Propose that money held goes back to who paid it.

    Raises: LoanUnknown, LoanOfAnotherBank, RefundOnFile, MoreThanHeld, LoanAlreadyCompensated.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    await lock(conn, [loan_id])
    loan = await conn.fetchrow(_LOAN, loan_id, regions)
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    if loan["open_refund"] is not None:
        raise RefundOnFile(loan["open_refund"])
    await _ensure_held(conn, loan, body.amount, body.proposed_on)
    refund_id = new_id()
    said = body.amount, body.payee, body.account_reference, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, refund_id, loan_id, bank, *said)
    return await REFUNDS.one(conn, refund_id, _scope(officer))


async def decide_refund(conn: Connection, officer: Principal, refund_id: UUID, body: RefundDecisionIn) -> RefundOut:
    """Confirm that a refund was paid, or refuse it, by another person.

    Raises: RefundUnknown, CorrectionDecided, MakerIsChecker, MoreThanHeld, BankReferenceConflict, DateBeforeStep.
    """
    scope = _scope(officer)
    refund = await take_up(conn, REFUNDS, officer, refund_id, body, scope)
    if body.bank_reference is None:
        await decide(conn, REFUNDS, officer, refund_id, body)
    else:
        await _pay(conn, officer, refund, body, body.bank_reference)
    return await REFUNDS.one(conn, refund_id, scope)


async def _pay(conn: Connection, officer: Principal, refund: Any, body: RefundDecisionIn, bank_reference: str) -> None:
    await lock(conn, [refund["loan_id"]])
    loan, bank = await conn.fetchrow(_LOAN, refund["loan_id"], [""]), refund["bank_code"]
    await _ensure_held(conn, loan, refund["amount"], body.decided_on)
    if (booked := await conn.fetchrow(_BOOKED, bank, bank_reference)) is not None:
        raise BankReferenceConflict(booked)
    loan_id, on = refund["loan_id"], body.decided_on
    reference = ([bank], [bank_reference], ["refund"], [refund["id"]], [loan_id], [on], [refund["amount"]])
    try:
        await conn.execute(REFERENCES, *reference)
    except asyncpg.UniqueViolationError:
        raise LoanChanging from None
    await decide(conn, REFUNDS, officer, refund["id"], body, bank_reference=bank_reference)
    await restate(conn, [Change(loan_id, RestatementCause.REFUND, on)])


async def withdraw_refund(
    conn: Connection, officer: Principal, refund_id: UUID, body: CorrectionWithdrawalIn
) -> RefundOut:
    """Withdraw one's own proposal.

    Raises: RefundUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, REFUNDS, officer, refund_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


async def _ensure_held(conn: Connection, loan: Any, amount: Decimal, on: date) -> None:
    """Refuse what was not held on the day, or has paid something since."""
    if loan["claim_id"] is not None:
        raise LoanAlreadyCompensated
    (books,) = await books_of(conn, [loan["id"]])
    days = (on, books.last_day(books.postings, on))
    held = min(replay(books.contract, books.postings, books.rest_days, day).held for day in days)
    if amount > held:
        raise MoreThanHeld(amount, held)
