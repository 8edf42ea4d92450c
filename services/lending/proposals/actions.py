"""The steps of a proposal: taken up by another person, decided once, or withdrawn by who made it.

A proposal is locked when it is read. Who proposes locks the loan first, in a statement of its own, so that the next one
sees what others proposed; what a confirmation does is its room's.
"""

from datetime import date
from typing import Any
from uuid import UUID

from services.lending.proposals.queries import Proposals, Shown
from services.lending.proposals.refusals import CorrectionDecided, OnlyTheProposer
from services.lending.proposals.schemas import CorrectionState, CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.scope import Scope, organisation_of


def own_scope(officer: Principal, right: Right) -> Scope:
    """Return the rows of the officer's bank in the regions of a right. Raises: OrganisationMissing."""
    return Scope.within(officer.regions_for(right), organisation_of(officer))


async def take_up(
    conn: Connection, kind: Proposals[Shown], officer: Principal, proposal_id: UUID, body: DecisionIn, scope: Scope
) -> Any:
    """Lock a proposal that waits for another person's decision and return its row.

    Raises: what the kind calls unknown, CorrectionDecided, MakerIsChecker, DateBeforeStep.
    """
    row = await _open(conn, kind, proposal_id, scope)
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    return row


async def decide(
    conn: Connection, kind: Proposals[Shown], officer: Principal, proposal_id: UUID, body: DecisionIn, **also: str
) -> None:
    """Write a decision on a proposal that was taken up; `also`: columns of the room that belong to it."""
    state = CorrectionState.CONFIRMED if body.decision == "confirm" else CorrectionState.REFUSED
    await _close(conn, kind, proposal_id, state, body.decided_on, officer, body.reason, also)


async def withdraw(
    conn: Connection,
    kind: Proposals[Shown],
    officer: Principal,
    proposal_id: UUID,
    body: CorrectionWithdrawalIn,
    scope: Scope,
) -> Shown:
    """Withdraw one's own proposal.

    Raises: what the kind calls unknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    row = await _open(conn, kind, proposal_id, scope)
    if row["proposed_by"] != officer.subject:
        raise OnlyTheProposer(row["proposed_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "proposed_on", row["proposed_on"])
    await _close(conn, kind, proposal_id, CorrectionState.WITHDRAWN, body.withdrawn_on, officer, body.reason, {})
    return await kind.one(conn, proposal_id, scope)


async def _open(conn: Connection, kind: Proposals[Shown], proposal_id: UUID, scope: Scope) -> Any:
    row = await conn.fetchrow(f"{kind.selected} AND v.id = $3 FOR UPDATE OF v", scope.regions, scope.banks, proposal_id)
    if row is None:
        raise kind.unknown(proposal_id)
    if row["state"] != CorrectionState.PROPOSED:
        raise CorrectionDecided(row["state"])
    return row


async def _close(
    conn: Connection,
    kind: Proposals[Shown],
    proposal_id: UUID,
    state: CorrectionState,
    on: date,
    officer: Principal,
    reason: str | None,
    also: dict[str, str],
) -> None:
    added = "".join(f", {name} = ${place}" for place, name in enumerate(also, start=6))
    await conn.execute(
        f"UPDATE {kind.table} SET state = $2, decided_on = $3, decided_by = $4, decided_at = clock_timestamp(), "  # noqa: S608
        f"decision_reason = $5{added} WHERE id = $1",
        *(proposal_id, str(state), on, officer.subject, reason, *also.values()),
    )
