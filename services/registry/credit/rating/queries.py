"""Named reads of campaigns: their state, scores, reviews, objections and credit areas."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from asyncpg import Record

from services.registry.credit.rating.refusals import CampaignUnknown, ObjectionUnknown
from services.registry.credit.rating.rules.scoring import Derivation, answers_of, score
from services.registry.credit.rating.rules.shares import percent
from services.registry.credit.rating.rules.validity import is_stale
from services.registry.credit.rating.schemas import (
    AreaCount,
    AreaOut,
    CampaignOut,
    CampaignState,
    CampaignSummary,
    DerivationLineOut,
    GradeCount,
    ObjectionOut,
    ReviewOut,
    ScoreOut,
)
from services.registry.policy.packs.queries import pack_by_id
from services.registry.policy.packs.rules.schemes import scheme_of
from shared.access import Principal, Right
from shared.db import Connection

_RULES = """
SELECT county_code, bank_code, pack_id, coalesce(facts_as_of, as_of) AS facts_as_of FROM rating_campaign WHERE id = $1
"""
_CAMPAIGN = """
SELECT c.id, c.county_code, c.bank_code, c.year, c.as_of, c.facts_as_of, p.pack_version, c.state,
       c.public_notice_started_on, greatest(c.public_notice_ends_on, s.public_notice_ends_on) AS public_notice_ends_on,
       c.finalised_on, c.opened_by, c.opened_at, s.scored_count, s.stale_count, s.reviewed_count,
       (SELECT count(*) FROM household h WHERE h.county_code = c.county_code
          AND coalesce(h.ended_on > coalesce(c.finalised_on, c.as_of), true)) AS household_count,
       (SELECT count(*) FROM rating_objection o WHERE o.campaign_id = c.id
          AND NOT EXISTS (SELECT FROM rating_settlement t WHERE t.objection_id = o.id)) AS open_objection_count
FROM rating_campaign c JOIN policy_pack p ON p.id = c.pack_id
CROSS JOIN LATERAL (
  SELECT count(*) AS scored_count, count(review_id) AS reviewed_count,
    max(public_notice_ends_on) AS public_notice_ends_on,
    count(*) FILTER (WHERE collected_on + make_interval(months => $2) <= coalesce(c.facts_as_of, c.as_of))
      AS stale_count
  FROM rating_score WHERE campaign_id = c.id
) s
WHERE c.id = $1
"""
# Officers above and below the county see its campaigns.
_CAMPAIGNS = """
SELECT c.id, c.county_code, c.bank_code, c.year, c.as_of, p.pack_version, c.state, c.public_notice_started_on,
       c.finalised_on, c.opened_by, c.opened_at
FROM rating_campaign c JOIN policy_pack p ON p.id = c.pack_id
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS scope WHERE scope ^@ c.county_code OR c.county_code ^@ scope)
  AND ($2::text IS NULL OR c.county_code = $2) AND ($3::integer IS NULL OR c.year = $3)
  AND ($4::text IS NULL OR c.bank_code = $4) AND ($5::text IS NULL OR c.state = $5)
  AND ($6::uuid IS NULL OR c.id > $6)
ORDER BY c.id LIMIT $7
"""
_GRADES = """
SELECT grade, count(*) AS household_count FROM rating_score WHERE campaign_id = $1
GROUP BY grade ORDER BY grade NULLS LAST
"""
_AREA_COUNTS = """
SELECT level, count(*) AS area_count, count(*) FILTER (WHERE is_credit) AS credit_count FROM area_grade
WHERE campaign_id = $1 GROUP BY level ORDER BY array_position(ARRAY['group', 'village', 'township'], level)
"""
_COUNTY = "SELECT county_code FROM rating_campaign WHERE id = $1"
_REVIEWS = """
SELECT v.id, v.region_code, v.group_name, v.members, v.reviewed_on, v.reviewed_by, v.reviewed_at, v.omitted,
       (SELECT count(*) FROM rating_adjustment a WHERE a.review_id = v.id) AS adjustment_count
FROM rating_review v WHERE v.campaign_id = $1 AND ($2::uuid IS NULL OR v.id > $2)
  AND EXISTS (SELECT FROM unnest($4::text[]) AS own WHERE v.region_code ^@ own OR own ^@ v.region_code)
ORDER BY v.id LIMIT $3
"""
_SCORES = """
SELECT s.household_id, h.number AS household_number, s.village_code, s.group_name, s.collected_on, s.score,
       s.preliminary_grade, s.grade, s.review_id IS NOT NULL AS reviewed, s.facts, a.reason AS adjustment_reason,
       coalesce(s.public_notice_ends_on, c.public_notice_ends_on) AS public_notice_ends_on,
       (SELECT count(*) FROM rating_objection o WHERE o.campaign_id = s.campaign_id
          AND o.household_id = s.household_id
          AND NOT EXISTS (SELECT FROM rating_settlement t WHERE t.objection_id = o.id)) AS open_objection_count
