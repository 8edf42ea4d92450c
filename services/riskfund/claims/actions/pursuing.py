"""Follow lending's log of how debtors are pursued (LG-20b)."""

from collections.abc import Sequence
from typing import Final

from shared.db import Connection
from shared.events.lending import PursuitStepRecorded
from shared.events.received import Received

# A step and its withdrawal may arrive in any order; the withdrawal wins.
_STORE: Final = """
INSERT INTO pursuit_step (id, loan_id, debtor, kind, happened_on, withdrawn_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[])
ON CONFLICT (id) DO UPDATE SET withdrawn_on = coalesce(pursuit_step.withdrawn_on, excluded.withdrawn_on)
"""


async def store_steps(conn: Connection, received: Sequence[Received[PursuitStepRecorded]]) -> None:
    """Store steps of pursuit, and which of them were withdrawn."""
    steps = [each.event for each in received]
    await conn.execute(
        _STORE,
        [step.pursuit_step_id for step in steps],
        [step.loan_id for step in steps],
        [step.debtor for step in steps],
        [step.kind for step in steps],
        [step.happened_on for step in steps],
        [step.withdrawn_on for step in steps],
    )
