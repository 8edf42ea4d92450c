"""Figures of the register by region; every figure is counted where the facts are, none is kept."""

from datetime import date

from services.registry.register.imports.faults import WORDS, Fault
from services.registry.register.regions.queries import get_region
from services.registry.reports.schemas import CountByCode, RegistryReport, RejectionCount, TownshipCounts
from shared.access import Principal, Right
from shared.db import Connection

# Households on the register; those that have ended are on file and count no more.
_TOTALS = """
SELECT
  (SELECT count(*) FROM household WHERE village_code ^@ $1 AND ended_on IS NULL) AS households_registered,
  (SELECT coalesce(sum(row_count), 0) FROM household_import
   WHERE county_code ^@ $1 AND kind = 'households') AS import_rows,
  (SELECT coalesce(sum(rejected_count), 0) FROM household_import
   WHERE county_code ^@ $1 AND kind = 'households') AS import_rows_rejected,
  (SELECT count(DISTINCT household_id) FROM listing
   WHERE village_code ^@ $1 AND list_name = 'dishonesty' AND coalesce(cleared_on > $2, true)) AS listed_dishonesty,
  (SELECT count(DISTINCT household_id) FROM listing
   WHERE village_code ^@ $1 AND list_name = 'blacklist' AND coalesce(cleared_on > $2, true)) AS listed_blacklist,
  (SELECT count(*) FROM village_quota WHERE village_code ^@ $1 AND share_left < 1) AS village_quotas_cut
"""
_BY_STATE = """
SELECT poverty_state AS code, count(*) AS household_count FROM household
WHERE village_code ^@ $1 AND ended_on IS NULL GROUP BY 1 ORDER BY 1
"""
# The last rating that has begun by the day; a rating of a day to come is none yet.
_GRADED = """
SELECT h.village_code, r.grade FROM household h
LEFT JOIN LATERAL (
  SELECT grade FROM rating WHERE household_id = h.id AND bank_code IS NULL AND valid_from <= $2
  ORDER BY valid_from DESC, id DESC LIMIT 1
) r ON true
WHERE h.village_code ^@ $1 AND h.ended_on IS NULL
"""
_BY_GRADE = f"""
SELECT grade AS code, count(*) AS household_count FROM ({_GRADED}) graded
WHERE grade IS NOT NULL GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own query
_BY_TOWNSHIP = f"""
WITH counted AS (
  SELECT left(village_code, 9) AS code, count(*) AS household_count, count(grade) AS rated_count
  FROM ({_GRADED}) graded GROUP BY 1
)
SELECT t.code, t.name, coalesce(c.household_count, 0) AS household_count, coalesce(c.rated_count, 0) AS rated_count
FROM region t LEFT JOIN counted c ON c.code = t.code
WHERE t.level = 'township' AND (t.code ^@ $1 OR $1 ^@ t.code) ORDER BY t.code
"""  # noqa: S608 - our own query
_REJECTIONS = """
SELECT split_part(fault, ':', 1) AS code, count(DISTINCT (r.import_id, r.row_number)) AS row_count
FROM household_import i JOIN household_import_rejection r ON r.import_id = i.id, unnest(r.faults) AS fault
WHERE i.county_code ^@ $1 AND i.kind = 'households' GROUP BY 1 ORDER BY 2 DESC, 1
"""


async def registry_report(conn: Connection, officer: Principal, region_code: str, on: date) -> RegistryReport:
    """Return the register's figures for a region with the grades of a day; imports count for whole counties.

    Raises:
        OutsideRegion: the officer reads no reports there.
        RegionUnknown: the code is not on file.
    """
    officer.ensure_region(Right.REPORTS_READ, region_code)
    region = await get_region(conn, region_code)
    totals = await conn.fetchrow(_TOTALS, region_code, on)
    assert totals is not None
    by_grade = [CountByCode(**row) for row in await conn.fetch(_BY_GRADE, region_code, on)]
    return RegistryReport(
        region_code=region_code,
        region_name=region.name,
        **totals,
        households_rated=sum(each.household_count for each in by_grade),
        by_poverty_state=[CountByCode(**row) for row in await conn.fetch(_BY_STATE, region_code)],
        by_grade=by_grade,
        by_township=[TownshipCounts(**row) for row in await conn.fetch(_BY_TOWNSHIP, region_code, on)],
        rejections=[_rejection(row["code"], row["row_count"]) for row in await conn.fetch(_REJECTIONS, region_code)],
    )


def _rejection(code: str, row_count: int) -> RejectionCount:
    words = WORDS[Fault(code)]
    zh, en = words.zh.format(column="某列"), words.en.format(column="a column")
    return RejectionCount(code=code, zh=zh, en=en, row_count=row_count)
