"""The events a service has recorded and not yet published: which come next, in which order, and what became of them.

Versions decide the order of an aggregate's events, positions the order between aggregates. Neither depends on
transaction numbers: these belong to one server, and in a restored database they mean nothing. A snapshot that shows
version n + 1 also shows version n, because whoever recorded n + 1 waited for the lock on the aggregate's row. Where a
version is missing all the same, its successor is held back until every transaction that might still bring it has
ended.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from shared.db import Connection

COUNTED: Final = 100_000  # of a backlog beyond this the exact size tells nothing more

# The oldest events say whose turn it is and how often; an aggregate spends its turns on its lowest versions, also when
# these stand at later positions, as after a bulk insert in no particular order. What an aggregate has published are its
# lowest versions, so that it is read from the first one that waits. Its events are found by the key of its versions:
# statistics are mostly taken while nothing waits, and by them a long backlog looks as cheap to walk as an empty one.
NEXT: Final = """
WITH oldest AS (
  SELECT aggregate_id, aggregate_version FROM outbox
  WHERE published_at IS NULL AND refused_reason IS NULL
    AND NOT EXISTS (SELECT FROM outbox r WHERE r.aggregate_id = outbox.aggregate_id AND r.refused_reason IS NOT NULL)
  ORDER BY position LIMIT $1
), turn AS (
  SELECT aggregate_id, count(*) AS number, min(aggregate_version) AS lowest FROM oldest GROUP BY aggregate_id
), turns AS (
  SELECT aggregate_id, number, CASE WHEN EXISTS (
    SELECT FROM outbox p WHERE p.aggregate_id = turn.aggregate_id AND p.aggregate_version = turn.lowest - 1
      AND p.published_at IS NOT NULL) THEN lowest ELSE 1 END AS first_version
  FROM turn
)
SELECT event.position, event.event_id, event.event_name, event.schema_version, event.aggregate_id,
       event.aggregate_version, event.region_code, event.data::text AS data, event.traceparent, event.occurred_at,
       row_number() OVER (PARTITION BY event.aggregate_id ORDER BY event.aggregate_version) AS pass_number,
       event.aggregate_version > 1 AND NOT EXISTS (
         SELECT FROM outbox p WHERE p.aggregate_id = event.aggregate_id
           AND p.aggregate_version = event.aggregate_version - 1) AS has_gap,
       (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS oldest_open_transaction,
       (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint) AS next_transaction
FROM turns CROSS JOIN LATERAL (
  SELECT * FROM outbox
  WHERE outbox.aggregate_id = turns.aggregate_id AND outbox.aggregate_version >= turns.first_version
    AND published_at IS NULL
  ORDER BY outbox.aggregate_version LIMIT turns.number
) AS event
ORDER BY pass_number, event.position
"""
_MARK: Final = """
UPDATE outbox SET published_at = clock_timestamp(), stream_sequence = done.sequence
FROM unnest($1::bigint[], $2::bigint[]) AS done (position, sequence)
WHERE outbox.position = done.position
"""
_REFUSE: Final = "UPDATE outbox SET refused_reason = $2 WHERE position = $1"
_RELEASE_UNKNOWN: Final = """
UPDATE outbox SET refused_reason = NULL WHERE refused_reason LIKE 'unknown event%' AND published_at IS NULL
"""
_MEASURE: Final = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE published_at IS NULL AND refused_reason IS NULL LIMIT $1) AS b),
       (SELECT extract(epoch FROM now() - occurred_at)::float8 FROM outbox
        WHERE published_at IS NULL AND refused_reason IS NULL ORDER BY position LIMIT 1),
       (SELECT count(*) FROM outbox WHERE refused_reason IS NOT NULL)
"""


class Backlog:
    """One service's unpublished events, read and marked over the connection that holds the lead."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        # Events whose predecessor is missing, and the first transaction number that was not in use when that was seen.
        self._gaps: dict[UUID, int] = {}

    async def next_events(self, limit: int) -> list[Any]:
        """Return at most `limit` outbox rows to publish now, in the order of `pass_number`.

        A pass has at most one event of an aggregate; its lower versions are in earlier passes or published.
        """
        ready: list[Any] = []
        gaps: dict[UUID, int] = {}
        held: set[UUID] = set()
        for row in await self._conn.fetch(NEXT, limit):
            if row["has_gap"]:
                gaps[row["event_id"]] = self._gaps.get(row["event_id"], row["next_transaction"])
                if row["oldest_open_transaction"] < gaps[row["event_id"]]:
                    held.add(row["aggregate_id"])
            if row["aggregate_id"] not in held:
                ready.append(row)
        self._gaps = gaps
        return ready

    async def mark_published(self, acknowledged: Sequence[tuple[int, int]]) -> None:
        """Mark (position, stream sequence) pairs as published."""
        await self._conn.execute(_MARK, [place for place, _ in acknowledged], [number for _, number in acknowledged])

    async def refuse(self, position: int, reason: str) -> None:
        """Mark an event that must not be published; its whole aggregate waits until an operator releases it."""
        await self._conn.execute(_REFUSE, position, reason)

    async def release_unknown(self) -> None:
        """Look again at events that an older version of the code did not know."""
        await self._conn.execute(_RELEASE_UNKNOWN)

    async def measure(self) -> tuple[int, float, int]:
        """Return how many events wait (at most COUNTED), the age of the oldest in seconds, and how many are refused."""
        waiting, oldest, refused = await self._conn.fetchrow(_MEASURE, COUNTED)
        return waiting, oldest or 0.0, refused
