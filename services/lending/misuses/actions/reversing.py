"""Taking a misuse back that never was one (挪用撤销): the loan is as if nobody had found it; by two persons."""

from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import previews, restate
from services.lending.accounts.actions.reversing import figures
from services.lending.accounts.actions.storing import Replayed
from services.lending.misuses.actions.loans import change, ensure_not_compensated, in_force, scope_of_bank
from services.lending.misuses.queries import MISUSE_REVERSALS
from services.lending.misuses.schemas import MisuseReversalIn, MisuseReversalOut
from services.lending.proposals.actions import decide, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id

_PROPOSE: Final = """
INSERT INTO misuse_reversal (id, misuse_id, reason, proposed_on, proposed_by) VALUES ($1, $2, $3, $4, $5)
"""


async def propose_reversal(
    conn: Connection, officer: Principal, misuse_id: UUID, body: MisuseReversalIn
) -> MisuseReversalOut:
    """Propose that a misuse be taken back, and show what that would do to the loan.

    Raises:
        OrganisationMissing, MisuseUnknown, MisuseNotInForce, MisuseReversalOnFile, LoanAlreadyCompensated,
        DateBeforeStep
    """
    misuse = await in_force(conn, officer, misuse_id)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", misuse["decided_on"])
    reversal_id = new_id()
    await conn.execute(_PROPOSE, reversal_id, misuse_id, body.reason, body.proposed_on, officer.subject)
    of_it = frozenset(filter(None, (misuse_id, misuse["termination_id"])))
    (would_be,) = await previews(conn, [change(misuse["loan_id"], body.proposed_on, left_out=of_it)])
    return _shown(await MISUSE_REVERSALS.one(conn, reversal_id, scope_of_bank(officer)), would_be)


async def decide_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn
) -> MisuseReversalOut:
    """Confirm or refuse it by another person; confirmed, the loan is replayed without the misuse.

    Raises:
        OrganisationMissing, MisuseReversalUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated,
        DateBeforeStep
    """
    scope = scope_of_bank(officer)
    reversal = await take_up(conn, MISUSE_REVERSALS, officer, reversal_id, body, scope)
    if body.decision == "confirm":
        await ensure_not_compensated(conn, reversal["loan_id"])
    await decide(conn, MISUSE_REVERSALS, officer, reversal_id, body)
    answer = await MISUSE_REVERSALS.one(conn, reversal_id, scope)
    if body.decision == "refuse":
        return answer
    (replayed,) = await restate(conn, [change(reversal["loan_id"], body.decided_on)])
    return _shown(answer, replayed)


async def withdraw_reversal(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> MisuseReversalOut:
    """Withdraw one's own proposal; the misuse stands.

    Raises: OrganisationMissing, MisuseReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, MISUSE_REVERSALS, officer, reversal_id, body, scope_of_bank(officer))


def _shown(answer: MisuseReversalOut, replayed: Replayed) -> MisuseReversalOut:
    before, after = figures(replayed.before), figures(replayed.position)
    return answer.model_copy(update={"before": before, "after": after})
