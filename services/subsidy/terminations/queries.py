"""Named reads of terminations."""

from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.queries import get_batch
from services.subsidy.terminations.schemas import BatchTerminationOut
from shared.db import Connection
from shared.scope import Scope

_TERMINATIONS: Final = """
SELECT e.*, b.state AS batch_state,
  (SELECT coalesce(sum(r.amount), 0.00) FROM payment_reduction r WHERE r.termination_id = e.id) AS amount_closed
FROM batch_termination e JOIN subsidy_batch b ON b.id = e.batch_id
"""
_ONE: Final = f"{_TERMINATIONS} WHERE e.id = $1"
_OF_BATCH: Final = f"{_TERMINATIONS} WHERE e.batch_id = $1 ORDER BY e.id"


async def termination_out(conn: Connection, termination_id: UUID) -> BatchTerminationOut:
    """Return one proposed or decided termination."""
    row: Any = await conn.fetchrow(_ONE, termination_id)
    return BatchTerminationOut(**row)


async def list_terminations(conn: Connection, scope: Scope, batch_id: UUID) -> list[BatchTerminationOut]:
    """Return the terminations proposed for a batch, in order; there are few.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    await get_batch(conn, scope, batch_id)
    return [BatchTerminationOut(**row) for row in await conn.fetch(_OF_BATCH, batch_id)]