FROM rating_score s JOIN rating_campaign c ON c.id = s.campaign_id JOIN household h ON h.id = s.household_id
LEFT JOIN LATERAL (
  SELECT j.reason FROM rating_adjustment j JOIN rating_review v ON v.id = j.review_id
  WHERE v.campaign_id = s.campaign_id AND j.household_id = s.household_id ORDER BY v.id DESC LIMIT 1
) a ON true
WHERE s.campaign_id = $1 AND s.village_code ^@ $2 AND s.village_code ^@ ANY ($3::text[])
  AND ($4::text IS NULL OR s.grade = $4) AND ($5::uuid IS NULL OR s.household_id > $5)
ORDER BY s.household_id LIMIT $6
"""
_OBJECTION_COLUMNS = """
o.id, o.campaign_id, o.household_id, s.village_code, o.grounds, o.raised_on, o.recorded_by, t.outcome, t.grade_before,
t.grade_after, t.reason, t.settled_on, t.settled_by, coalesce(s.public_notice_ends_on, c.public_notice_ends_on)
  AS public_notice_ends_on
FROM rating_objection o JOIN rating_campaign c ON c.id = o.campaign_id
JOIN rating_score s ON s.campaign_id = o.campaign_id AND s.household_id = o.household_id
LEFT JOIN rating_settlement t ON t.objection_id = o.id
"""
_ONE_OBJECTION = f"SELECT {_OBJECTION_COLUMNS} WHERE o.id = $1"
_OBJECTIONS = f"""
SELECT {_OBJECTION_COLUMNS}
WHERE o.campaign_id = $1 AND s.village_code ^@ ANY ($2::text[]) AND ($3::boolean IS NULL OR (t IS NULL) = $3)
  AND ($4::uuid IS NULL OR o.id > $4)
ORDER BY o.id LIMIT $5
"""
_LATEST_FINAL = """
SELECT id, pack_id FROM rating_campaign
WHERE county_code = $1 AND bank_code IS NULL AND state = 'final' AND finalised_on <= $2
ORDER BY finalised_on DESC, id DESC LIMIT 1
"""
_AREAS = """
SELECT a.region_code || '/' || a.group_name AS key, a.level, a.region_code, nullif(a.group_name, '') AS group_name,
       a.household_count, a.credit_count, a.share_min, a.is_credit, c.finalised_on AS as_of
FROM area_grade a JOIN rating_campaign c ON c.id = a.campaign_id
WHERE a.campaign_id = $1 AND a.level = $2 AND a.region_code ^@ ANY ($3::text[])
  AND ($4::boolean IS NULL OR a.is_credit = $4)
  AND ($5::text IS NULL OR (a.region_code || '/' || a.group_name) COLLATE "C" > $5)
ORDER BY (a.region_code || '/' || a.group_name) COLLATE "C" LIMIT $6
"""


async def get_campaign(conn: Connection, campaign_id: UUID) -> CampaignOut:
    """Return a campaign with its progress.

    Raises:
        CampaignUnknown: there is no such campaign.
    """
    rules = await conn.fetchrow(_RULES, campaign_id)
    if rules is None:
        raise CampaignUnknown(campaign_id)
    months = (await pack_by_id(conn, rules["pack_id"])).rating_scheme().recollect_months
    row = await conn.fetchrow(_CAMPAIGN, campaign_id, months)
    if row is None:
        raise CampaignUnknown(campaign_id)
    grades = [GradeCount(**each) for each in await conn.fetch(_GRADES, campaign_id)]
    areas = [
        AreaCount(**each, credit_percent=percent(each["credit_count"], each["area_count"]))
        for each in await conn.fetch(_AREA_COUNTS, campaign_id)
    ]
    return CampaignOut(**row, grades=grades, areas=areas)


async def list_campaigns(
    conn: Connection,
    officer: Principal,
    *,
    county_code: str | None,
    year: int | None,
    bank_code: str | None,
    state: CampaignState | None,
    after: UUID | None,
    limit: int,
) -> list[CampaignSummary]:
    """Return up to `limit` campaigns of counties in, or around, the officer's regions, in the order of opening."""
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    rows = await conn.fetch(_CAMPAIGNS, scopes, county_code, year, bank_code, state, after, limit)
    return [CampaignSummary(**row) for row in rows]


async def get_campaign_for(conn: Connection, officer: Principal, campaign_id: UUID) -> CampaignOut:
    """Return a campaign of a county in, or around, the officer's region.

    Raises:
        CampaignUnknown: there is none that the officer may see.
    """
    await ensure_visible(conn, officer, campaign_id)
    return await get_campaign(conn, campaign_id)


