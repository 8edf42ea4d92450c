"""Named reads of proposals."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from services.subsidy.proposals.refusals import ReversalUnknown
from services.subsidy.proposals.schemas import ReversalOut, ReversalState, Subject
from shared.db import Connection

_REVERSALS: Final = """
SELECT * FROM reversal r
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS g (region) WHERE r.region_code ^@ g.region OR g.region ^@ r.region_code)
  AND r.subject = ANY ($2::text[]) AND ($3::uuid IS NULL OR r.id = $3) AND ($4::text IS NULL OR r.state = $4)
  AND ($5::uuid IS NULL OR r.subject_id = $5) AND ($6::uuid IS NULL OR r.id > $6)
ORDER BY r.id LIMIT $7
"""


async def list_reversals(
    conn: Connection,
    regions: Sequence[str],
    subjects: Collection[Subject],
    *,
    state: ReversalState | None,
    subject_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[ReversalOut]:
    """Return up to `limit` proposals to take things of these kinds back, in the order of their proposal."""
    rows = await conn.fetch(_REVERSALS, list(regions), list(subjects), None, state, subject_id, after, limit)
    return [ReversalOut(**row) for row in rows]


async def get_reversal(conn: Connection, reversal_id: UUID) -> ReversalOut:
    """Return one proposal, whoever asks.

    Raises:
        ReversalUnknown: there is none.
    """
    row = await conn.fetchrow(_REVERSALS, [""], list(Subject), reversal_id, None, None, None, 1)
    if row is None:
        raise ReversalUnknown(reversal_id)
    return ReversalOut(**row)
