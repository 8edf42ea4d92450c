"""Named reads of the administrative tree."""

from datetime import date

from services.registry.register.regions.refusals import RegionEnded, RegionsNotInForce, RegionUnknown
from services.registry.register.regions.schemas import (
    FormerName,
    RegionFound,
    RegionLineage,
    RegionOut,
    RollUp,
    RollUpRow,
    SuccessionOut,
)
from shared.db import Connection
from shared.regions import LEVEL_BY_LENGTH

_COLUMNS = "code, name, level, parent_code, valid_from, valid_until"
# On a day: begun, and not ended yet. Codes without a beginning hold since before records.
_CHILDREN = f"""
SELECT {_COLUMNS} FROM region
WHERE parent_code IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR code > $2)
  AND coalesce(valid_from <= $4, true) AND coalesce(valid_until > $4, true)
ORDER BY code LIMIT $3
"""  # noqa: S608 - our own column list
_BELOW = f"""
SELECT {_COLUMNS} FROM region
WHERE code ^@ $1 AND level = $2 AND ($3::text IS NULL OR code > $3)
  AND coalesce(valid_from <= $5, true) AND coalesce(valid_until > $5, true)
ORDER BY code LIMIT $4
"""  # noqa: S608 - our own column list
_ONE = f"SELECT {_COLUMNS} FROM region WHERE code = $1"  # noqa: S608 - our own column list
_HELD = f"{_ONE} FOR SHARE"  # a change of codes waits until what was judged by the code is on file
_PATH = f"SELECT {_COLUMNS} FROM region WHERE code = ANY ($1::text[]) ORDER BY code"  # noqa: S608 - our own column list

# The two index ranges (whole and beginning of the name) answer at once; only when they do not fill the page is the
# whole selection looked through for names that hold the words. Bounds on the code make a region's search a range too.
_BY_NAME = f"""
WITH begun AS (
  SELECT code FROM region WHERE name LIKE $6 AND code ^@ $2 AND ($3::text IS NULL OR level = $3)
  UNION
  SELECT n.code FROM region_former_name n JOIN region r USING (code)
  WHERE n.name LIKE $6 AND n.code ^@ $2 AND ($3::text IS NULL OR level = $3)
), held AS (
  SELECT code FROM region
  WHERE (SELECT count(*) FROM begun) < $5 AND strpos(name, $1) > 1 AND code ^@ $2 AND ($3::text IS NULL OR level = $3)
)
SELECT {_COLUMNS} FROM region r JOIN (SELECT code FROM begun UNION SELECT code FROM held) f USING (code)
WHERE coalesce(valid_from <= $4, true) AND coalesce(valid_until > $4, true)
ORDER BY r.name <> $1, NOT r.name ^@ $1, length(r.code), r.code LIMIT $5
"""  # noqa: S608 - our own column list
_BY_WORDS = f"""
SELECT {_COLUMNS} FROM region
WHERE name LIKE ALL ($1::text[]) AND code ^@ $2 AND ($3::text IS NULL OR level = $3)
  AND coalesce(valid_from <= $4, true) AND coalesce(valid_until > $4, true)
ORDER BY length(name), length(code), code LIMIT $5
"""  # noqa: S608 - our own column list
_BY_CODE = f"""
SELECT {_COLUMNS} FROM region
WHERE code ^@ $1 AND code ^@ $2 AND ($3::text IS NULL OR level = $3)
  AND coalesce(valid_from <= $4, true) AND coalesce(valid_until > $4, true)
ORDER BY length(code), code LIMIT $5
"""  # noqa: S608 - our own column list
_NAMES_AROUND = """
SELECT r.code, ARRAY(SELECT p.name FROM region p
                     WHERE p.code <> r.code AND p.code = ANY (ARRAY[left(r.code, 2), left(r.code, 4), left(r.code, 6),
                                                                    left(r.code, 9)]) ORDER BY p.code) AS path,
       ARRAY(SELECT n.name FROM region_former_name n WHERE n.code = r.code ORDER BY n.valid_until) AS former_names
FROM region r WHERE r.code = ANY ($1::text[])
"""
_FORMER_NAMES = """
SELECT name, valid_until FROM region_former_name WHERE code = $1 ORDER BY valid_until DESC
"""
_SUCCESSION = """
SELECT s.change_id, c.kind, c.effective_on, c.document, s.from_code, s.to_code, s.households_moved
FROM region_succession s JOIN region_change c ON c.id = s.change_id
"""
_BEFORE = f"""
WITH RECURSIVE before AS (
  SELECT from_code, to_code, change_id FROM region_succession WHERE to_code = $1 AND from_code <> $1
  UNION
  SELECT s.from_code, s.to_code, s.change_id FROM region_succession s JOIN before b ON s.to_code = b.from_code
  WHERE s.from_code <> s.to_code
)
{_SUCCESSION} WHERE (s.from_code, s.to_code, s.change_id) IN (SELECT from_code, to_code, change_id FROM before)
ORDER BY c.effective_on, s.from_code
"""  # noqa: S608 - our own joins
_AFTER = f"""
WITH RECURSIVE after AS (
  SELECT from_code, to_code, change_id FROM region_succession WHERE from_code = $1 AND to_code <> $1
  UNION
  SELECT s.from_code, s.to_code, s.change_id FROM region_succession s JOIN after a ON s.from_code = a.to_code
  WHERE s.from_code <> s.to_code
)
{_SUCCESSION} WHERE (s.from_code, s.to_code, s.change_id) IN (SELECT from_code, to_code, change_id FROM after)
ORDER BY c.effective_on, s.to_code
"""  # noqa: S608 - our own joins


