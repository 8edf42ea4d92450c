"""What an operator does to a service's outbox and inbox by hand; the running service then does the work."""

from collections.abc import Sequence
from typing import Any, Final

from shared.db import Connection

# With every later version of the same aggregate, wherever it stands: what is published of one are its lowest versions.
_REPUBLISH: Final = """
WITH first AS (
  SELECT aggregate_id, min(aggregate_version) AS version FROM outbox WHERE position >= $1 GROUP BY aggregate_id
)
UPDATE outbox SET published_at = NULL, stream_sequence = NULL FROM first
WHERE outbox.aggregate_id = first.aggregate_id AND outbox.aggregate_version >= first.version
  AND published_at IS NOT NULL
"""
_RELEASE: Final = "UPDATE outbox SET refused_reason = NULL WHERE refused_reason IS NOT NULL"
_REPLAY: Final = """
UPDATE parked_message SET replay_requested_at = now()
WHERE replayed_at IS NULL AND ($1::text IS NULL OR consumer = $1) AND ($2::bigint[] IS NULL OR id = ANY ($2))
"""
_PARKED: Final = """
SELECT id, consumer, stream_sequence, event_id, subject, reason, parked_at FROM parked_message
WHERE replayed_at IS NULL ORDER BY id LIMIT $1
"""
LISTED_PARKED: Final = 200


async def republish(conn: Connection, from_position: int = 0) -> int:
    """Mark published events from a position on as unpublished and return how many.

    For when NATS lost its data: consumers have the events in their inboxes and apply none twice. Do it before streams
    are provisioned again, or a relay may put a new event before the old ones.
    """
    return _count(await conn.execute(_REPUBLISH, from_position))


async def release(conn: Connection) -> int:
    """Let the relay look again at the events it refused and return how many; mend the rows or the code first."""
    return _count(await conn.execute(_RELEASE))


async def request_replay(conn: Connection, consumer: str | None = None, ids: Sequence[int] | None = None) -> int:
    """Ask the running service to take parked messages again, all or chosen ones; return how many."""
    return _count(await conn.execute(_REPLAY, consumer, ids))


async def list_parked(conn: Connection) -> list[Any]:
    """Return the oldest parked messages that nobody has replayed, at most LISTED_PARKED."""
    return list(await conn.fetch(_PARKED, LISTED_PARKED))


def _count(command_tag: str) -> int:
    return int(command_tag.rsplit(" ", 1)[1])
