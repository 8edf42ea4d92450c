"""What became of a sheet, while it runs and afterwards, and its rejected rows."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import orjson
from asyncpg import Record

from services.registry.register.households.sealed import REJECTED_CELLS_CONTEXT
from services.registry.register.imports.columns import columns_of
from services.registry.register.imports.faults import WORDS, Fault
from services.registry.register.imports.refusals import ImportUnknown
from services.registry.register.imports.rejections import RejectedRow, RejectionSheet
from services.registry.register.imports.schemas import FaultCount, HouseholdImportOut
from shared.access import Principal, Right
from shared.db import Connection, Database
from shared.pii import PiiCipher

ROWS_PER_READ: Final = 2000
_SHOWN = """
SELECT id, kind, county_code, collected_on, state, form, byte_count, rows_expected, rows_read, row_count,
  registered_count, already_registered_count, rejected_count, columns, columns_ignored, failure, imported_by,
  imported_at, started_at, finished_at,
  round(extract(epoch FROM coalesce(finished_at, clock_timestamp()) - started_at), 3)::float8 AS seconds
FROM household_import
"""
_LIST = f"""
{_SHOWN} WHERE county_code = $1 AND kind = $2 AND ($3 OR imported_by = $4) AND ($5::uuid IS NULL OR id < $5)
ORDER BY id DESC LIMIT $6
"""
_BY_FAULT = """
SELECT split_part(fault, ':', 1) AS code, count(DISTINCT row_number) AS row_count
FROM household_import_rejection, unnest(faults) AS fault
WHERE import_id = $1 GROUP BY 1 ORDER BY 2 DESC, 1
"""
_REJECTED = """
SELECT row_number, faults, cells_sealed FROM household_import_rejection
WHERE import_id = $1 AND row_number > $2 ORDER BY row_number LIMIT $3
"""


async def get_import(
    conn: Connection, officer: Principal, import_id: UUID, kind: str | None = None
) -> HouseholdImportOut:
    """Return how far a sheet is and what became of its rows, the rejected ones counted by reason.

    Raises:
        ImportUnknown: there is none that the officer may see.
    """
    row = await _seen_import(conn, officer, import_id, kind)
    counted = await conn.fetch(_BY_FAULT, import_id) if row["rejected_count"] else []
    return _shown(row, [_fault_count(each["code"], each["row_count"]) for each in counted])


async def list_imports(
    conn: Connection, officer: Principal, kind: str, county_code: str, after: UUID | None, limit: int
) -> list[HouseholdImportOut]:
    """Return up to `limit` sheets of a county, the newest first; reasons are left out."""
    sees_all = _sees_county(officer, county_code)
    rows = await conn.fetch(_LIST, county_code, kind, sees_all, officer.subject, after, limit)
    return [_shown(row, []) for row in rows]


async def rejection_sheet(
    database: Database, officer: Principal, cipher: PiiCipher, import_id: UUID, kind: str
) -> RejectionSheet:
    """Return the rejected rows of an import, ready to be written as a sheet with the reason beside each row.

    Raises:
        ImportUnknown: there is none that the officer may see.
    """
    async with database.connection() as conn:
        row = await _seen_import(conn, officer, import_id, kind)
        columns = await columns_of(conn, row["kind"], row["county_code"], row["collected_on"])
    return RejectionSheet(row["columns"], columns, _rejected(database, cipher, import_id))


async def _rejected(database: Database, cipher: PiiCipher, import_id: UUID) -> AsyncIterator[RejectedRow]:
    after = 0
    while True:
        async with database.connection() as conn:
            rows = await conn.fetch(_REJECTED, import_id, after, ROWS_PER_READ)
        for row in rows:
            cells = orjson.loads(cipher.decrypt(row["cells_sealed"], REJECTED_CELLS_CONTEXT))
            yield RejectedRow(row["row_number"], row["faults"], cells)
        if len(rows) < ROWS_PER_READ:
            return
        after = rows[-1]["row_number"]


async def _seen_import(conn: Connection, officer: Principal, import_id: UUID, kind: str | None) -> Record:
    row = await conn.fetchrow(f"{_SHOWN} WHERE id = $1 AND ($2::text IS NULL OR kind = $2)", import_id, kind)
    if row is None or not (_sees_county(officer, row["county_code"]) or officer.subject == row["imported_by"]):
        raise ImportUnknown(import_id)
    return row


def _sees_county(officer: Principal, county_code: str) -> bool:
    """Rejected rows may lie anywhere, so they are for whoever sent the sheet and for officers of the whole county."""
    return any(county_code.startswith(scope) for scope in officer.regions_for(Right.HOUSEHOLDS_IMPORT))


def _shown(row: Record, rejections: list[FaultCount]) -> HouseholdImportOut:
    return HouseholdImportOut(**{key: each for key, each in row.items() if key != "columns"}, rejections=rejections)


def _fault_count(code: str, row_count: int) -> FaultCount:
    words = WORDS[Fault(code)]
    return FaultCount(
        code=code,
        zh=words.zh.format(column="某列"),
        en=words.en.format(column="a column"),
        row_count=row_count,
    )
