"""Saying that a misuse was put right (已整改): from its day the contract's rate is enough; by two persons."""

from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import previews, restate
from services.lending.accounts.actions.reversing import figures
from services.lending.accounts.actions.storing import Replayed
from services.lending.accounts.loading import misuse_posting
from services.lending.misuses.actions.loans import change, in_force, scope_of_bank
from services.lending.misuses.queries import MISUSE_TERMINATIONS
from services.lending.misuses.refusals import MisuseEndsAtOnce, MisuseTerminationOnFile
from services.lending.misuses.schemas import MisuseTerminationIn, MisuseTerminationOut
from services.lending.proposals.actions import decide, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO

_PROPOSE: Final = """
INSERT INTO misuse_termination (id, misuse_id, ended_on, papers, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def propose_termination(
    conn: Connection, officer: Principal, misuse_id: UUID, body: MisuseTerminationIn
) -> MisuseTerminationOut:
    """Propose since when a misuse is put right, and show what that would do to the loan.

    Raises:
        OrganisationMissing, MisuseUnknown, MisuseNotInForce, MisuseReversalOnFile, MisuseTerminationOnFile,
        LoanAlreadyCompensated, MisuseEndsAtOnce, DateBeforeStep. Clause: FJ-5.
    """
    misuse = await in_force(conn, officer, misuse_id)
    if misuse["termination_id"] is not None:
        raise MisuseTerminationOnFile(misuse["termination_id"], misuse["termination_state"])
    if body.ended_on <= misuse["from_on"]:
        raise MisuseEndsAtOnce(body.ended_on, misuse["from_on"])
    ensure_not_before("proposed_on", body.proposed_on, "ended_on", body.ended_on)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", misuse["decided_on"])
    termination_id, papers = new_id(), [paper.model_dump() for paper in body.papers]
    said = body.ended_on, papers, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, termination_id, misuse_id, *said)
    supposed = misuse_posting(termination_id, body.ended_on, ZERO, ends=True)
    (would_be,) = await previews(conn, [change(misuse["loan_id"], body.proposed_on, supposed=(supposed,))])
    return _shown(await MISUSE_TERMINATIONS.one(conn, termination_id, scope_of_bank(officer)), would_be)


async def decide_termination(
    conn: Connection, officer: Principal, termination_id: UUID, body: DecisionIn
) -> MisuseTerminationOut:
    """Confirm or refuse it by another person; confirmed, the loan is replayed with it.

    Raises:
        OrganisationMissing, MisuseTerminationUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated,
        MisuseReversalOnFile, DateBeforeStep
    """
    scope = scope_of_bank(officer)
    termination = await take_up(conn, MISUSE_TERMINATIONS, officer, termination_id, body, scope)
    if body.decision == "confirm":
        await in_force(conn, officer, termination["misuse_id"])
    await decide(conn, MISUSE_TERMINATIONS, officer, termination_id, body)
    answer = await MISUSE_TERMINATIONS.one(conn, termination_id, scope)
    if body.decision == "refuse":
        return answer
    (replayed,) = await restate(conn, [change(termination["loan_id"], body.decided_on)])
    return _shown(answer, replayed)


async def withdraw_termination(
    conn: Connection, officer: Principal, termination_id: UUID, body: CorrectionWithdrawalIn
) -> MisuseTerminationOut:
    """Withdraw one's own proposal; the misuse goes on.

    Raises: OrganisationMissing, MisuseTerminationUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, MISUSE_TERMINATIONS, officer, termination_id, body, scope_of_bank(officer))


def _shown(answer: MisuseTerminationOut, replayed: Replayed) -> MisuseTerminationOut:
    before, after = figures(replayed.before), figures(replayed.position)
    return answer.model_copy(update={"before": before, "after": after})
