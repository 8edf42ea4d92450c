"""The steps of a proposal: made by one person, decided once by another.

What is taken back is locked by its own room before it proposes and before it takes anything back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.proposals.queries import get_reversal
from services.subsidy.proposals.refusals import ReversalDecided, ReversalProposed, ReversalUnknown
from services.subsidy.proposals.schemas import ReversalDecisionIn, ReversalIn, ReversalOut, Subject
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_PROPOSE: Final = """
INSERT INTO reversal (id, subject, subject_id, number, region_code, amount, reference, happened_on, reason, document,
  proposed_by, proposed_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING id
"""
_PEEK: Final = "SELECT * FROM reversal WHERE id = $1"
_LOCK: Final = """
SELECT * FROM reversal WHERE id = $1 AND subject = ANY ($2::text[]) AND region_code ^@ ANY ($3::text[]) FOR UPDATE
"""
_DECIDE: Final = """
UPDATE reversal SET state = $2, decided_by = $3, decided_on = $4, decided_at = clock_timestamp(), decision_reason = $5
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is to be taken back: its kind, id and place; of a step its number; yuan, paper and day where it has them."""

    subject: Subject
    subject_id: UUID
    region_code: str
    number: int | None = None
    amount: Decimal | None = None
    reference: str | None = None
    happened_on: date | None = None


async def propose(conn: Connection, officer: Principal, wrong: Wrong, body: ReversalIn) -> ReversalOut:
    """Propose to take something back; nothing changes before another person confirms.

    Raises:
        ReversalProposed: the same thing waits for its decision.
    """
    reversal_id = new_id()
    about = wrong.number, wrong.region_code, wrong.amount, wrong.reference, wrong.happened_on
    why = body.reason, body.document, officer.subject, body.proposed_on
    said = (reversal_id, wrong.subject, wrong.subject_id, *about, *why)
    if await conn.fetchval(_PROPOSE, *said) is None:
        raise ReversalProposed
    return await get_reversal(conn, reversal_id)


async def peek(conn: Connection, reversal_id: UUID) -> dict[str, Any]:
    """Return a proposal unlocked, so that what it takes back is locked first, as who proposes does.

    Raises:
        ReversalUnknown: there is none.
    """
    row = await conn.fetchrow(_PEEK, reversal_id)
    if row is None:
        raise ReversalUnknown(reversal_id)
    return dict(row)


async def decide(
    conn: Connection,
    officer: Principal,
    right: Right,
    subjects: Collection[Subject],
    reversal_id: UUID,
    body: ReversalDecisionIn,
) -> dict[str, Any]:
    """Write another person's decision on a proposal and return its row as it was proposed.

    Raises:
        ReversalUnknown, ReversalDecided, MakerIsChecker, DateBeforeStep.
    """
    row = await conn.fetchrow(_LOCK, reversal_id, list(subjects), officer.regions_for(right))
    if row is None:
        raise ReversalUnknown(reversal_id)
    if row["state"] != "proposed":
        raise ReversalDecided(row["state"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    state = "confirmed" if body.decision == "confirm" else "refused"
    await conn.execute(_DECIDE, reversal_id, state, officer.subject, body.decided_on, body.reason)
    return dict(row)
