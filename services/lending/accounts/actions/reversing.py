"""Taking a repayment back (冲正): proposed by one person of the bank, confirmed by another, never by deleting.

The repayment stays on the books with its reference, which stands for it for ever; it pays nothing any more, and the
loan is what its other postings say. Another posting of the same money is booked anew, under a reference of its own.
"""

from datetime import date
from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, preview, restate
from services.lending.accounts.queries import REVERSALS
from services.lending.accounts.refusals import LoanAlreadyCompensated, RepaymentUnknown, ReversalOnFile
from services.lending.accounts.rules.position import Position
from services.lending.accounts.schemas import AccountFiguresOut, ReversalIn, ReversalOut
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_REPAYMENT: Final = """
SELECT r.id, r.loan_id, r.recorded_at, l.claim_id FROM repayment r JOIN loan l ON l.id = r.loan_id
WHERE r.id = $1 AND r.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""
_ON_FILE: Final = """
SELECT id, state FROM repayment_reversal WHERE repayment_id = $1 AND state IN ('proposed', 'confirmed')
"""
_PROPOSE: Final = """
INSERT INTO repayment_reversal (id, repayment_id, loan_id, cause, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_CLAIMED: Final = "SELECT claim_id FROM loan WHERE id = $1"


async def propose_reversal(conn: Connection, officer: Principal, repayment_id: UUID, body: ReversalIn) -> ReversalOut:
    """Propose that a repayment be taken back, and show what that would do to the loan.

    Raises: RepaymentUnknown, ReversalOnFile, LoanAlreadyCompensated.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    found = await conn.fetchrow(_REPAYMENT, repayment_id, bank, regions)
    if found is None:
        raise RepaymentUnknown(repayment_id)
    await lock(conn, [found["loan_id"]])
    if (earlier := await conn.fetchrow(_ON_FILE, repayment_id)) is not None:
        raise ReversalOnFile(earlier["id"], earlier["state"])
    await _ensure_not_compensated(conn, found["loan_id"])
    reversal_id = new_id()
    said = repayment_id, found["loan_id"], body.cause, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, reversal_id, *said)
    before, after = await preview(conn, _change(found["loan_id"], repayment_id, body.proposed_on))
    return _with_figures(await REVERSALS.one(conn, reversal_id, _scope(officer)), before, after)


async def decide_reversal(conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn) -> ReversalOut:
    """Confirm or refuse a reversal by another person; confirmed, the loan is replayed without the repayment.

    Raises: ReversalUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated, DateBeforeStep.
    """
    scope = _scope(officer)
    reversal = await take_up(conn, REVERSALS, officer, reversal_id, body, scope)
    if body.decision == "confirm":
        await lock(conn, [reversal["loan_id"]])
        await _ensure_not_compensated(conn, reversal["loan_id"])
    await decide(conn, REVERSALS, officer, reversal_id, body)
    answer = await REVERSALS.one(conn, reversal_id, scope)
    if body.decision == "refuse":
        return answer
    (replayed,) = await restate(conn, [_change(reversal["loan_id"], reversal["repayment_id"], body.decided_on)])
    return _with_figures(answer, replayed.before, replayed.position)


async def withdraw_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> ReversalOut:
    """Withdraw one's own proposal.

    Raises: ReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, REVERSALS, officer, reversal_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


def _change(loan_id: UUID, repayment_id: UUID, on: date) -> Change:
    return Change(loan_id, RestatementCause.REVERSAL, on, taken_back=frozenset({repayment_id}))


async def _ensure_not_compensated(conn: Connection, loan_id: UUID) -> None:
    if await conn.fetchval(_CLAIMED, loan_id) is not None:
        raise LoanAlreadyCompensated


def _with_figures(answer: ReversalOut, before: Position, after: Position) -> ReversalOut:
    return answer.model_copy(update={"before": figures(before), "after": figures(after)})


def figures(position: Position) -> AccountFiguresOut:
    """Return how a loan stands as an answer shows it."""
    return AccountFiguresOut(**{name: getattr(position, name) for name in AccountFiguresOut.model_fields})