def became(code: str) -> str:
    """Return the SQL of the codes that a code became and that hold today, in order; `code` is a column."""
    return f"""ARRAY(
  WITH RECURSIVE after AS (
    SELECT to_code FROM region_succession WHERE from_code = {code} AND to_code <> from_code
    UNION
    SELECT s.to_code FROM region_succession s JOIN after a ON s.from_code = a.to_code WHERE s.to_code <> s.from_code
  )
  SELECT w.code FROM after a JOIN region w ON w.code = a.to_code AND w.valid_until IS NULL ORDER BY w.code)"""  # noqa: S608 - our own column


_BECAME = f"SELECT {became('r.code')} FROM region r WHERE r.code = $1"  # noqa: S608 - our own expression
# Households count where they were registered on the day, by their history of villages.
_ROLL_UP = """
WITH child AS (
  SELECT code, name, level FROM region
  WHERE (parent_code = $1 OR code = $1 AND level = 'village')
    AND coalesce(valid_from <= $2, true) AND coalesce(valid_until > $2, true)
), below AS (
  SELECT c.code AS child, count(*) FILTER (WHERE r.level = 'township') AS township_count,
         count(*) FILTER (WHERE r.level = 'village') AS village_count
  FROM child c JOIN region r ON r.code ^@ c.code
   AND coalesce(r.valid_from <= $2, true) AND coalesce(r.valid_until > $2, true)
  GROUP BY c.code
), home AS (
  SELECT DISTINCT ON (v.household_id) v.household_id, v.village_code
  FROM household_village v JOIN household h ON h.id = v.household_id
  WHERE v.valid_from <= $2 AND coalesce(h.ended_on > $2, true)
  ORDER BY v.household_id, v.valid_from DESC, v.recorded_at DESC
), living AS (
  SELECT left(village_code, $3) AS child, count(*) AS household_count
  FROM home WHERE village_code ^@ $1 GROUP BY 1
)
SELECT c.code, c.name, c.level, coalesce(b.township_count, 0) AS township_count,
       coalesce(b.village_count, 0) AS village_count, coalesce(l.household_count, 0) AS household_count
FROM child c LEFT JOIN below b ON b.child = c.code LEFT JOIN living l ON l.child = c.code ORDER BY c.code
"""


async def list_children(
    conn: Connection, parent: str | None, on: date, after: str | None, limit: int
) -> list[RegionOut]:
    """Return up to `limit` children of a region in force on a day by code, or the provinces when `parent` is None."""
    rows = await conn.fetch(_CHILDREN, parent, after, limit, on)
    return [RegionOut(**row) for row in rows]


