"""A rating group's review of a region: agreement, changes with reasons, and nobody about the own family (ZJ-1)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.registry.credit.rating import queries
from services.registry.credit.rating.actions.campaigns import campaign_rules, ensure_state, locked_campaign
from services.registry.credit.rating.refusals import (
    AdjustmentInvalid,
    OwnFamilyMayNotReview,
    ReviewGroupTooSmall,
    ReviewOfGroupNeedsVillage,
    ReviewOutsideCounty,
)
from services.registry.credit.rating.schemas import AdjustmentIn, CampaignOut, ReviewIn, ReviewMemberIn
from services.registry.register.households.sealed import NAME_CONTEXT
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.languages import Sentence
from shared.offices import Step, acting_for
from shared.pii import PiiCipher
from shared.policy.rating_terms import RatingScheme
from shared.regions import LEVEL_BY_LENGTH, is_within
from shared.resident_id import ensure_living

_REVIEW = """
INSERT INTO rating_review
  (id, campaign_id, region_code, group_name, members, omitted, reviewed_on, reviewed_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_ADJUST = """
INSERT INTO rating_adjustment (review_id, household_id, grade_before, grade_after, reason)
SELECT $2, s.household_id, s.grade, a.grade, a.reason
FROM unnest($5::uuid[], $6::text[], $7::text[]) AS a (household_id, grade, reason)
JOIN rating_score s ON s.campaign_id = $1 AND s.household_id = a.household_id AND s.village_code ^@ $3
  AND ($4::text IS NULL OR s.group_name = $4)
RETURNING household_id
"""
_MARK_REVIEWED = """
UPDATE rating_score s SET review_id = $2, grade = coalesce(a.grade_after, s.grade)
FROM rating_score t LEFT JOIN rating_adjustment a ON a.review_id = $2 AND a.household_id = t.household_id
WHERE t.campaign_id = $1 AND t.village_code ^@ $3 AND ($4::text IS NULL OR t.group_name = $4)
  AND t.household_id <> ALL ($5::uuid[])
  AND s.campaign_id = t.campaign_id AND s.household_id = t.household_id
"""
_BY_NUMBER = """
SELECT DISTINCT s.household_id FROM member m
JOIN rating_score s ON s.campaign_id = $1 AND s.household_id = m.household_id AND s.village_code ^@ $2
WHERE m.resident_id_index = ANY ($3::bytea[]) AND coalesce(m.left_on > $4, true)
"""
_NAMES = """
SELECT m.household_id, m.name_sealed FROM rating_score s
JOIN member m ON m.household_id = s.household_id AND coalesce(m.left_on > $5, true)
WHERE s.campaign_id = $1 AND s.village_code ^@ $2 AND ($3::text IS NULL OR s.group_name = $3)
  AND ($6 OR s.household_id = ANY ($4::uuid[]))
"""


async def review_campaign(
    conn: Connection, officer: Principal, cipher: PiiCipher, campaign_id: UUID, body: ReviewIn
) -> CampaignOut:
    """Record a rating group's review of a region: its adjustments with reasons, agreement with the rest (ZJ-1).

    The households of the group's own members are left out; another group reviews them.

    Raises:
        CampaignUnknown, OutsideRegion, OtherOffice, WrongCampaignState, ReviewOutsideCounty, ReviewOfGroupNeedsVillage,
        DateBeforeStep, ReviewGroupTooSmall, ResidentIdInvalid, AdjustmentInvalid, OwnFamilyMayNotReview
    """
    campaign = await locked_campaign(conn, officer, Right.RATINGS_REVIEW, campaign_id)
    region_code = body.region_code or campaign["county_code"]
    officer.ensure_region(Right.RATINGS_REVIEW, region_code)
    pack, scheme = await campaign_rules(conn, campaign)
    office = acting_for(officer, Step.RATING_REVIEW, region_code, pack)
    ensure_state(campaign, "reviews", "scored")
    if not is_within(region_code, campaign["county_code"]):
        raise ReviewOutsideCounty(region_code, campaign["county_code"])
    if body.group_name is not None and LEVEL_BY_LENGTH[len(region_code)] != "village":
        raise ReviewOfGroupNeedsVillage(body.group_name)
    ensure_not_before("reviewed_on", body.reviewed_on, "facts_as_of", campaign["facts_as_of"])
    members = _distinct(body.members, body.reviewed_on)
    if len(members) < scheme.group_review_members_min:
        raise ReviewGroupTooSmall(len(members), scheme.group_review_members_min)
    asked = _asked(body.adjustments, scheme)
    own = await _own_families(conn, cipher, campaign_id, region_code, body, members)
    if biased := sorted(own & asked.keys()):
        raise OwnFamilyMayNotReview(biased)
    review_id, names, omitted = new_id(), [each.name for each in members], sorted(own)
    area = region_code, body.group_name
    who = officer.subject, str(office)
    await conn.execute(_REVIEW, review_id, campaign_id, *area, names, omitted, body.reviewed_on, *who)
    await _adjust(conn, campaign_id, review_id, area, asked)
    await conn.execute(_MARK_REVIEWED, campaign_id, review_id, *area, omitted)
    return await queries.get_campaign(conn, campaign_id)


def _distinct(members: Sequence[ReviewMemberIn], on: date) -> list[ReviewMemberIn]:
    """Return each person once: known by the ID number where it is given, else by the name."""
    found: dict[str, ReviewMemberIn] = {}
    for member in members:
        number = ensure_living(member.resident_id, on) if member.resident_id is not None else None
        found.setdefault(number or member.name, ReviewMemberIn(name=member.name, resident_id=number))
    return list(found.values())


def _asked(adjustments: Sequence[AdjustmentIn], scheme: RatingScheme) -> dict[UUID, AdjustmentIn]:
    known = {grade.code for grade in scheme.grades}
    wrong = [each.household_id for each in adjustments if each.grade not in known]
    if wrong:
        raise AdjustmentInvalid(
            Sentence(f"现有等级为 {'、'.join(sorted(known))}", f"the grades are {', '.join(sorted(known))}"), wrong
        )
    asked = {each.household_id: each for each in adjustments}
    if len(asked) < len(adjustments):
        raise AdjustmentInvalid(
            Sentence("同一农户重复出现", "a household appears twice"), [each.household_id for each in adjustments]
        )
    return asked


async def _own_families(
    conn: Connection,
    cipher: PiiCipher,
    campaign_id: UUID,
    region_code: str,
    body: ReviewIn,
    members: Sequence[ReviewMemberIn],
) -> set[UUID]:
    """Return the scored households of the region to which a member of the group belongs.

    A member with an ID number is found exactly. One with a name only is taken for every person of that name: in a
    village's review of its whole village, in a wider one of the households it changes.
    """
    indexes = [cipher.index(each.resident_id) for each in members if each.resident_id is not None]
    rows = await conn.fetch(_BY_NUMBER, campaign_id, region_code, indexes, body.reviewed_on)
    own = {row["household_id"] for row in rows}
    names = {each.name for each in members if each.resident_id is None}
    changed = [each.household_id for each in body.adjustments]
    whole = LEVEL_BY_LENGTH[len(region_code)] == "village"
    if names and (whole or changed):
        people = await conn.fetch(_NAMES, campaign_id, region_code, body.group_name, changed, body.reviewed_on, whole)
        own |= {row["household_id"] for row in people if cipher.decrypt(row["name_sealed"], NAME_CONTEXT) in names}
    return own


async def _adjust(
    conn: Connection,
    campaign_id: UUID,
    review_id: UUID,
    area: tuple[str, str | None],
    asked: dict[UUID, AdjustmentIn],
) -> None:
    adjusted = await conn.fetch(
        _ADJUST,
        campaign_id,
        review_id,
        *area,
        list(asked),
        [each.grade for each in asked.values()],
        [each.reason for each in asked.values()],
    )
    missing = sorted(asked.keys() - {row["household_id"] for row in adjusted})
    if missing:
        raise AdjustmentInvalid(
            Sentence(
                f"这些农户未在 {area[1] or area[0]} 评分", f"the households were not scored in {area[1] or area[0]}"
            ),
            missing,
        )
