"""Import a household sheet and show what became of it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import orjson
from asyncpg import Record

from services.registry.households.sealed import REJECTED_CELLS_CONTEXT
from services.registry.imports.faults import WORDS, Fault
from services.registry.imports.intake import Intake, take_in
from services.registry.imports.rejections import EXTRA_HEADERS, RejectedRow, rejections_workbook
from services.registry.imports.rows import RowReader
from services.registry.imports.schemas import FaultCount, HouseholdImportOut
from services.registry.imports.workbook import open_sheet
from services.registry.packs.queries import find_pack_in_force
from services.registry.regions.queries import get_region
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import NotFound, OutsideRegion
from shared.households_sheet import HOUSEHOLD_COLUMNS, SheetColumn, household_columns
from shared.ids import new_id
from shared.pii import PiiCipher

_IMPORT = """
SELECT id, county_code, collected_on, row_count, registered_count, already_registered_count, rejected_count, columns,
       columns_ignored, imported_by, imported_at
FROM household_import WHERE id = $1
"""
_BY_FAULT = """
SELECT split_part(fault, ':', 1) AS code, count(DISTINCT row_number) AS row_count
FROM household_import_rejection, unnest(faults) AS fault
WHERE import_id = $1 GROUP BY 1 ORDER BY 2 DESC, 1
"""
_REJECTED = """
SELECT row_number, faults, cells_sealed FROM household_import_rejection
WHERE import_id = $1 ORDER BY row_number
"""


class ImportUnknown(NotFound):
    """No such import, or not the caller's to see."""

    code = "household-import-unknown"
    title = "导入记录不存在 Import unknown"

    def __init__(self, import_id: UUID) -> None:
        super().__init__(f"There is no household import {import_id} that you may see.", import_id=str(import_id))


async def import_households(
    conn: Connection, officer: Principal, cipher: PiiCipher, county_code: str, collected_on: date, body: bytes
) -> HouseholdImportOut:
    """Register every right row of a sheet and keep every wrong one with its reasons.

    Raises:
        OutsideRegion: the officer may import nowhere in the county.
        WorkbookRefused: the file as a whole cannot be read.
        PersonRegisteredMeanwhile: the register changed under the import.
    """
    scopes = _scopes_in(officer, county_code)
    await get_region(conn, county_code)
    columns = await _columns(conn, county_code, collected_on)
    sheet = await asyncio.to_thread(open_sheet, body, columns, EXTRA_HEADERS)
    intake = Intake(new_id(), county_code, scopes, collected_on, officer.subject, body)
    await take_in(conn, intake, sheet, RowReader.of(sheet, columns, cipher))
    return await get_import(conn, officer, intake.import_id)


async def get_import(conn: Connection, officer: Principal, import_id: UUID) -> HouseholdImportOut:
    """Return what became of a sheet, with the rejected rows counted by reason.

    Raises:
        ImportUnknown: there is none that the officer may see.
    """
    row = await _seen_import(conn, officer, import_id)
    counted = await conn.fetch(_BY_FAULT, import_id)
    shown = {key: value for key, value in row.items() if key != "columns"}
    return HouseholdImportOut(**shown, rejections=[_fault_count(each["code"], each["row_count"]) for each in counted])


async def rejections_sheet(conn: Connection, officer: Principal, cipher: PiiCipher, import_id: UUID) -> bytes:
    """Return the rejected rows of an import as an .xlsx with the reason beside each row.

    Raises:
        ImportUnknown: there is none that the officer may see.
    """
    row = await _seen_import(conn, officer, import_id)
    rejected = await conn.fetch(_REJECTED, import_id)
    columns = {each.key: each for each in await _columns(conn, row["county_code"], row["collected_on"])}
    return await asyncio.to_thread(_sheet_of, row["columns"], rejected, columns, cipher)


async def _seen_import(conn: Connection, officer: Principal, import_id: UUID) -> Record:
    row = await conn.fetchrow(_IMPORT, import_id)
    if row is None or not _may_see(officer, row["county_code"], row["imported_by"]):
        raise ImportUnknown(import_id)
    return row


def _sheet_of(
    headers: Sequence[str],
    rejected: Sequence[Record],
    columns: Mapping[str, SheetColumn],
    cipher: PiiCipher,
) -> bytes:
    opened = (
        RejectedRow(
            row["row_number"],
            row["faults"],
            orjson.loads(cipher.decrypt(row["cells_sealed"], REJECTED_CELLS_CONTEXT)),
        )
        for row in rejected
    )
    return rejections_workbook(headers, opened, columns)


async def _columns(conn: Connection, county_code: str, on: date) -> tuple[SheetColumn, ...]:
    """Return the sheet's columns under the county's pack; without a pack the fixed ones."""
    found = await find_pack_in_force(conn, county_code, on)
    return household_columns(found.pack.rating_scheme()) if found else HOUSEHOLD_COLUMNS


def _scopes_in(officer: Principal, county_code: str) -> list[str]:
    granted = officer.regions_for(Right.HOUSEHOLDS_IMPORT)
    scopes = [scope for scope in granted if scope.startswith(county_code) or county_code.startswith(scope)]
    if not scopes:
        raise OutsideRegion(county_code)
    return scopes


def _may_see(officer: Principal, county_code: str, imported_by: str) -> bool:
    """Rejected rows may lie anywhere, so they are for whoever sent the sheet and for officers of the whole county."""
    whole_county = any(county_code.startswith(scope) for scope in officer.regions_for(Right.HOUSEHOLDS_IMPORT))
    return whole_county or officer.subject == imported_by


def _fault_count(code: str, row_count: int) -> FaultCount:
    words = WORDS[Fault(code)]
    return FaultCount(
        code=code,
        zh=words.zh.format(column="某列"),
        en=words.en.format(column="a column"),
        row_count=row_count,
    )
