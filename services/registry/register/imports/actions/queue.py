"""The queue of imports: taken by one worker at a time, kept by a lease, finished or failed once."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.registry.register.imports.actions.registering import LeaseLost
from shared.db import Connection
from shared.errors import Refusal

LEASE_SECONDS: Final = 20.0
RENEW_SECONDS: Final = 2.0
ATTEMPTS_MAX: Final = 5  # a file that fails or kills its reader five times is not tried again
# The oldest that nobody works on: new, or left by a worker whose lease ran out (database time).
_TAKE = """
UPDATE household_import SET state = 'reading', worker = $1, lease_until = now() + $2 * interval '1 second',
  attempt_count = attempt_count + 1, rows_read = 0, started_at = coalesce(started_at, now())
WHERE id = (SELECT id FROM household_import
            WHERE state = 'queued' OR (state IN ('reading', 'registering') AND lease_until < now())
            ORDER BY imported_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, county_code, scopes, collected_on,
  (imported_at AT TIME ZONE interval '8 hours')::date AS received_on, imported_by, traceparent, columns,
  rows_per_piece, byte_count, attempt_count
"""
_RENEW = """
UPDATE household_import SET lease_until = now() + $3 * interval '1 second', rows_read = $4,
  state = CASE WHEN $5 THEN 'registering' ELSE 'reading' END
WHERE id = $1 AND worker = $2 RETURNING id
"""
_END = """
UPDATE household_import SET state = $3, finished_at = now(), worker = NULL, lease_until = NULL, failure = $4,
  rows_read = greatest(rows_read, row_count)
WHERE id = $1 AND worker = $2 RETURNING id
"""
_GIVE_BACK = """
UPDATE household_import SET state = 'queued', worker = NULL, lease_until = NULL, attempt_count = attempt_count - $2
WHERE worker = $1 AND state IN ('reading', 'registering')
"""
_PLACES = "SELECT place FROM household_import_piece WHERE import_id = $1"
_PART = "SELECT content_sealed FROM household_import_part WHERE import_id = $1 AND part = $2"
_DROP_PARTS = "DELETE FROM household_import_part WHERE import_id = $1"


@dataclass(frozen=True, slots=True)
class QueuedImport:
    """An import as it was taken from the queue."""

    id: UUID
    kind: str
    county_code: str
    scopes: list[str]
    collected_on: date
    received_on: date  # the day in China
    imported_by: str
    traceparent: str | None
    columns: list[str]
    rows_per_piece: int
    byte_count: int
    attempt_count: int


async def take(conn: Connection, worker: UUID) -> QueuedImport | None:
    """Take the next import for this worker, or None when there is nothing to do."""
    row = await conn.fetchrow(_TAKE, worker, LEASE_SECONDS)
    return QueuedImport(**row) if row else None


async def renew(conn: Connection, import_id: UUID, worker: UUID, rows_read: int, *, is_read: bool) -> None:
    """Say that the worker is alive and how far it has come.

    Raises:
        LeaseLost: another worker has the import now.
    """
    if await conn.fetchval(_RENEW, import_id, worker, LEASE_SECONDS, rows_read, is_read) is None:
        raise LeaseLost


async def finish(conn: Connection, import_id: UUID, worker: UUID, failure: dict[str, Any] | None = None) -> None:
    """End the import and delete the upload, in the caller's transaction.

    Raises:
        LeaseLost: another worker has the import now.
    """
    if await conn.fetchval(_END, import_id, worker, "failed" if failure else "finished", failure) is None:
        raise LeaseLost
    await conn.execute(_DROP_PARTS, import_id)


async def give_back(conn: Connection, worker: UUID, *, counts: bool) -> None:
    """Leave what this worker has under way to the next one at once; `counts` when the attempt was the file's fault."""
    await conn.execute(_GIVE_BACK, worker, 0 if counts else 1)


async def places_done(conn: Connection, import_id: UUID) -> set[int]:
    """Return which pieces are on file already."""
    return {row["place"] for row in await conn.fetch(_PLACES, import_id)}


async def part_of(conn: Connection, import_id: UUID, part: int) -> bytes | None:
    """Return one sealed part of the upload, or None after the last."""
    sealed: bytes | None = await conn.fetchval(_PART, import_id, part)
    return sealed


def failure_of(refused: Refusal) -> dict[str, Any]:
    """Return a refusal as it is kept with the import."""
    return {"code": refused.code, "title": refused.title, "detail": refused.detail}
