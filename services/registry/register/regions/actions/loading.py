"""Load regions."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.registry.register.regions.csv_file import RegionLine
from services.registry.register.regions.refusals import RegionFileInvalid
from services.registry.register.regions.schemas import RegionImportOut
from shared.db import Connection
from shared.languages import Sentence

_STAGE = """
CREATE TEMPORARY TABLE region_line (
  place integer, line integer, code text, name text, level text, parent_code text
) ON COMMIT DROP
"""
# Whatever is believed of the size of the tree: a file of the whole country is compared with itself and the tree once,
# never line by line, and the key to the parent looks it up; plans made over an empty tree would take hours.
_NO_LOOP_IN_LOOP: Final = "SET LOCAL enable_nestloop = off; SET LOCAL enable_seqscan = off"
_ORPHANS = """
SELECT l.line, l.parent_code FROM region_line l
WHERE l.parent_code IS NOT NULL
  AND NOT EXISTS (SELECT FROM region r WHERE r.code = l.parent_code AND r.valid_until IS NULL)
  AND NOT EXISTS (SELECT FROM region_line p WHERE p.code = l.parent_code)
ORDER BY l.line
"""
_ENDED = """
SELECT l.line, l.code, r.valid_until FROM region_line l JOIN region r ON r.code = l.code AND r.valid_until IS NOT NULL
ORDER BY l.line
"""
_FORMER_NAMES = """
INSERT INTO region_former_name (code, name, valid_until, recorded_by)
SELECT r.code, r.name, $1, $2 FROM region_line l JOIN region r ON r.code = l.code WHERE r.name <> l.name
"""
# xmax = 0 tells a row that was inserted from one that was updated.
_LOAD = """
WITH loaded AS (
  INSERT INTO region AS r (code, name, level, parent_code)
  SELECT code, name, level, parent_code FROM region_line WHERE place >= $1 AND place < $1 + $2 ORDER BY place
  ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE r.name <> excluded.name
  RETURNING (xmax = 0) AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS renamed FROM loaded
"""
# In order of codes parents come first, so a piece never refers to a later one. A statement for the whole country would
# come near the limit of a statement's time on a busy machine; one for a piece stays far below it.
PIECE: Final = 100_000
ANALYZE_FROM_ADDED: Final = 1000  # a search right after a large load should know how large the tree is


async def load_regions(conn: Connection, officer: str, lines: Sequence[RegionLine], on: date) -> RegionImportOut:
    """Load the lines of a region file: new codes are added, known ones take the file's name from `on`; all or none.

    Reading a file takes seconds and is done before; in an open transaction it would keep the connection idle for
    longer than the database allows.

    Raises:
        RegionFileInvalid: with the lines whose parent is unknown or whose code has ended.
    """
    await _stage(conn, lines)
    await _ensure_in_tree(conn)
    await conn.execute(_FORMER_NAMES, on, officer)
    added = renamed = 0
    for place in range(0, len(lines), PIECE):
        loaded = await conn.fetchrow(_LOAD, place, PIECE)
        assert loaded is not None
        added, renamed = added + loaded["added"], renamed + loaded["renamed"]
    if added >= ANALYZE_FROM_ADDED:
        await conn.execute("ANALYZE region")
    return RegionImportOut(
        line_count=len(lines),
        added_count=added,
        renamed_count=renamed,
        unchanged_count=len(lines) - added - renamed,
    )


async def _stage(conn: Connection, lines: Sequence[RegionLine]) -> None:
    in_order = sorted(lines, key=lambda line: line.code)
    await conn.execute(_STAGE)
    await conn.copy_records_to_table("region_line", records=[(n, *line) for n, line in enumerate(in_order)])
    await conn.execute("ANALYZE region_line")
    await conn.execute(_NO_LOOP_IN_LOOP)


async def _ensure_in_tree(conn: Connection) -> None:
    faults = [
        (
            row["line"],
            Sentence(
                f"上级区划 {row['parent_code']} 未登记，文件中也没有",
                f"the parent {row['parent_code']} is neither known nor in the file",
            ),
        )
        for row in await conn.fetch(_ORPHANS)
    ] + [
        (
            row["line"],
            Sentence(
                f"代码 {row['code']} 已于 {row['valid_until']} 撤销，代码不得重复使用",
                f"the code {row['code']} ended on {row['valid_until']}; codes are never used twice",
            ),
        )
        for row in await conn.fetch(_ENDED)
    ]
    if faults:
        raise RegionFileInvalid(faults)
