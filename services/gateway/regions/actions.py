"""Keep which codes became which."""

from collections.abc import Sequence

from shared.db import Connection
from shared.events.registry import RegionChanged
from shared.inbox import Received

_KEEP = """
INSERT INTO region_succession (change_id, effective_on, from_code, to_code, successor_count, predecessor_count)
SELECT change_id, effective_on, from_code, to_code, count(*) OVER (PARTITION BY change_id, from_code),
       count(*) OVER (PARTITION BY change_id, to_code)
FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[]) AS told (change_id, effective_on, from_code, to_code)
ON CONFLICT DO NOTHING
"""


async def keep_changes(conn: Connection, received: Sequence[Received[RegionChanged]]) -> None:
    """Keep every succession of changes of codes; a change is told whole, so its parts can be counted here."""
    told = [(message.event, pair) for message in received for pair in message.event.successions]
    await conn.execute(
        _KEEP,
        [change.change_id for change, _ in told],
        [change.effective_on for change, _ in told],
        [pair.from_code for _, pair in told],
        [pair.to_code for _, pair in told],
    )
