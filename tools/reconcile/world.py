"""Everything one run looks at: five snapshots, five streams, the packs, and loans as lending's events tell them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tools.reconcile.databases import Snapshot
from tools.reconcile.packs import Correction, Pack, Packs
from tools.reconcile.retelling import Retelling
from tools.reconcile.streams import PASSING_SECONDS, Message, Stream

T = TypeVar("T")

_PACKS = """
SELECT id::text, county_code, pack_version, effective_from, content_hash, content::text AS content
FROM policy_pack WHERE state = 'confirmed'
"""
_CORRECTIONS = """
SELECT pack_id::text, number, follows_pack_id::text, keys, effective_from FROM pack_correction
WHERE state = 'confirmed' ORDER BY pack_id, number
"""
_LATEST = "SELECT aggregate_id::text, max(aggregate_version) FROM outbox GROUP BY aggregate_id"
_APPLIED = """
SELECT aggregate_id::text, count(*) FILTER (WHERE state = 'applied') FROM inbox WHERE consumer = $1
GROUP BY aggregate_id
"""

# What has left the stream by the age limit; the outbox keeps it.
_EXPIRED = f"""
SELECT event_id::text, stream_sequence, event_name, aggregate_id::text, aggregate_version, md5(data::text),
  published_at > clock_timestamp() - interval '{PASSING_SECONDS} seconds', data::text
FROM outbox WHERE published_at IS NOT NULL AND stream_sequence < $1 ORDER BY stream_sequence
"""


@dataclass
class World:
    """What is compared. With `is_online`, events still on their way are left out; otherwise nothing is forgiven."""

    databases: Mapping[str, Snapshot]
    streams: Mapping[str, Stream]
    retelling: Retelling
    packs: Packs
    is_online: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    _made: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)

    def __getitem__(self, service: str) -> Snapshot:
        """Return one service's database."""
        return self.databases[service]

    async def once(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """Return what several checks need and only one makes."""
        if key not in self._made:
            self._made[key] = asyncio.ensure_future(make())
        result: T = await self._made[key]
        return result

    async def passing(self, service: str, owner: str = "lending") -> set[str]:
        """Return the aggregates of `owner` whose newest events `service` has not applied; none in strict mode."""
        if not self.is_online:
            return set()

        async def compare() -> set[str]:
            latest = await self[owner].map(_LATEST)
            applied = await self[service].map(_APPLIED, f"{service}-{owner}")
            return {key for key in latest.keys() | applied.keys() if latest.get(key) != applied.get(key)}

        return await self.once(f"passing {service} {owner}", compare)

    async def expired(self, owner: str) -> list[Message]:
        """Return what an owner published that has reached the stream's age limit, from its outbox, in stream order."""
        return (await self._recalled(owner))[0]

    async def replayed(self) -> Retelling:
        """Return lending's loans as all its events tell them, those that left the stream included."""
        return self.retelling.plus((await self._recalled("lending"))[1])

    async def _recalled(self, owner: str) -> tuple[list[Message], Retelling]:
        return await self.once(f"expired {owner}", lambda: self._recall(owner))

    async def _recall(self, owner: str) -> tuple[list[Message], Retelling]:
        stream, retelling = self.streams[owner], Retelling()
        messages: list[Message] = []
        if stream.first <= 1:
            return messages, retelling
        async for row in self[owner].each(_EXPIRED, stream.first):
            message = Message(*tuple(row)[:-1])
            if message.event_id in stream.event_ids:
                continue
            messages.append(message)
            if owner == "lending":
                retelling.hear(message.name, message.aggregate_id, message.version, json.loads(row["data"]))
        return messages, retelling


async def packs_of(registry: Snapshot) -> Packs:
    """Return the packs as registry signed them."""
    packs = [
        Pack(row["id"], row["county_code"], row["pack_version"], row["effective_from"], row["content_hash"],
             json.loads(row["content"]))
        for row in await registry.rows(_PACKS)
    ]  # fmt: skip
    corrections = [
        Correction(pack_id, number, follows_pack_id, tuple(keys), effective_from)
        for pack_id, number, follows_pack_id, keys, effective_from in await registry.rows(_CORRECTIONS)
    ]
    return Packs({pack.pack_id: pack for pack in packs}, tuple(corrections))
