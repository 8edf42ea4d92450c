"""A region that got another code keeps the bank that answers for it: each decision counts under the new code too."""

from collections.abc import Sequence
from typing import Final

from shared.db import Connection
from shared.events.received import Received
from shared.events.registry import RegionChanged

# A code that became one other took everything below along; of a split both parts have the bank of the whole, and what
# is below stands among the successions itself. Where two became one, the decision with the latest first day
# counts, as everywhere. Another county's banks are its own.
_FOLLOW: Final = """
INSERT INTO responsibility_region (responsibility_id, region_code)
SELECT g.responsibility_id, s.to_code || substr(g.region_code, length(s.from_code) + 1)
FROM (
  SELECT from_code, to_code, count(*) OVER (PARTITION BY from_code) AS parts
  FROM unnest($1::text[], $2::text[]) AS n (from_code, to_code)) s
JOIN responsibility_region g ON g.region_code = s.from_code OR s.parts = 1 AND g.region_code ^@ s.from_code
JOIN responsibility r ON r.id = g.responsibility_id AND left(s.to_code, 6) = r.county_code
ON CONFLICT DO NOTHING
"""


async def follow_changed_regions(conn: Connection, received: Sequence[Received[RegionChanged]]) -> None:
    """Let the banks of regions answer for them under their new codes, in the order of the changes (LG-47)."""
    for message in sorted(received, key=lambda each: (each.event.effective_on, each.stream_sequence)):
        pairs = message.event.successions
        await conn.execute(_FOLLOW, [pair.from_code for pair in pairs], [pair.to_code for pair in pairs])
