"""Store which codes became which."""

from collections.abc import Sequence

from shared.db import Connection
from shared.events.received import Received
from shared.events.registry import RegionChanged

_STORE = """
INSERT INTO region_succession (change_id, effective_on, from_code, to_code, successor_count, predecessor_count)
SELECT change_id, effective_on, from_code, to_code, count(*) OVER (PARTITION BY change_id, from_code),
       count(*) OVER (PARTITION BY change_id, to_code)
FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[]) AS changed (change_id, effective_on, from_code, to_code)
ON CONFLICT DO NOTHING
"""


async def store_region_changes(conn: Connection, received: Sequence[Received[RegionChanged]]) -> None:
    """Store the successions of changes of codes; one event carries a whole change, so its parts are counted here."""
    successions = [(message.event, pair) for message in received for pair in message.event.successions]
    await conn.execute(
        _STORE,
        [change.change_id for change, _ in successions],
        [change.effective_on for change, _ in successions],
        [pair.from_code for _, pair in successions],
        [pair.to_code for _, pair in successions],
    )
