"""Everything one run looks at: five snapshots, five streams, the packs, and loans as lending's stream tells them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tools.reconcile.databases import Snapshot
from tools.reconcile.packs import Pack, Packs
from tools.reconcile.retelling import Retelling
from tools.reconcile.streams import Stream

T = TypeVar("T")

_PACKS = """
SELECT id::text, county_code, pack_version, effective_from, content_hash, content::text AS content
FROM policy_pack WHERE state = 'confirmed'
"""
_LATEST = "SELECT aggregate_id::text, max(aggregate_version) FROM outbox GROUP BY aggregate_id"
_APPLIED = """
SELECT aggregate_id::text, count(*) FILTER (WHERE state = 'applied') FROM inbox WHERE consumer = $1
GROUP BY aggregate_id
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


async def packs_of(registry: Snapshot) -> Packs:
    """Return the packs as registry signed them."""
    packs = [
        Pack(row["id"], row["county_code"], row["pack_version"], row["effective_from"], row["content_hash"],
             json.loads(row["content"]))
        for row in await registry.rows(_PACKS)
    ]  # fmt: skip
    return Packs({pack.pack_id: pack for pack in packs})
