"""A rating campaign, step by step: score, group review, publicity, final (ZJ-1)."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from services.registry.packs.queries import get_pack_in_force, pack_by_id
from services.registry.rating import queries
from services.registry.rating.refusals import (
    AdjustmentInvalid,
    CampaignExists,
    CampaignUnknown,
    NotYetReviewed,
    PublicityBeforeFacts,
    PublicityStillRuns,
    ReviewGroupTooSmall,
    WrongCampaignState,
)
from services.registry.rating.schemas import (
    AdjustmentIn,
    CampaignIn,
    CampaignOut,
    FinalisationIn,
    PublicityIn,
    ReviewIn,
)
from services.registry.rating.score_sql import SCORE_COUNTY, scheme_arguments
from services.registry.rating.scoring import line_of
from services.registry.rating.validity import months_later
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.policy.terms import RatingScheme
from shared.workdays import add_workdays

_OPEN = """
INSERT INTO rating_campaign (id, county_code, year, as_of, pack_id, state, opened_by)
VALUES ($1, $2, $3, $4, $5, 'opened', $6) ON CONFLICT (county_code, year, bank_code) DO NOTHING RETURNING id
"""
_LOCK = "SELECT id, county_code, state, as_of, pack_id, publicity_ends_on FROM rating_campaign WHERE id = $1 FOR UPDATE"
_SCORED = "UPDATE rating_campaign SET state = 'scored' WHERE id = $1"
_REVIEW = """
INSERT INTO rating_review (id, campaign_id, region_code, members, reviewed_on, reviewed_by)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_ADJUST = """
INSERT INTO rating_adjustment (review_id, household_id, grade_before, grade_after, reason)
SELECT $2, s.household_id, s.grade, a.grade, a.reason
FROM unnest($4::uuid[], $5::text[], $6::text[]) AS a (household_id, grade, reason)
JOIN rating_score s ON s.campaign_id = $1 AND s.household_id = a.household_id AND s.village_code ^@ $3
RETURNING household_id
"""
_MARK_REVIEWED = """
UPDATE rating_score s SET review_id = $2, grade = coalesce(a.grade_after, s.grade)
FROM rating_score t LEFT JOIN rating_adjustment a ON a.review_id = $2 AND a.household_id = t.household_id
WHERE t.campaign_id = $1 AND t.village_code ^@ $3
  AND s.campaign_id = t.campaign_id AND s.household_id = t.household_id
"""
_UNREVIEWED = """
SELECT left(village_code, 9) AS township_code, count(*) AS household_count FROM rating_score
WHERE campaign_id = $1 AND review_id IS NULL GROUP BY 1 ORDER BY 1
"""
_PUBLICISE = """
UPDATE rating_campaign SET state = 'publicised', publicity_started_on = $2, publicity_ends_on = $3 WHERE id = $1
"""
_FINALISE = "UPDATE rating_campaign SET state = 'final', finalised_on = $2 WHERE id = $1"
_RATE = """
INSERT INTO rating (household_id, village_code, grade, line, score, cause, campaign_id, valid_from, valid_until)
SELECT s.household_id, s.village_code, s.grade, g.line, s.score, 'campaign', $1, $2, $3
FROM rating_score s JOIN unnest($4::text[], $5::numeric[]) AS g (code, line) ON g.code = s.grade
WHERE s.campaign_id = $1 ORDER BY s.household_id
"""


async def open_campaign(conn: Connection, officer: Principal, body: CampaignIn) -> CampaignOut:
    """Open a county's rating of one year under the pack in force on `as_of`.

    Raises:
        OutsideRegion, NoPackInForce, CampaignExists
    """
    officer.ensure_region(Right.RATINGS_SCORE, body.county_code)
    found = await get_pack_in_force(conn, body.county_code, body.as_of)
    campaign_id = await conn.fetchval(
        _OPEN, new_id(), body.county_code, body.year, body.as_of, found.id, officer.subject
    )
    if campaign_id is None:
        raise CampaignExists(body.county_code, body.year)
    return await queries.get_campaign(conn, campaign_id)


async def score_campaign(conn: Connection, officer: Principal, campaign_id: UUID) -> CampaignOut:
    """Compute the preliminary score and grade of every household of the county that has answers.

    It may be repeated until a group has reviewed; then the scores stand.

    Raises:
        CampaignUnknown, WrongCampaignState
    """
    campaign = await _locked(conn, officer, Right.RATINGS_SCORE, campaign_id)
    if await conn.fetchval("SELECT EXISTS (SELECT FROM rating_review WHERE campaign_id = $1)", campaign_id):
        raise WrongCampaignState("reviewed", ["opened", "scored"], "scores")
    _ensure_state(campaign, "scores", "opened", "scored")
    scheme = (await pack_by_id(conn, campaign["pack_id"])).rating_scheme()
    await conn.execute("DELETE FROM rating_score WHERE campaign_id = $1", campaign_id)
    await conn.execute(SCORE_COUNTY, campaign_id, campaign["county_code"], *scheme_arguments(scheme))
    await conn.execute(_SCORED, campaign_id)
    return await queries.get_campaign(conn, campaign_id)


