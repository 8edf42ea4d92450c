"""Write down who exports what, then let the rows go, page by page."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.register.exports.refusals import ExportTooWide
from services.registry.register.exports.schemas import HouseholdExportOut
from services.registry.register.households.sheet_cells import HOUSEHOLD_PAGE, MEMBER_PAGE, household_cells, member_cells
from services.registry.register.imports.columns import columns_of
from services.registry.register.imports.pieces import HOUSEHOLDS, MEMBERS
from services.registry.register.regions.queries import get_region
from shared.access import Principal, Right
from shared.db import Connection, Database
from shared.errors import OutsideRegion
from shared.households_sheet import SheetColumn
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.policy.vocabulary import PovertyState
from shared.web.sheets import SheetForm

ROWS_PER_READ: Final = 2000
_COUNTY_DIGITS: Final = 6
_NOBODY: Final = UUID(int=0)
_COUNT_HOUSEHOLDS = """
SELECT count(*) FROM household h
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[]) AND h.ended_on IS NULL
  AND ($3::text IS NULL OR h.poverty_state = $3)
"""
_COUNT_MEMBERS = """
SELECT count(*) FROM household h JOIN member m ON m.household_id = h.id AND m.left_on IS NULL
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[]) AND h.ended_on IS NULL
  AND ($3::text IS NULL OR h.poverty_state = $3)
"""
_RECORD = """
INSERT INTO household_export (id, kind, region_code, poverty_state, form, row_count, exported_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LIST = """
SELECT id, kind, region_code, poverty_state, form, row_count, exported_by, exported_at FROM household_export
WHERE (region_code ^@ $1 OR $1 ^@ region_code) AND region_code ^@ ANY ($2::text[]) AND ($3::uuid IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4
"""
_COUNTS: Final = {HOUSEHOLDS: _COUNT_HOUSEHOLDS, MEMBERS: _COUNT_MEMBERS}
_PAGES: Final = {HOUSEHOLDS: HOUSEHOLD_PAGE, MEMBERS: MEMBER_PAGE}
_CELLS: Final[dict[str, Callable[[Record, Sequence[SheetColumn], PiiCipher], list[str]]]] = {
    HOUSEHOLDS: household_cells,
    MEMBERS: member_cells,
}


@dataclass(frozen=True)
class Export:
    """A sheet about to leave; its rows open personal data as they go."""

    columns: Sequence[SheetColumn]
    rows: AsyncIterator[list[str]]


async def export_sheet(
    database: Database,
    officer: Principal,
    cipher: PiiCipher,
    kind: str,
    region_code: str,
    state: PovertyState | None,
    form: SheetForm,
    on: date,
) -> Export:
    """Record the export and return its rows, read page by page without holding a connection between.

    Raises:
        ExportTooWide: the region is larger than a county.
        OutsideRegion: the officer may not export there.
        RegionUnknown: there is no such region.
    """
    if len(region_code) < _COUNTY_DIGITS:
        raise ExportTooWide(region_code)
    officer.ensure_region(Right.HOUSEHOLDS_EXPORT, region_code)
    scopes = officer.regions_for(Right.HOUSEHOLDS_EXPORT)
    async with database.transaction() as conn:
        await get_region(conn, region_code)
        columns = await columns_of(conn, kind, region_code[:_COUNTY_DIGITS], on)
        count = await conn.fetchval(_COUNTS[kind], region_code, scopes, state)
        await conn.execute(_RECORD, new_id(), kind, region_code, state, form, count, officer.subject)
    return Export(columns, _rows(database, cipher, kind, (region_code, scopes, state), columns))


async def list_exports(
    conn: Connection, officer: Principal, region_code: str, after: UUID | None, limit: int
) -> list[HouseholdExportOut]:
    """Return up to `limit` exports of a region, the newest first.

    Raises:
        OutsideRegion: the officer has no say there.
    """
    scopes = officer.regions_for(Right.HOUSEHOLDS_EXPORT)
    if not any(region_code.startswith(scope) or scope.startswith(region_code) for scope in scopes):
        raise OutsideRegion(region_code)
    rows = await conn.fetch(_LIST, region_code, scopes, after, limit)
    return [HouseholdExportOut(**row) for row in rows]


async def _rows(
    database: Database,
    cipher: PiiCipher,
    kind: str,
    chosen: tuple[str, list[str], PovertyState | None],
    columns: Sequence[SheetColumn],
) -> AsyncIterator[list[str]]:
    village, last = "", _NOBODY
    while True:
        async with database.connection() as conn:
            page = await conn.fetch(_PAGES[kind], *chosen, village, last, ROWS_PER_READ)
        for row in page:
            yield _CELLS[kind](row, columns, cipher)
        if len(page) < ROWS_PER_READ:
            return
        village, last = page[-1]["village_code"], page[-1]["id"]
