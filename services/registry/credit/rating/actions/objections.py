"""Objections while grades are on public notice: raise, settle, show again (ZJ-1)."""

from uuid import UUID

from asyncpg import Record

from services.registry.credit.rating import queries
from services.registry.credit.rating.actions.campaigns import campaign_rules, ensure_state, locked_campaign
from services.registry.credit.rating.refusals import (
    NotInCampaign,
    ObjectionOutsidePublicNotice,
    ObjectionSettled,
    ObjectionUnknown,
    SettlementInvalid,
)
from services.registry.credit.rating.rules import public_notice
from services.registry.credit.rating.rules.public_notice import Settlement
from services.registry.credit.rating.schemas import ObjectionIn, ObjectionOut, SettlementIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.languages import Sentence
from shared.policy.rating_terms import RatingScheme

_SHOWN = """
SELECT household_id, grade, public_notice_ends_on FROM rating_score
WHERE campaign_id = $1 AND household_id = $2 AND village_code ^@ ANY ($3::text[]) FOR UPDATE
"""
_RAISE = """
INSERT INTO rating_objection (id, campaign_id, household_id, grounds, raised_on, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_OBJECTION = "SELECT campaign_id, household_id, raised_on, recorded_by FROM rating_objection WHERE id = $1"
_SETTLED_ON = "SELECT settled_on FROM rating_settlement WHERE objection_id = $1"
_SETTLEMENTS = """
SELECT s.outcome = 'upheld' AS upheld, o.raised_on, s.settled_on
FROM rating_objection o JOIN rating_settlement s ON s.objection_id = o.id
WHERE o.campaign_id = $1 AND o.household_id = $2
"""
_SETTLE = """
INSERT INTO rating_settlement (objection_id, outcome, grade_before, grade_after, reason, settled_on, settled_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_SHOW_AGAIN = """
UPDATE rating_score SET grade = $3, public_notice_ends_on = $4 WHERE campaign_id = $1 AND household_id = $2
"""


async def raise_objection(conn: Connection, officer: Principal, campaign_id: UUID, body: ObjectionIn) -> ObjectionOut:
    """Record an objection against a household's grade; nothing of the campaign becomes final while it is open.

    Raises:
        CampaignUnknown, WrongCampaignState, NotInCampaign, ObjectionOutsidePublicNotice
    """
    campaign = await locked_campaign(conn, officer, Right.OBJECTIONS_RAISE, campaign_id)
    ensure_state(campaign, "objections", "on_public_notice")
    shown = await _shown(conn, officer, Right.OBJECTIONS_RAISE, campaign_id, body.household_id)
    ends_on = shown["public_notice_ends_on"] or campaign["public_notice_ends_on"]
    if not campaign["public_notice_started_on"] <= body.raised_on < ends_on:
        raise ObjectionOutsidePublicNotice(body.raised_on, campaign["public_notice_started_on"], ends_on)
    objection_id = new_id()
    await conn.execute(
        _RAISE, objection_id, campaign_id, body.household_id, body.grounds, body.raised_on, officer.subject
    )
    return await queries.get_objection(conn, objection_id)


async def settle_objection(
    conn: Connection, officer: Principal, objection_id: UUID, body: SettlementIn
) -> ObjectionOut:
    """Settle an objection: upheld gives the household another grade, which is put on public notice again (ZJ-1).

    Raises:
        ObjectionUnknown, CampaignUnknown, WrongCampaignState, ObjectionSettled, MakerIsChecker, SettlementInvalid
    """
    objection = await conn.fetchrow(_OBJECTION, objection_id)
    if objection is None:
        raise ObjectionUnknown(objection_id)
    campaign = await locked_campaign(conn, officer, Right.OBJECTIONS_SETTLE, objection["campaign_id"])
    shown = await _shown(conn, officer, Right.OBJECTIONS_SETTLE, campaign["id"], objection["household_id"])
    settled_on = await conn.fetchval(_SETTLED_ON, objection_id)
    if settled_on is not None:
        raise ObjectionSettled(settled_on)
    ensure_state(campaign, "settlements", "on_public_notice")
    if officer.subject == objection["recorded_by"]:
        raise MakerIsChecker(officer.subject)
    pack, scheme = await campaign_rules(conn, campaign)
    _ensure_fits(body, objection, shown["grade"], scheme)
    upheld = body.outcome == "upheld"
    grade = body.grade if upheld else shown["grade"]
    settlements = [Settlement(upheld, objection["raised_on"], body.settled_on)]
    for row in await conn.fetch(_SETTLEMENTS, campaign["id"], objection["household_id"]):
        settlements.append(Settlement(row["upheld"], row["raised_on"], row["settled_on"]))
    started_on = campaign["public_notice_started_on"]
    ends_on = public_notice.ends_on_after(started_on, settlements, pack.public_notice_rule())
    await conn.execute(
        _SETTLE, objection_id, body.outcome, shown["grade"], grade, body.reason, body.settled_on, officer.subject
    )
    await conn.execute(_SHOW_AGAIN, campaign["id"], objection["household_id"], grade, ends_on)
    return await queries.get_objection(conn, objection_id)


def _ensure_fits(body: SettlementIn, objection: Record, grade: str | None, scheme: RatingScheme) -> None:
    if body.settled_on < objection["raised_on"]:
        raise SettlementInvalid(
            Sentence(
                f"{objection['raised_on']} 提出的异议不能在 {body.settled_on} 处理",
                f"An objection raised on {objection['raised_on']} cannot be settled on {body.settled_on}",
            ),
            settled_on=body.settled_on.isoformat(),
        )
    known = [each.code for each in scheme.grades]
    if body.grade is not None and body.grade not in known:
        raise SettlementInvalid(
            Sentence(
                f"没有等级 {body.grade}，现有等级为 {'、'.join(known)}",
                f"{body.grade} is no grade; the grades are {', '.join(known)}",
            ),
            grade=body.grade,
        )
    if body.outcome == "upheld" and "grade" not in body.model_fields_set:
        raise SettlementInvalid(
            Sentence(
                "异议成立的，须写明正确的等级；没有等级的填 null",
                "An upheld objection says which grade is right; name it, or null for none",
            )
        )
    if body.outcome == "upheld" and body.grade == grade:
        raise SettlementInvalid(
            Sentence(
                f"该户现等级已是 {grade or '无'}，异议成立的，须填写不同的等级",
                f"The household has the grade {grade or 'none'} already; an upheld objection gives another one",
            ),
            grade=grade,
        )
    if body.outcome == "dismissed" and body.grade is not None:
        raise SettlementInvalid(
            Sentence(
                "异议不成立的，不改变等级，请将等级留空",
                "A dismissed objection changes no grade; leave the grade out",
            ),
            grade=body.grade,
        )


async def _shown(conn: Connection, officer: Principal, right: Right, campaign_id: UUID, household_id: UUID) -> Record:
    row = await conn.fetchrow(_SHOWN, campaign_id, household_id, officer.regions_for(right))
    if row is None:
        raise NotInCampaign(household_id)
    return row