async def review_campaign(conn: Connection, officer: Principal, campaign_id: UUID, body: ReviewIn) -> CampaignOut:
    """Record a rating group's review of a region: its adjustments with reasons, agreement with the rest (ZJ-1).

    Raises:
        CampaignUnknown, OutsideRegion, WrongCampaignState, ReviewGroupTooSmall, AdjustmentInvalid
    """
    campaign = await _locked(conn, officer, Right.RATINGS_REVIEW, campaign_id)
    region_code = body.region_code or campaign["county_code"]
    officer.ensure_region(Right.RATINGS_REVIEW, region_code)
    _ensure_state(campaign, "reviews", "scored")
    scheme = (await pack_by_id(conn, campaign["pack_id"])).rating_scheme()
    members = list(dict.fromkeys(body.members))
    if len(members) < scheme.group_review_members_min:
        raise ReviewGroupTooSmall(len(members), scheme.group_review_members_min)
    review_id = new_id()
    await conn.execute(_REVIEW, review_id, campaign_id, region_code, members, body.reviewed_on, officer.subject)
    await _adjust(conn, campaign_id, review_id, region_code, body.adjustments, scheme)
    await conn.execute(_MARK_REVIEWED, campaign_id, review_id, region_code)
    return await queries.get_campaign(conn, campaign_id)


async def _adjust(
    conn: Connection,
    campaign_id: UUID,
    review_id: UUID,
    region_code: str,
    adjustments: Sequence[AdjustmentIn],
    scheme: RatingScheme,
) -> None:
    known = {grade.code for grade in scheme.grades}
    wrong = [each.household_id for each in adjustments if each.grade not in known]
    if wrong:
        raise AdjustmentInvalid(f"the grades are {', '.join(sorted(known))}", wrong)
    asked = {each.household_id: each for each in adjustments}
    if len(asked) < len(adjustments):
        raise AdjustmentInvalid("a household stands there twice", [each.household_id for each in adjustments])
    adjusted = await conn.fetch(
        _ADJUST,
        campaign_id,
        review_id,
        region_code,
        list(asked),
        [each.grade for each in asked.values()],
        [each.reason for each in asked.values()],
    )
    missing = sorted(asked.keys() - {row["household_id"] for row in adjusted})
    if missing:
        raise AdjustmentInvalid(f"the households were not scored in {region_code}", missing)


async def publicise_campaign(conn: Connection, officer: Principal, campaign_id: UUID, body: PublicityIn) -> CampaignOut:
    """Put the reviewed result on show for the pack's working days at each of its levels (ZJ-1).

    Raises:
        CampaignUnknown, WrongCampaignState, NotYetReviewed, PublicityBeforeFacts
    """
    campaign = await _locked(conn, officer, Right.RATINGS_SCORE, campaign_id)
    _ensure_state(campaign, "publicity", "scored")
    if body.started_on < campaign["as_of"]:
        raise PublicityBeforeFacts(body.started_on, campaign["as_of"])
    unreviewed = await conn.fetch(_UNREVIEWED, campaign_id)
    if unreviewed:
        count = sum(row["household_count"] for row in unreviewed)
        raise NotYetReviewed(count, [row["township_code"] for row in unreviewed])
    rule = (await pack_by_id(conn, campaign["pack_id"])).publicity_rule()
    days = rule.rating_working_days_per_level * len(rule.rating_levels)
    await conn.execute(_PUBLICISE, campaign_id, body.started_on, add_workdays(body.started_on, days))
    return await queries.get_campaign(conn, campaign_id)


async def finalise_campaign(
    conn: Connection, officer: Principal, campaign_id: UUID, body: FinalisationIn
) -> CampaignOut:
    """Make the grades final: every graded household has a rating and a line from this day on.

    Raises:
        CampaignUnknown, WrongCampaignState, PublicityStillRuns
    """
    campaign = await _locked(conn, officer, Right.RATINGS_FINALISE, campaign_id)
    _ensure_state(campaign, "finalisations", "publicised")
    if body.finalised_on < campaign["publicity_ends_on"]:
        raise PublicityStillRuns(campaign["publicity_ends_on"], body.finalised_on)
    scheme = (await pack_by_id(conn, campaign["pack_id"])).rating_scheme()
    codes = [grade.code for grade in scheme.grades]
    lines = [line_of(code, scheme) for code in codes]
    valid_until = months_later(body.finalised_on, scheme.valid_months)
    await conn.execute(_RATE, campaign_id, body.finalised_on, valid_until, codes, lines)
    await conn.execute(_FINALISE, campaign_id, body.finalised_on)
    return await queries.get_campaign(conn, campaign_id)


async def _locked(conn: Connection, officer: Principal, right: Right, campaign_id: UUID) -> Record:
    row = await conn.fetchrow(_LOCK, campaign_id)
    if row is None or not _touches(officer, right, row["county_code"]):
        raise CampaignUnknown(campaign_id)
    return row


def _touches(officer: Principal, right: Right, county_code: str) -> bool:
    scopes = officer.regions_for(right)
    if right is Right.RATINGS_REVIEW:  # a township's group reviews its own part of the county's campaign
        return any(scope.startswith(county_code) or county_code.startswith(scope) for scope in scopes)
    return any(county_code.startswith(scope) for scope in scopes)


def _ensure_state(campaign: Record, step: str, *needed: str) -> None:
    if campaign["state"] not in needed:
        raise WrongCampaignState(campaign["state"], needed, step)
