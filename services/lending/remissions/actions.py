"""Remitting penalty or interest (减免): proposed by one person of the bank, confirmed by another, taken back by two.

A remission is a posting: it counts on its day, before the money of that day, and remits at most its amount of what is
unpaid then. What it remits follows every later correction. Nobody paid it, so nobody reimburses it, and a claim does
not ask for it.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, previews, restate
from services.lending.accounts.actions.reversing import figures
from services.lending.accounts.actions.storing import Replayed
from services.lending.accounts.loading import remission_posting
from services.lending.accounts.refusals import LoanAlreadyCompensated
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionState, CorrectionWithdrawalIn, DecisionIn
from services.lending.remissions.queries import REMISSION_REVERSALS, REMISSIONS
from services.lending.remissions.refusals import (
    NothingToRemit,
    RemissionNotInForce,
    RemissionOnFile,
    RemissionReversalOnFile,
    RemissionUnknown,
)
from services.lending.remissions.schemas import RemissionIn, RemissionOut, RemissionReversalIn, RemissionReversalOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT id, bank_code, state, claim_id, disbursed_on, (SELECT id FROM remission m WHERE m.loan_id = loan.id
  AND m.state = 'proposed') AS open_remission
FROM loan WHERE id = $1 AND village_code ^@ ANY ($2::text[])
"""
_PROPOSE: Final = """
INSERT INTO remission (id, loan_id, remits, amount, value_on, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_REMISSION: Final = """
SELECT m.loan_id, m.state, m.decided_on FROM remission m JOIN loan l ON l.id = m.loan_id
WHERE m.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""
_ON_FILE: Final = """
SELECT id, state FROM remission_reversal WHERE remission_id = $1 AND state IN ('proposed', 'confirmed')
"""
_PROPOSE_REVERSAL: Final = """
INSERT INTO remission_reversal (id, remission_id, reason, proposed_on, proposed_by) VALUES ($1, $2, $3, $4, $5)
"""
_CAUSE: Final = RestatementCause.REMISSION


async def propose_remission(conn: Connection, officer: Principal, loan_id: UUID, body: RemissionIn) -> RemissionOut:
    """Propose that penalty or interest be remitted, and show what that would remit and leave.

    Raises:
        LoanUnknown, LoanOfAnotherBank, LoanAlreadyCompensated, RemissionOnFile, NothingToRemit,
        DateBeforeStep
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    await lock(conn, [loan_id])
    loan = await conn.fetchrow(_LOAN, loan_id, regions)
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    _ensure_owed(loan, body.remits, body.value_on)
    if loan["open_remission"] is not None:
        raise RemissionOnFile(loan["open_remission"])
    ensure_not_before("value_on", body.value_on, "disbursed_on", loan["disbursed_on"])
    ensure_not_before("proposed_on", body.proposed_on, "value_on", body.value_on)
    remission_id = new_id()
    said = body.remits, body.amount, body.value_on, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, remission_id, loan_id, *said)
    supposed = remission_posting(remission_id, body.value_on, body.remits, body.amount)
    (would_be,) = await previews(conn, [Change(loan_id, _CAUSE, body.proposed_on, supposed=(supposed,))])
    answer = await REMISSIONS.one(conn, remission_id, _scope(officer))
    return _shown(answer, would_be)


async def decide_remission(conn: Connection, officer: Principal, remission_id: UUID, body: DecisionIn) -> RemissionOut:
    """Confirm or refuse a remission by another person; confirmed, the loan is replayed with it.

    Raises:
        RemissionUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated, NothingToRemit, DateBeforeStep
    """
    scope = _scope(officer)
    remission = await take_up(conn, REMISSIONS, officer, remission_id, body, scope)
    loan_id = remission["loan_id"]
    if body.decision == "confirm":
        await lock(conn, [loan_id])
        _ensure_owed(await conn.fetchrow(_LOAN, loan_id, [""]), remission["remits"], remission["value_on"])
    await decide(conn, REMISSIONS, officer, remission_id, body)
    if body.decision == "refuse":
        return await REMISSIONS.one(conn, remission_id, scope)
    (replayed,) = await restate(conn, [Change(loan_id, _CAUSE, body.decided_on)])
    return _shown(await REMISSIONS.one(conn, remission_id, scope), replayed)


async def withdraw_remission(
    conn: Connection, officer: Principal, remission_id: UUID, body: CorrectionWithdrawalIn
) -> RemissionOut:
    """Withdraw one's own proposal.

    Raises: RemissionUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, REMISSIONS, officer, remission_id, body, _scope(officer))


