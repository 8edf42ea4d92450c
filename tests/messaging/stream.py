"""What a test's stream holds, and whether everything has reached it."""

from uuid import UUID

from shared.db import Database
from shared.events.envelope import decode
from tests.messaging.conftest import Nats
from tests.messaging.events import count
from tests.messaging.reading import messages


async def stream_order(nats: Nats) -> dict[UUID, list[int]]:
    """Return each counter's versions in the order of lending's stream."""
    found: dict[UUID, list[int]] = {}
    async with nats.link("reader") as link:
        async for stored in messages(link, "lending"):
            event = decode(stored.subject, stored.body, stored.stream_sequence)
            found.setdefault(event.aggregate_id, []).append(event.aggregate_version)
    return found


async def all_published(database: Database) -> bool:
    """Return whether every recorded event was published."""
    return await count(database, "outbox WHERE published_at IS NULL") == 0
