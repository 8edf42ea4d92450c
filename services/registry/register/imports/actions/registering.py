"""Put one piece of a sheet on file in one transaction: judge its rows, register the right ones, keep the wrong ones.

Households and members differ only in their statements (`PieceStatements`). Everything is set-based; the unique indexes
of the register have the last word when two files bring the same person at the same time: the piece is judged again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import orjson
from asyncpg import Record

from services.registry.register.households.sealed import REJECTED_CELLS_CONTEXT
from services.registry.register.imports.pieces import Piece
from services.registry.register.imports.reading_process import cells_written
from shared.db import RETRIED, Connection
from shared.failpoints import failpoint
from shared.households_sheet import SheetColumn
from shared.pii import PiiCipher
from shared.sheet_files.sheet import Header

TRIES: Final = 6  # each try loses to another file that registered one of our persons, or waited crosswise with us
# Most rows are right and new, and nothing is written about them: a verdict stands on the others.
_COUNTS = """
SELECT count(*) FILTER (WHERE verdict = 'unchanged') AS already_registered_count,
       count(*) FILTER (WHERE verdict = 'rejected') AS rejected_count
FROM sheet_verdict
"""
_VERDICTS = """
CREATE TEMPORARY TABLE sheet_verdict (
  row_number integer PRIMARY KEY, verdict text NOT NULL CHECK (verdict IN ('unchanged', 'rejected')),
  faults text[] NOT NULL, village_code text
) ON COMMIT DELETE ROWS
"""
_REJECTED = """
SELECT row_number, village_code, faults FROM sheet_verdict WHERE verdict = 'rejected' ORDER BY row_number
"""
_KEEP_NEW = """
DELETE FROM sheet_row r USING sheet_verdict v WHERE v.row_number = r.row_number
"""
_PIECE = """
INSERT INTO household_import_piece (import_id, place, row_count, registered_count, already_registered_count,
  rejected_count, worker)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# Last, so that the import's row is locked for the moment of the commit only.
_PROGRESS = """
UPDATE household_import SET row_count = row_count + $3, registered_count = registered_count + $4,
  already_registered_count = already_registered_count + $5, rejected_count = rejected_count + $6
WHERE id = $1 AND worker = $2 RETURNING id
"""


# Whatever the register's size when it was last analysed: a few thousand rows, and the keys they point to, are looked
# up by index. A foreign key's plan that was made over an empty table would read all of it for each row ever after.
_BY_INDEX: Final = """
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off; SET LOCAL jit = off
"""


class LeaseLost(RuntimeError):
    """Another worker has taken the import over; whatever this one did not commit is gone."""


class KeepsColliding(RuntimeError):
    """A piece met other writers again and again."""


@dataclass(frozen=True)
class TakenImport:
    """An import this worker has taken."""

    id: UUID
    kind: str
    county_code: str
    scopes: Sequence[str]
    collected_on: date
    received_on: date
    officer: str
    traceparent: str | None
    columns: Sequence[SheetColumn]
    header: Header
    rows_per_piece: int
    byte_count: int
    worker: UUID


Register = Callable[[Connection, TakenImport], Awaitable[None]]
Reconsider = Callable[[Connection, TakenImport, PiiCipher], Awaitable[None]]


@dataclass(frozen=True)
class PieceStatements:
    """What differs between kinds of sheets.

    `judge` puts into sheet_verdict the rows that are not to be registered ($1 county, $2 scopes, $3 the day on which
    the sheet was received: nothing in it happened later).
    """

    stage: str
    judge: str
    reconsider: Reconsider
    register: Register
    lock: str  # what must hold still meanwhile ($1 county)


async def prepare(conn: Connection, statements: PieceStatements) -> None:
    """Make the session's staging tables; they are emptied at every commit."""
    await conn.execute("DROP TABLE IF EXISTS pg_temp.sheet_row, pg_temp.sheet_verdict")
    await conn.execute(f"CREATE TEMPORARY TABLE sheet_row ({statements.stage}) ON COMMIT DELETE ROWS")
    await conn.execute(_VERDICTS)


async def clear(conn: Connection) -> None:
    """Leave the session as it was lent."""
    await conn.execute("DROP TABLE IF EXISTS pg_temp.sheet_row, pg_temp.sheet_verdict")


async def register_piece(
    conn: Connection, taken: TakenImport, statements: PieceStatements, cipher: PiiCipher, piece: Piece
) -> None:
    """Put one piece on file, once.

    Raises:
        LeaseLost: another worker has the import now.
        KeepsColliding: other writers got in the way TRIES times.
    """
    for attempt in range(TRIES):
        try:
            async with conn.transaction():
                await _register(conn, taken, statements, cipher, piece)
                failpoint("imports.before_piece_commit")
        except (asyncpg.UniqueViolationError, *RETRIED) as problem:
            if getattr(problem, "table_name", None) == "household_import_piece":
                raise LeaseLost from None
            await asyncio.sleep(0.05 * 2**attempt)
        else:
            failpoint("imports.after_piece_commit")
            return
    raise KeepsColliding


async def _register(
    conn: Connection, taken: TakenImport, statements: PieceStatements, cipher: PiiCipher, piece: Piece
) -> None:
    await conn.copy_to_table("sheet_row", source=_once(piece.packed), format="binary")
    await conn.execute(_BY_INDEX)
    await conn.execute(statements.lock, taken.county_code)
    await conn.execute(statements.judge, taken.county_code, list(taken.scopes), taken.received_on)
    await statements.reconsider(conn, taken, cipher)
    unchanged, rejected = await conn.fetchrow(_COUNTS)
    counts = (piece.row_count, piece.row_count - unchanged - rejected, unchanged, rejected)
    if rejected:
        await _keep_rejected(conn, taken, cipher, piece)
    if unchanged or rejected:
        await conn.execute(_KEEP_NEW)
    if unchanged + rejected < piece.row_count:
        await statements.register(conn, taken)
    await conn.execute(_PIECE, taken.id, piece.place, *counts, taken.worker)
    if await conn.fetchval(_PROGRESS, taken.id, taken.worker, *counts) is None:
        raise LeaseLost


async def _keep_rejected(conn: Connection, taken: TakenImport, cipher: PiiCipher, piece: Piece) -> None:
    rejected = await conn.fetch(_REJECTED)
    records = await asyncio.to_thread(_sealed, taken.id, rejected, cipher, piece.written)
    await conn.copy_records_to_table("household_import_rejection", records=records)


def _sealed(
    import_id: UUID, rejected: Sequence[Record], cipher: PiiCipher, written: bytes
) -> list[tuple[UUID, int, str | None, list[str], bytes]]:
    cells = cells_written(written)
    seal = cipher.sealer(REJECTED_CELLS_CONTEXT)
    return [
        (
            import_id,
            row["row_number"],
            row["village_code"],
            row["faults"],
            seal(orjson.dumps(cells[row["row_number"]]).decode()),
        )
        for row in rejected
    ]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