async def propose_reversal(
    conn: Connection, officer: Principal, remission_id: UUID, body: RemissionReversalIn
) -> RemissionReversalOut:
    """Propose that a remission be taken back, and show what that would do to the loan.

    Raises:
        RemissionUnknown, RemissionNotInForce, RemissionReversalOnFile, LoanAlreadyCompensated, DateBeforeStep
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    found = await conn.fetchrow(_REMISSION, remission_id, bank, regions)
    if found is None:
        raise RemissionUnknown(remission_id)
    await lock(conn, [found["loan_id"]])
    remission = await conn.fetchrow(_REMISSION, remission_id, bank, regions)
    if remission["state"] != CorrectionState.CONFIRMED:
        raise RemissionNotInForce(remission["state"])
    if (earlier := await conn.fetchrow(_ON_FILE, remission_id)) is not None:
        raise RemissionReversalOnFile(earlier["id"], earlier["state"])
    _ensure_not_compensated(await conn.fetchrow(_LOAN, remission["loan_id"], [""]))
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", remission["decided_on"])
    reversal_id = new_id()
    said = body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE_REVERSAL, reversal_id, remission_id, *said)
    change = Change(remission["loan_id"], _CAUSE, body.proposed_on, left_out=frozenset({remission_id}))
    (would_be,) = await previews(conn, [change])
    return _reversed(await REMISSION_REVERSALS.one(conn, reversal_id, _scope(officer)), would_be)


async def decide_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn
) -> RemissionReversalOut:
    """Confirm or refuse it by another person; confirmed, the loan is replayed without the remission.

    Raises:
        RemissionReversalUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated, DateBeforeStep
    """
    scope = _scope(officer)
    reversal = await take_up(conn, REMISSION_REVERSALS, officer, reversal_id, body, scope)
    loan_id = reversal["loan_id"]
    if body.decision == "confirm":
        await lock(conn, [loan_id])
        _ensure_not_compensated(await conn.fetchrow(_LOAN, loan_id, [""]))
    await decide(conn, REMISSION_REVERSALS, officer, reversal_id, body)
    answer = await REMISSION_REVERSALS.one(conn, reversal_id, scope)
    if body.decision == "refuse":
        return answer
    (replayed,) = await restate(conn, [Change(loan_id, _CAUSE, body.decided_on)])
    return _reversed(answer, replayed)


async def withdraw_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> RemissionReversalOut:
    """Withdraw one's own proposal; the remission stands.

    Raises: RemissionReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, REMISSION_REVERSALS, officer, reversal_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


def _ensure_owed(loan: Any, remits: str, value_on: date) -> None:
    """Refuse a loan that was compensated, or that owes nothing on any day as its disbursement was taken back."""
    _ensure_not_compensated(loan)
    if loan["state"] == "cancelled":
        raise NothingToRemit(remits, value_on)


def _ensure_not_compensated(loan: Any) -> None:
    if loan["claim_id"] is not None:
        raise LoanAlreadyCompensated


def _shown(answer: RemissionOut, replayed: Replayed) -> RemissionOut:
    """Return a remission with what it remits. Raises: NothingToRemit."""
    remitted = _remitted_by(replayed, answer.id)
    if remitted == 0:
        raise NothingToRemit(answer.remits, answer.value_on)
    before, after = figures(replayed.before), figures(replayed.position)
    return answer.model_copy(update={"remitted": remitted, "before": before, "after": after})


def _remitted_by(replayed: Replayed, remission_id: UUID) -> Decimal:
    mine = (each.amount for each in replayed.account.remissions if each.decided_by == remission_id)
    return sum(mine, ZERO)


def _reversed(answer: RemissionReversalOut, replayed: Replayed) -> RemissionReversalOut:
    before, after = figures(replayed.before), figures(replayed.position)
    return answer.model_copy(update={"before": before, "after": after})
