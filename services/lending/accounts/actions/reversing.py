"""Taking a repayment back (冲正): proposed by one person of the bank, confirmed by another, never by deleting.

The repayment stays on the books with its reference, which stands for it for ever; it pays nothing any more, and the
loan is what its other postings say. What the bank received in truth may be booked in the same step, under
a reference of its own (`replacing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.lending.accounts.actions import replacing
from services.lending.accounts.actions.restating import (
    Change,
    NewRepayment,
    RestatementCause,
    lock,
    previews,
    restate,
)
from services.lending.accounts.actions.storing import Replayed
from services.lending.accounts.queries import REVERSALS
from services.lending.accounts.refusals import LoanAlreadyCompensated, RepaymentUnknown, ReversalOnFile
from services.lending.accounts.rules.position import Position
from services.lending.accounts.schemas import AccountFiguresOut, ReversalIn, ReversalOut
from services.lending.loans.refusals import LoanChanging
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_REPAYMENT: Final = """
SELECT r.id, r.loan_id, r.bank_code, r.bank_reference, r.kind, r.paid_on, r.amount, r.payer, r.payer_name,
  $4::text AS proposed_by
FROM repayment r JOIN loan l ON l.id = r.loan_id
WHERE r.id = $1 AND r.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""
_PROPOSED: Final = """
SELECT v.*, r.bank_code, r.bank_reference, r.kind, r.paid_on, r.amount, r.payer, r.payer_name
FROM repayment_reversal v JOIN repayment r ON r.id = v.repayment_id WHERE v.id = $1
"""
_ON_FILE: Final = """
SELECT id, state FROM repayment_reversal WHERE repayment_id = $1 AND state IN ('proposed', 'confirmed')
"""
_PROPOSE: Final = """
INSERT INTO repayment_reversal (id, repayment_id, loan_id, cause, reason, proposed_on, proposed_by, right_loan_id,
  right_reference, right_kind, right_paid_on, right_amount, right_payer, right_payer_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
_CLAIMED: Final = "SELECT claim_id FROM loan WHERE id = $1"


async def propose_reversal(conn: Connection, officer: Principal, repayment_id: UUID, body: ReversalIn) -> ReversalOut:
    """Propose that a repayment be taken back, alone or with what is booked in its place, and show what that would do.

    Raises:
        RepaymentUnknown, ReversalOnFile, LoanAlreadyCompensated; of what is booked in its place one of
        `replacing.ensure_bookable`.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    found = await conn.fetchrow(_REPAYMENT, repayment_id, bank, regions, officer.subject)
    if found is None:
        raise RepaymentUnknown(repayment_id)
    right = None if body.replacement is None else replacing.receipt_of(found, body.replacement)
    await lock(conn, _loans(found["loan_id"], right))
    if (earlier := await conn.fetchrow(_ON_FILE, repayment_id)) is not None:
        raise ReversalOnFile(earlier["id"], earlier["state"])
    await _ensure_not_compensated(conn, found["loan_id"])
    if right is not None:
        await replacing.ensure_bookable(conn, right, found, regions, body.proposed_on)
    reversal_id = new_id()
    said = repayment_id, found["loan_id"], body.cause, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, reversal_id, *said, *replacing.columns_of(right))
    results = await previews(conn, _changes(found["loan_id"], repayment_id, body.proposed_on, right))
    return _with_figures(await REVERSALS.one(conn, reversal_id, _scope(officer)), results)


async def decide_reversal(conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn) -> ReversalOut:
    """Confirm or refuse a reversal by another person; confirmed, the loan is replayed without the repayment.

    What is booked in its place is booked in the same replay; where it goes to another loan, both are replayed.

    Raises:
        ReversalUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated, DateBeforeStep, LoanChanging; of
        what is booked in its place one of `replacing.ensure_bookable`.
    """
    scope = _scope(officer)
    reversal = await take_up(conn, REVERSALS, officer, reversal_id, body, scope)
    if body.decision == "refuse":
        await decide(conn, REVERSALS, officer, reversal_id, body)
        return await REVERSALS.one(conn, reversal_id, scope)
    results = await _take_back(conn, reversal, scope, body.decided_on)
    new = [each.id for each in results.received]
    await decide(conn, REVERSALS, officer, reversal_id, body, **({"replaced_by": str(new[0])} if new else {}))
    return _with_figures(await REVERSALS.one(conn, reversal_id, scope), results.replayed)


async def withdraw_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> ReversalOut:
    """Withdraw one's own proposal.

    Raises: ReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, REVERSALS, officer, reversal_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


@dataclass(frozen=True, slots=True)
class _TakenBack:
    received: tuple[NewRepayment, ...]
    replayed: Sequence[Replayed]


async def _take_back(conn: Connection, reversal: Any, scope: Scope, on: date) -> _TakenBack:
    row = await conn.fetchrow(_PROPOSED, reversal["id"])
    right = replacing.receipt_on_file(row)
    await lock(conn, _loans(row["loan_id"], right))
    await _ensure_not_compensated(conn, row["loan_id"])
    if right is not None:
        await replacing.ensure_bookable(conn, right, row, scope.regions, on)
    try:
        replayed = await restate(conn, _changes(row["loan_id"], row["repayment_id"], on, right))
    except asyncpg.UniqueViolationError:
        # The same reference for another loan is being recorded at the same moment.
        raise LoanChanging from None
    return _TakenBack(() if right is None else (right,), replayed)


def _loans(loan_id: UUID, right: NewRepayment | None) -> set[UUID]:
    return {loan_id} if right is None else {loan_id, right.loan_id}


def _changes(loan_id: UUID, repayment_id: UUID, on: date, right: NewRepayment | None) -> list[Change]:
    """Return what happens to the loan, or to two of them; one replay each."""
    cause, gone = RestatementCause.REVERSAL, frozenset({repayment_id})
    if right is None or right.loan_id == loan_id:
        return [Change(loan_id, cause, on, () if right is None else (right,), taken_back=gone)]
    return [Change(loan_id, cause, on, taken_back=gone), Change(right.loan_id, cause, on, (right,))]


async def _ensure_not_compensated(conn: Connection, loan_id: UUID) -> None:
    if await conn.fetchval(_CLAIMED, loan_id) is not None:
        raise LoanAlreadyCompensated


def _with_figures(answer: ReversalOut, results: Sequence[Replayed]) -> ReversalOut:
    shown = {each.books.id: {"before": figures(each.before), "after": figures(each.position)} for each in results}
    right = answer.replacement
    if right is not None and right.loan_id != answer.loan_id:
        right = right.model_copy(update=shown[right.loan_id])
    return answer.model_copy(update={**shown[answer.loan_id], "replacement": right})


def figures(position: Position) -> AccountFiguresOut:
    """Return how a loan stands as an answer shows it."""
    return AccountFiguresOut(**{name: getattr(position, name) for name in AccountFiguresOut.model_fields})
