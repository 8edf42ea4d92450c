"""Find what the store holds and no row knows, and what a row knows and the store does not hold."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.registry.dossier.documents.store import ContentStore, Stored
from shared.db import Database

ADDRESSES_AT_ONCE: Final = 500
_KNOWN = """
SELECT encode(content_sha256, 'hex') AS address FROM document_version
WHERE content_sha256 = ANY (SELECT decode(unnest($1::text[]), 'hex'))
"""
_HOLD_CONTENT = "SELECT pg_advisory_xact_lock(hashtextextended('document-content/' || $1, 0))"
_IS_KNOWN = "SELECT EXISTS (SELECT FROM document_version WHERE content_sha256 = decode($1, 'hex'))"
_EVERY = """
SELECT DISTINCT encode(content_sha256, 'hex') AS address FROM document_version
WHERE content_sha256 > $1 ORDER BY 1 LIMIT $2
"""
_ADDRESS_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Swept:
    """How many things were in the store, and how many of them nobody knows."""

    stored_count: int
    orphan_count: int
    removed_count: int


async def sweep(database: Database, store: ContentStore, *, written_before: datetime, remove: bool) -> Swept:
    """Find what was stored before an instant and never recorded; remove it when asked to.

    An upload that is under way has its content in the store and no row yet, so `written_before` lies well back.

    Raises:
        StoreAway: the store does not answer.
    """
    stored = orphans = removed = 0
    async for some in _in_batches(store.everything()):
        stored += len(some)
        for each in await _orphans(database, [one for one in some if one.written_at < written_before]):
            orphans += 1
            removed += remove and await _removed(database, store, each)
    return Swept(stored, orphans, removed)


async def missing_contents(database: Database, store: ContentStore) -> AsyncIterator[str]:
    """Yield the address of each content that a document needs and the store does not hold.

    Raises:
        StoreAway: the store does not answer.
    """
    after = b""
    while True:
        async with database.connection() as conn:
            addresses = [row["address"] for row in await conn.fetch(_EVERY, after, ADDRESSES_AT_ONCE)]
        for address in addresses:
            if not await store.holds(address):
                yield address
        if len(addresses) < ADDRESSES_AT_ONCE:
            return
        after = bytes.fromhex(addresses[-1])


async def _orphans(database: Database, stored: Sequence[Stored]) -> list[str]:
    addresses = [each.address for each in stored]
    whole = [each for each in addresses if len(each) == _ADDRESS_LENGTH]  # the others were never finished
    async with database.connection() as conn:
        known = {row["address"] for row in await conn.fetch(_KNOWN, whole)}
    return [each for each in addresses if each not in known]


async def _removed(database: Database, store: ContentStore, address: str) -> bool:
    """Remove an orphan unless it was recorded meanwhile; whoever records it waits for us, or we for them."""
    async with database.transaction() as conn:
        await conn.execute(_HOLD_CONTENT, address)
        if len(address) == _ADDRESS_LENGTH and await conn.fetchval(_IS_KNOWN, address):
            return False
        await store.remove(address)
    return True


async def _in_batches(found: AsyncIterator[Stored]) -> AsyncIterator[list[Stored]]:
    some: list[Stored] = []
    async for each in found:
        some.append(each)
        if len(some) == ADDRESSES_AT_ONCE:
            yield some
            some = []
    if some:
        yield some
