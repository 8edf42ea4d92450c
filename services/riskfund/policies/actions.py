"""Keep the policy packs that the registry confirmed. Each is kept once, whatever the order of arrival."""

from collections.abc import Sequence

from shared.db import Connection
from shared.events.registry import PolicyPackConfirmed
from shared.inbox import Received

_KEEP_PACKS = """
INSERT INTO policy_pack (pack_id, county_code, pack_version, effective_from, content_hash, content)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::date[], $5::text[], $6::jsonb[])
ON CONFLICT (pack_id) DO NOTHING
"""


async def keep_packs(conn: Connection, received: Sequence[Received[PolicyPackConfirmed]]) -> None:
    """Keep confirmed policy packs."""
    packs = [message.event for message in received]
    await conn.execute(
        _KEEP_PACKS,
        [pack.pack_id for pack in packs],
        [pack.county_code for pack in packs],
        [pack.pack_version for pack in packs],
        [pack.effective_from for pack in packs],
        [pack.content_hash for pack in packs],
        [pack.content for pack in packs],
    )