async def ensure_visible(conn: Connection, officer: Principal, campaign_id: UUID) -> None:
    """Refuse a campaign of a county neither in nor around the officer's region.

    Raises:
        CampaignUnknown
    """
    county_code = await conn.fetchval(_COUNTY, campaign_id)
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    if county_code is None or not any(s.startswith(county_code) or county_code.startswith(s) for s in scopes):
        raise CampaignUnknown(campaign_id)


async def list_reviews(
    conn: Connection, officer: Principal, campaign_id: UUID, after: UUID | None, limit: int
) -> list[ReviewOut]:
    """Return up to `limit` reviews of the officer's regions in the order in which they were recorded."""
    await ensure_visible(conn, officer, campaign_id)
    own = officer.regions_for(Right.HOUSEHOLDS_READ)
    return [ReviewOut(**row) for row in await conn.fetch(_REVIEWS, campaign_id, after, limit, own)]


async def list_scores(
    conn: Connection,
    officer: Principal,
    campaign_id: UUID,
    *,
    region: str,
    grade: str | None,
    after: UUID | None,
    limit: int,
) -> list[ScoreOut]:
    """Return up to `limit` households of a campaign with score and derivation, from the facts that were scored."""
    await ensure_visible(conn, officer, campaign_id)
    rules = await conn.fetchrow(_RULES, campaign_id)
    if rules is None:
        raise CampaignUnknown(campaign_id)
    scheme = scheme_of((await pack_by_id(conn, rules["pack_id"])).rating_scheme(), rules["bank_code"])
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    found = []
    for row in await conn.fetch(_SCORES, campaign_id, region, scopes, grade, after, limit):
        values = dict(row)
        facts = answers_of(values.pop("facts"))
        stale = is_stale(row["collected_on"], scheme.recollect_months, rules["facts_as_of"])
        lines = derivation_lines(score(facts, scheme)) if facts else []
        found.append(ScoreOut(**values, is_stale=stale, derivation=lines))
    return found


async def get_objection(conn: Connection, objection_id: UUID) -> ObjectionOut:
    """Return one objection.

    Raises:
        ObjectionUnknown
    """
    row = await conn.fetchrow(_ONE_OBJECTION, objection_id)
    if row is None:
        raise ObjectionUnknown(objection_id)
    return ObjectionOut(**row)


async def list_objections(
    conn: Connection, officer: Principal, campaign_id: UUID, *, is_open: bool | None, after: UUID | None, limit: int
) -> list[ObjectionOut]:
    """Return up to `limit` objections of a campaign in the officer's region, oldest first."""
    await ensure_visible(conn, officer, campaign_id)
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    return [ObjectionOut(**row) for row in await conn.fetch(_OBJECTIONS, campaign_id, scopes, is_open, after, limit)]


async def list_campaign_areas(
    conn: Connection, officer: Principal, campaign_id: UUID, *, level: str, after: str | None, limit: int
) -> list[AreaOut]:
    """Return up to `limit` areas of a level as the campaign found them, by code."""
    await ensure_visible(conn, officer, campaign_id)
    return await _areas(conn, officer, campaign_id, level, None, after, limit)


async def find_latest_final(conn: Connection, county_code: str, as_of: date) -> Record | None:
    """Return `id` and `pack_id` of the county's own campaign that was final last on a day, if there is one."""
    return await conn.fetchrow(_LATEST_FINAL, county_code, as_of)


async def list_credit_areas(
    conn: Connection,
    officer: Principal,
    *,
    county_code: str,
    level: str,
    as_of: date,
    only_credit: bool | None,
    after: str | None,
    limit: int,
) -> list[AreaOut]:
    """Return up to `limit` areas as the county's last campaign that was final on `as_of` found them (SX-5a)."""
    campaign = await find_latest_final(conn, county_code, as_of)
    if campaign is None:
        return []
    return await _areas(conn, officer, campaign["id"], level, only_credit, after, limit)


async def _areas(
    conn: Connection,
    officer: Principal,
    campaign_id: UUID,
    level: str,
    only_credit: bool | None,
    after: str | None,
    limit: int,
) -> list[AreaOut]:
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    found = []
    for row in await conn.fetch(_AREAS, campaign_id, level, scopes, only_credit, after, limit):
        values = dict(row)
        share_min: Decimal = values.pop("share_min")
        share = percent(row["credit_count"], row["household_count"])
        found.append(AreaOut(**values, credit_percent=share, percent_min=(share_min * 100).quantize(Decimal("0.01"))))
    return found


def derivation_lines(derivation: Derivation) -> list[DerivationLineOut]:
    """Return what each indicator earned and why, in the order of the scheme."""
    return [DerivationLineOut(**asdict(line)) for line in derivation.lines]
