"""The electronic entry rate: rated households with complete data over rated households (ZJ-7)."""

from datetime import date
from typing import Any

from asyncpg import Record

from services.registry.credit.rating.rules.shares import percent
from services.registry.credit.rating.schemas import EntryRateOut, TownshipEntry
from services.registry.credit.surveys.rules.form import collection_form
from services.registry.policy.packs.queries import get_pack_in_force
from shared.access import Principal, Right
from shared.db import Connection

# $1 region, $2 the officer's regions, $3 the day, $4 the facts that the form collects.
_COUNTS = """
SELECT left(h.village_code, 9) AS township_code, count(*) AS rated_count,
       count(*) FILTER (WHERE s.answers ?& $4::text[]) AS complete_count
FROM household h
JOIN LATERAL (
  SELECT t.grade, t.valid_until FROM rating t
  WHERE t.household_id = h.id AND t.bank_code IS NULL AND t.valid_from <= $3
  ORDER BY t.valid_from DESC, t.id DESC LIMIT 1
) r ON r.grade IS NOT NULL AND r.valid_until > $3
LEFT JOIN LATERAL (
  SELECT answers FROM credit_survey WHERE household_id = h.id AND collected_on <= $3
  ORDER BY collected_on DESC LIMIT 1
) s ON true
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[]) AND coalesce(h.ended_on > $3, true)
GROUP BY GROUPING SETS ((left(h.village_code, 9)), ()) ORDER BY 1 NULLS FIRST
"""


async def get_entry_rate(conn: Connection, officer: Principal, region_code: str, as_of: date) -> EntryRateOut:
    """Return which part of the households with a valid rating has answers to all that the form asks.

    Raises:
        OutsideRegion: the officer reads no households there.
        NoPackInForce: the region has none for that day.
    """
    officer.ensure_region(Right.HOUSEHOLDS_READ, region_code)
    scheme = (await get_pack_in_force(conn, region_code, as_of)).pack.rating_scheme()
    asked = sorted(line.indicator.code for line in collection_form(scheme) if line.is_collected)
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    total, *townships = await conn.fetch(_COUNTS, region_code, scopes, as_of, asked)
    whole = _counted(total)
    whole.pop("township_code")
    return EntryRateOut(
        region_code=region_code,
        as_of=as_of,
        asked=asked,
        townships=[TownshipEntry(**_counted(row)) for row in townships],
        **whole,
    )


def _counted(row: Record) -> dict[str, Any]:
    return {**row, "complete_percent": percent(row["complete_count"], row["rated_count"])}
