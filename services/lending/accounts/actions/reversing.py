"""Taking a repayment back (冲正): proposed by one person of the bank, confirmed by another, never by deleting.

The repayment stays on the books with its reference, which stands for it for ever; it pays nothing any more, and the
loan is what its other postings say. Another posting of the same money is booked anew, under a reference of its own.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, preview, restate
from services.lending.accounts.queries import get_reversal
from services.lending.accounts.refusals import (
    CorrectionDecided,
    LoanAlreadyCompensated,
    OnlyTheProposer,
    RepaymentUnknown,
    ReversalOnFile,
    ReversalUnknown,
)
from services.lending.accounts.rules.position import Position
from services.lending.accounts.schemas import (
    AccountFiguresOut,
    CorrectionWithdrawalIn,
    DecisionIn,
    ReversalIn,
    ReversalOut,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
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
_LOCK: Final = """
SELECT v.id, v.loan_id, v.repayment_id, v.state, v.proposed_on, v.proposed_by
FROM repayment_reversal v JOIN loan l ON l.id = v.loan_id
WHERE v.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[]) FOR UPDATE OF v
"""
_DECIDE: Final = """
UPDATE repayment_reversal SET state = $2, decided_on = $3, decided_by = $4, decided_at = clock_timestamp(),
  decision_reason = $5
WHERE id = $1
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
    await conn.execute(
        _PROPOSE,
        reversal_id,
        repayment_id,
        found["loan_id"],
        body.cause,
        body.reason,
        body.proposed_on,
        officer.subject,
    )
    before, after = await preview(conn, _change(found["loan_id"], repayment_id, body.proposed_on))
    return await _answer(conn, reversal_id, Scope.within(regions, bank), before, after)


async def decide_reversal(conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn) -> ReversalOut:
    """Confirm or refuse a reversal by another person; confirmed, the loan is replayed without the repayment.

    Raises: ReversalUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated, DateBeforeStep.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    reversal = await _open(conn, reversal_id, bank, regions)
    if reversal["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", reversal["proposed_on"])
    scope = Scope.within(regions, bank)
    if body.decision == "refuse":
        await conn.execute(_DECIDE, reversal_id, "refused", body.decided_on, officer.subject, body.reason)
        return await get_reversal(conn, reversal_id, scope)
    await lock(conn, [reversal["loan_id"]])
    await _ensure_not_compensated(conn, reversal["loan_id"])
    await conn.execute(_DECIDE, reversal_id, "confirmed", body.decided_on, officer.subject, body.reason)
    (replayed,) = await restate(conn, [_change(reversal["loan_id"], reversal["repayment_id"], body.decided_on)])
    return await _answer(conn, reversal_id, scope, replayed.before, replayed.position)


async def withdraw_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> ReversalOut:
    """Withdraw one's own proposal.

    Raises: ReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    reversal = await _open(conn, reversal_id, bank, regions)
    if reversal["proposed_by"] != officer.subject:
        raise OnlyTheProposer(reversal["proposed_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "proposed_on", reversal["proposed_on"])
    await conn.execute(_DECIDE, reversal_id, "withdrawn", body.withdrawn_on, officer.subject, body.reason)
    return await get_reversal(conn, reversal_id, Scope.within(regions, bank))


def _change(loan_id: UUID, repayment_id: UUID, on: date) -> Change:
    return Change(loan_id, RestatementCause.REVERSAL, on, taken_back=frozenset({repayment_id}))


async def _open(conn: Connection, reversal_id: UUID, bank: str, regions: list[str]) -> Any:
    reversal = await conn.fetchrow(_LOCK, reversal_id, bank, regions)
    if reversal is None:
        raise ReversalUnknown(reversal_id)
    if reversal["state"] != "proposed":
        raise CorrectionDecided(reversal["state"])
    return reversal


async def _ensure_not_compensated(conn: Connection, loan_id: UUID) -> None:
    if await conn.fetchval(_CLAIMED, loan_id) is not None:
        raise LoanAlreadyCompensated


async def _answer(conn: Connection, reversal_id: UUID, scope: Scope, before: Position, after: Position) -> ReversalOut:
    answer = await get_reversal(conn, reversal_id, scope)
    return answer.model_copy(update={"before": figures(before), "after": figures(after)})


def figures(position: Position) -> AccountFiguresOut:
    """Return how a loan stands as an answer shows it."""
    return AccountFiguresOut(**{name: getattr(position, name) for name in AccountFiguresOut.model_fields})
