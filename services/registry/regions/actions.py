"""Load regions."""

import asyncio

from services.registry.regions.csv_file import RegionFileInvalid, region_lines
from services.registry.regions.schemas import RegionImportOut
from shared.db import Connection

_STAGE = """
CREATE TEMPORARY TABLE region_line (line integer, code text, name text, level text, parent_code text) ON COMMIT DROP
"""
_ORPHANS = """
SELECT l.line, l.parent_code FROM region_line l
WHERE l.parent_code IS NOT NULL
  AND NOT EXISTS (SELECT FROM region r WHERE r.code = l.parent_code)
  AND NOT EXISTS (SELECT FROM region_line p WHERE p.code = l.parent_code)
ORDER BY l.line
"""
# xmax = 0 tells a row that was inserted from one that was updated.
_LOAD = """
WITH loaded AS (
  INSERT INTO region AS r (code, name, level, parent_code)
  SELECT code, name, level, parent_code FROM region_line ORDER BY code
  ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE r.name <> excluded.name
  RETURNING (xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS renamed FROM loaded
"""


async def load_regions(conn: Connection, body: bytes) -> RegionImportOut:
    """Load a region file: new codes are added, known ones take the file's name; all lines or none.

    Raises:
        RegionFileInvalid: with the lines that are wrong or whose parent is unknown.
    """
    lines = await asyncio.to_thread(region_lines, body)
    await conn.execute(_STAGE)
    await conn.copy_records_to_table("region_line", records=lines)
    await conn.execute("ANALYZE region_line")
    orphans = await conn.fetch(_ORPHANS)
    if orphans:
        raise RegionFileInvalid(
            [(row["line"], f"the parent {row['parent_code']} is neither known nor in the file") for row in orphans]
        )
    loaded = await conn.fetchrow(_LOAD)
    assert loaded is not None
    return RegionImportOut(
        line_count=len(lines),
        added_count=loaded["added"],
        renamed_count=loaded["renamed"],
        unchanged_count=len(lines) - loaded["added"] - loaded["renamed"],
    )
