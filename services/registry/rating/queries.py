"""Named reads of campaigns and ratings."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.households.statuses import HouseholdsUnknown
from services.registry.packs.queries import find_pack_in_force
from services.registry.rating.refusals import CampaignUnknown
from services.registry.rating.schemas import (
    CampaignOut,
    DerivationLineOut,
    GradeCount,
    HouseholdRatingOut,
    RatingOut,
)
from services.registry.rating.scoring import DerivationLine, grade_of, score
from services.registry.rating.validity import is_stale
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.pack import PolicyPack
from shared.regions import county_of

_CAMPAIGN = """
SELECT c.id, c.county_code, c.year, c.as_of, p.pack_version, c.state, c.publicity_started_on, c.publicity_ends_on,
       c.finalised_on, c.opened_by, c.opened_at,
       (SELECT count(*) FROM household h WHERE h.county_code = c.county_code) AS household_count,
       (SELECT count(*) FROM rating_score s WHERE s.campaign_id = c.id) AS scored_count,
       (SELECT count(*) FROM rating_score s WHERE s.campaign_id = c.id AND review_id IS NOT NULL) AS reviewed_count
FROM rating_campaign c JOIN policy_pack p ON p.id = c.pack_id WHERE c.id = $1
"""
_GRADES = """
SELECT grade, count(*) AS household_count FROM rating_score WHERE campaign_id = $1
GROUP BY grade ORDER BY grade NULLS LAST
"""
_COUNTY = "SELECT county_code FROM rating_campaign WHERE id = $1"
_RATING_COLUMNS = """
r.id, r.household_id, h.number AS household_number, r.village_code, r.grade, r.line, r.score, r.cause, r.valid_from,
r.valid_until, $1::date >= r.valid_from AND $1::date < r.valid_until AS is_valid,
(SELECT max(collected_on) FROM credit_survey s WHERE s.household_id = r.household_id) AS collected_on
"""
_LIST = f"""
SELECT DISTINCT ON (r.household_id) {_RATING_COLUMNS}
FROM rating r JOIN household h ON h.id = r.household_id
WHERE r.village_code ^@ $2 AND r.village_code ^@ ANY ($3::text[]) AND ($4::uuid IS NULL OR r.household_id > $4)
  AND r.valid_from <= $1
ORDER BY r.household_id, r.valid_from DESC, r.id DESC LIMIT $5
"""  # noqa: S608 - our own column list
_HISTORY = f"""
SELECT {_RATING_COLUMNS} FROM rating r JOIN household h ON h.id = r.household_id
WHERE r.household_id = $2 ORDER BY r.valid_from DESC, r.id DESC LIMIT 100
"""  # noqa: S608 - our own column list
_FACTS = """
SELECT h.id, h.number, h.county_code, h.member_count, h.labourer_count, s.collected_on, s.answers
FROM household h
LEFT JOIN LATERAL (
  SELECT collected_on, answers FROM credit_survey WHERE household_id = h.id ORDER BY collected_on DESC LIMIT 1
) s ON true
WHERE h.id = $1 AND h.village_code ^@ ANY ($2::text[])
"""


async def get_campaign(conn: Connection, campaign_id: UUID) -> CampaignOut:
    """Return a campaign with its progress.

    Raises:
        CampaignUnknown: there is no such campaign.
    """
    row = await conn.fetchrow(_CAMPAIGN, campaign_id)
    if row is None:
        raise CampaignUnknown(campaign_id)
    grades = [GradeCount(**each) for each in await conn.fetch(_GRADES, campaign_id)]
    return CampaignOut(**row, grades=grades)


async def get_campaign_for(conn: Connection, officer: Principal, campaign_id: UUID) -> CampaignOut:
    """Return a campaign of a county in, or around, the officer's region.

    Raises:
        CampaignUnknown: there is none that the officer may see.
    """
    county_code = await conn.fetchval(_COUNTY, campaign_id)
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    if county_code is None or not any(s.startswith(county_code) or county_code.startswith(s) for s in scopes):
        raise CampaignUnknown(campaign_id)
    return await get_campaign(conn, campaign_id)


async def list_ratings(
    conn: Connection, officer: Principal, *, region: str, as_of: date, after: UUID | None, limit: int
) -> list[RatingOut]:
    """Return up to `limit` households' latest ratings as of a day, by household."""
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    rows = await conn.fetch(_LIST, as_of, region, scopes, after, limit)
    counties = {county_of(row["village_code"]) for row in rows}
    recollect = {county: await _recollect_months(conn, county, as_of) for county in sorted(counties)}
    return [_rating(row, recollect[county_of(row["village_code"])], as_of) for row in rows]


async def get_household_rating(
    conn: Connection, officer: Principal, household_id: UUID, as_of: date
) -> HouseholdRatingOut:
    """Return a household's ratings and the derivation of its score under the pack in force on `as_of`.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    facts = await conn.fetchrow(_FACTS, household_id, officer.regions_for(Right.HOUSEHOLDS_READ))
    if facts is None:
        raise HouseholdsUnknown([household_id])
    found = await find_pack_in_force(conn, facts["county_code"], as_of)
    recollect = found.pack.rating_scheme().recollect_months if found else 0
    history = await conn.fetch(_HISTORY, as_of, household_id)
    return HouseholdRatingOut(
        household_id=household_id,
        household_number=facts["number"],
        ratings=[_rating(row, recollect, as_of) for row in history],
        collected_on=facts["collected_on"],
        **_derived(facts, found.pack if found else None),
    )


def answers_of(facts: Record) -> dict[str, Decimal]:
    """Return what was collected for a household, with the counts that have their own columns."""
    collected = {code: Decimal(str(value)) for code, value in (facts["answers"] or {}).items()}
    fixed = {key: Decimal(facts[key]) for key in ("member_count", "labourer_count")}
    return {**collected, **fixed}


def _derived(facts: Record, pack: PolicyPack | None) -> dict[str, Any]:
    if pack is None or facts["answers"] is None:
        return {"derivation": [], "score": None, "preliminary_grade": None}
    scheme = pack.rating_scheme()
    derivation = score(answers_of(facts), scheme)
    grade = grade_of(derivation.total, scheme)
    return {
        "derivation": [_line(line) for line in derivation.lines],
        "score": derivation.total,
        "preliminary_grade": grade.code if grade else None,
    }


def _line(line: DerivationLine) -> DerivationLineOut:
    return DerivationLineOut(
        code=line.code,
        zh=line.zh,
        en=line.en,
        value=line.value,
        per=line.per,
        threshold=line.threshold,
        points=line.points,
        points_max=line.points_max,
    )


def _rating(row: Record, recollect_months: int, as_of: date) -> RatingOut:
    stale = is_stale(row["collected_on"], recollect_months, as_of)
    return RatingOut(**{key: value for key, value in row.items() if key != "id"}, is_stale=stale)


async def _recollect_months(conn: Connection, county_code: str, as_of: date) -> int:
    found = await find_pack_in_force(conn, county_code, as_of)
    return found.pack.rating_scheme().recollect_months if found else 0