async def list_descendants(
    conn: Connection, region_code: str, level: str, on: date, after: str | None, limit: int
) -> list[RegionOut]:
    """Return up to `limit` regions of a level below a region, in force on a day, by code."""
    rows = await conn.fetch(_BELOW, region_code, level, after, limit, on)
    return [RegionOut(**row) for row in rows]


async def get_region(conn: Connection, region_code: str) -> RegionOut:
    """Return one region, in force or not.

    Raises:
        RegionUnknown: the code is not on file.
    """
    row = await conn.fetchrow(_ONE, region_code)
    if row is None:
        raise RegionUnknown(region_code)
    return RegionOut(**row)


async def ensure_in_force(conn: Connection, region_code: str, on: date | None = None) -> RegionOut:
    """Return a region whose code holds today and, where a day is given, held on that day already.

    Raises:
        RegionUnknown: the code is not on file.
        RegionEnded: it holds no longer; with the codes that it became.
        RegionsNotInForce: it did not hold yet on the day.
    """
    row = await conn.fetchrow(_HELD, region_code)
    if row is None:
        raise RegionUnknown(region_code)
    region = RegionOut(**row)
    if region.valid_until is not None:
        raise RegionEnded(region_code, region.valid_until, await conn.fetchval(_BECAME, region_code))
    if on is not None and region.valid_from is not None and region.valid_from > on:
        raise RegionsNotInForce([region_code], on)
    return region


async def search_regions(
    conn: Connection, words: str, within: str, level: str | None, on: date, limit: int
) -> list[RegionFound]:
    """Return the regions in force whose name, former name or code fits, best first, with the names around them.

    Words with blanks between them are looked for one by one: the name holds each of them, in any order.
    """
    if len(several := words.split()) > 1:
        holding = [f"%{_literal(word)}%" for word in several]
        rows = await conn.fetch(_BY_WORDS, holding, within, level, on, limit)
    elif words.isdecimal():
        rows = await conn.fetch(_BY_CODE, words, within, level, on, limit)
    else:
        rows = await conn.fetch(_BY_NAME, words, within, level, on, limit, f"{_literal(words)}%")
    around = {row["code"]: row for row in await conn.fetch(_NAMES_AROUND, [row["code"] for row in rows])}
    return [
        RegionFound(**row, path=around[row["code"]]["path"], former_names=around[row["code"]]["former_names"])
        for row in rows
    ]


async def get_lineage(conn: Connection, region_code: str) -> RegionLineage:
    """Return a region's place in the tree and in time.

    Raises:
        RegionUnknown: the code is not on file.
    """
    region = await get_region(conn, region_code)
    above = [region_code[:length] for length in LEVEL_BY_LENGTH if length < len(region_code)]
    before = [SuccessionOut(**row) for row in await conn.fetch(_BEFORE, region_code)]
    after = [SuccessionOut(**row) for row in await conn.fetch(_AFTER, region_code)]
    codes = [*(each.from_code for each in before), region_code, *(each.to_code for each in after)]
    return RegionLineage(
        region=region,
        path=[RegionOut(**row) for row in await conn.fetch(_PATH, above)],
        former_names=[FormerName(**row) for row in await conn.fetch(_FORMER_NAMES, region_code)],
        predecessors=before,
        successors=after,
        codes=list(dict.fromkeys(codes)),
    )


async def roll_up(conn: Connection, region_code: str, on: date) -> RollUp:
    """Count townships, villages and registered households below a region on a day (SX-7).

    Raises:
        RegionUnknown: the code is not on file.
    """
    await get_region(conn, region_code)
    lengths = list(LEVEL_BY_LENGTH)
    child_digits = lengths[min(lengths.index(len(region_code)) + 1, len(lengths) - 1)]
    lines = [RollUpRow(**row) for row in await conn.fetch(_ROLL_UP, region_code, on, child_digits)]
    return RollUp(
        region_code=region_code,
        as_of=on,
        township_count=sum(line.township_count for line in lines),
        village_count=sum(line.village_count for line in lines),
        household_count=sum(line.household_count for line in lines),
        lines=lines,
    )


def _literal(words: str) -> str:
    """Return words as LIKE reads them letter by letter."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
