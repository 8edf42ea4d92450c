"""Named reads of village rules."""

from datetime import date
from typing import Final
from uuid import UUID

from services.registry.credit.village_rules.refusals import VillageRuleUnknown
from services.registry.credit.village_rules.schemas import VillageRuleCoverage, VillageRuleOut
from shared.access import Principal, Right
from shared.db import Connection

MISSING_MAX: Final = 500  # villages named in one answer; the count is of all
_RULES = """
SELECT v.id, v.village_code, g.name AS village_name, v.title, v.content, v.evidence, v.adopted_on, v.recorded_by,
       v.recorded_at, v.ended_on, v.end_cause, v.end_reason, v.ended_by
FROM village_rule v JOIN region g ON g.code = v.village_code
"""
_LIST = f"""{_RULES}
WHERE v.village_code ^@ $1 AND v.village_code ^@ ANY ($2::text[])
  AND ($3::date IS NULL OR (v.adopted_on <= $3 AND coalesce(v.ended_on > $3, true)))
  AND ($4::uuid IS NULL OR v.id > $4)
ORDER BY v.id LIMIT $5
"""
_ONE = f"{_RULES} WHERE v.id = $1"
_COVERAGE = """
SELECT count(*) AS village_count, count(v.id) AS adopted_count,
       (array_agg(g.code ORDER BY g.code) FILTER (WHERE v.id IS NULL))[1:$4] AS missing
FROM region g
LEFT JOIN village_rule v ON v.village_code = g.code AND v.adopted_on <= $3 AND coalesce(v.ended_on > $3, true)
WHERE g.level = 'village' AND g.code ^@ $1 AND g.code ^@ ANY ($2::text[])
"""


async def get_rule(conn: Connection, rule_id: UUID) -> VillageRuleOut:
    """Return one record of village rules.

    Raises:
        VillageRuleUnknown
    """
    row = await conn.fetchrow(_ONE, rule_id)
    if row is None:
        raise VillageRuleUnknown(rule_id)
    return VillageRuleOut(**row)


async def list_rules(
    conn: Connection, officer: Principal, *, region: str, as_of: date | None, after: UUID | None, limit: int
) -> list[VillageRuleOut]:
    """Return up to `limit` records; with `as_of` only those in force on that day."""
    scopes = officer.regions_for(Right.VILLAGE_RULES_READ)
    return [VillageRuleOut(**row) for row in await conn.fetch(_LIST, region, scopes, as_of, after, limit)]


async def coverage(conn: Connection, officer: Principal, region: str, as_of: date) -> VillageRuleCoverage:
    """Return how many villages of a region have rules with credit duties on a day (FJ-16).

    Raises:
        OutsideRegion: the officer reads no village rules there.
    """
    officer.ensure_region(Right.VILLAGE_RULES_READ, region)
    scopes = officer.regions_for(Right.VILLAGE_RULES_READ)
    row = await conn.fetchrow(_COVERAGE, region, scopes, as_of, MISSING_MAX)
    assert row is not None
    return VillageRuleCoverage(region_code=region, as_of=as_of, **{**row, "missing": row["missing"] or []})
