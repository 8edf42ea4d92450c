"""A rating campaign, step by step: open, put on public notice, make final (ZJ-1, LG-10)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.credit.certificates.actions import withdraw_fallen
from services.registry.credit.rating import queries
from services.registry.credit.rating.final_sql import RATE, TAKE_AWAY, TOTALS, grade_areas
from services.registry.credit.rating.refusals import (
    CampaignExists,
    CampaignUnknown,
    NotYetReviewed,
    ObjectionsStillOpen,
    PublicNoticeStillRuns,
    WrongCampaignState,
)
from services.registry.credit.rating.rules import public_notice
from services.registry.credit.rating.rules.scoring import credit_limit_of
from services.registry.credit.rating.schemas import CampaignIn, CampaignOut, FinalisationIn, PublicNoticeIn
from services.registry.credit.surveys.refusals import FormBankUnknown
from services.registry.policy.packs.queries import get_pack_in_force, pack_by_id
from services.registry.policy.packs.rules.schemes import banks_with_own_scheme, own_scheme, scheme_of
from shared import outbox
from shared.access import Principal, Right
from shared.dates import add_months, ensure_not_before
from shared.db import Connection
from shared.events.registry import RatingCampaignFinalised
from shared.ids import new_id
from shared.offices import Step, acting_for
from shared.policy.pack import PolicyPack
from shared.policy.rating_terms import RatingScheme
from shared.policy.vocabulary import Office
from shared.scope import organisation_of

_OPEN = """
INSERT INTO rating_campaign (id, county_code, bank_code, year, as_of, pack_id, state, opened_by)
VALUES ($1, $2, $3, $4, $5, $6, 'opened', $7) ON CONFLICT (county_code, year, bank_code) DO NOTHING RETURNING id
"""
_LOCK = """
SELECT id, county_code, bank_code, year, state, as_of, coalesce(facts_as_of, as_of) AS facts_as_of, pack_id,
  public_notice_started_on, public_notice_ends_on
FROM rating_campaign WHERE id = $1 FOR UPDATE
"""
_UNREVIEWED = """
SELECT village_code, count(*) AS household_count FROM rating_score
WHERE campaign_id = $1 AND review_id IS NULL GROUP BY 1 ORDER BY 1
"""
_LAST_REVIEW = "SELECT max(reviewed_on) FROM rating_review WHERE campaign_id = $1"
_PUT_ON_PUBLIC_NOTICE = """
UPDATE rating_campaign SET state = 'on_public_notice', public_notice_started_on = $2,
  public_notice_ends_on = $3 WHERE id = $1
"""
_OPEN_OBJECTIONS = """
SELECT o.id FROM rating_objection o
WHERE o.campaign_id = $1 AND NOT EXISTS (SELECT FROM rating_settlement t WHERE t.objection_id = o.id) ORDER BY o.id
"""
_LAST_SHOWN = "SELECT max(public_notice_ends_on) FROM rating_score WHERE campaign_id = $1"
_FINALISE = """
UPDATE rating_campaign SET state = 'final', finalised_on = $2, finalised_by = $3, finalised_as = $4 WHERE id = $1
"""


async def open_campaign(conn: Connection, officer: Principal, body: CampaignIn) -> CampaignOut:
    """Open a county's rating of one year under the pack in force on `as_of`, or that of a bank with its own standard.

    Raises:
        OutsideRegion, NoPackInForce, FormBankUnknown, CampaignExists
    """
    officer.ensure_region(Right.RATINGS_SCORE, body.county_code)
    found = await get_pack_in_force(conn, body.county_code, body.as_of)
    scheme = found.pack.rating_scheme()
    if body.bank_code is not None and own_scheme(scheme, body.bank_code) is None:
        raise FormBankUnknown(body.county_code, body.bank_code, banks_with_own_scheme(scheme))
    campaign_id = await conn.fetchval(
        _OPEN, new_id(), body.county_code, body.bank_code, body.year, body.as_of, found.pack_id, officer.subject
    )
    if campaign_id is None:
        raise CampaignExists(body.county_code, body.year, body.bank_code)
    return await queries.get_campaign(conn, campaign_id)


async def put_on_public_notice_campaign(
    conn: Connection, officer: Principal, campaign_id: UUID, body: PublicNoticeIn
) -> CampaignOut:
    """Put the reviewed result on public notice for the pack's working days at each of its levels (ZJ-1).

    Raises:
        CampaignUnknown, WrongCampaignState, NotYetReviewed, DateBeforeStep
    """
    campaign = await locked_campaign(conn, officer, Right.RATINGS_SCORE, campaign_id)
    ensure_state(campaign, "public_notice", "scored")
    ensure_not_before("started_on", body.started_on, "as_of", campaign["as_of"])
    if unreviewed := await conn.fetch(_UNREVIEWED, campaign_id):
        raise NotYetReviewed(sum(row["household_count"] for row in unreviewed), [row[0] for row in unreviewed])
    reviewed_on: date | None = await conn.fetchval(_LAST_REVIEW, campaign_id)
    if reviewed_on is not None:
        ensure_not_before("started_on", body.started_on, "reviewed_on", reviewed_on)
    pack, _ = await campaign_rules(conn, campaign)
    ends_on = public_notice.ends_on(body.started_on, pack.public_notice_rule())
    await conn.execute(_PUT_ON_PUBLIC_NOTICE, campaign_id, body.started_on, ends_on)
    return await queries.get_campaign(conn, campaign_id)


async def finalise_campaign(
    conn: Connection, officer: Principal, campaign_id: UUID, body: FinalisationIn
) -> CampaignOut:
    """Make the grades final: households get rating and credit limit, areas their grade; the totals are published.

    Raises:
        CampaignUnknown, OtherOffice, WrongCampaignState, ObjectionsStillOpen, PublicNoticeStillRuns
    """
    campaign = await locked_campaign(conn, officer, Right.RATINGS_FINALISE, campaign_id)
    pack, scheme = await campaign_rules(conn, campaign)
    office = acting_for(officer, Step.RATING_FINALISATION, campaign["county_code"], pack)
    if office is Office.BANK and campaign["bank_code"] not in (None, organisation_of(officer)):
        raise CampaignUnknown(campaign_id)
    ensure_state(campaign, "finalisations", "on_public_notice")
    if still_open := await conn.fetch(_OPEN_OBJECTIONS, campaign_id):
        raise ObjectionsStillOpen([row["id"] for row in still_open])
    ends_on = max(campaign["public_notice_ends_on"], await conn.fetchval(_LAST_SHOWN, campaign_id) or date.min)
    if body.finalised_on < ends_on:
        raise PublicNoticeStillRuns(ends_on, body.finalised_on)
    await _rate(conn, campaign, scheme, body.finalised_on)
    await grade_areas(conn, campaign_id, campaign["county_code"], body.finalised_on, scheme)
    await conn.execute(_FINALISE, campaign_id, body.finalised_on, officer.subject, str(office))
    await _tell(conn, campaign, body.finalised_on)
    return await queries.get_campaign(conn, campaign_id)


async def _rate(conn: Connection, campaign: Record, scheme: RatingScheme, on: date) -> None:
    codes = [grade.code for grade in scheme.grades]
    credit_limits = [credit_limit_of(code, scheme) for code in codes]
    until, keeps = add_months(on, scheme.valid_months), scheme.earned_limit_kept is not False
    await conn.execute(RATE, campaign["id"], campaign["bank_code"], on, until, codes, credit_limits, keeps)
    await conn.execute(TAKE_AWAY, campaign["id"], campaign["bank_code"], on, until, keeps)
    await withdraw_fallen(conn, campaign["id"], on, campaign["bank_code"], banks_with_own_scheme(scheme), codes)


async def _tell(conn: Connection, campaign: Record, on: date) -> None:
    totals: dict[str, Any] = dict(await conn.fetchrow(TOTALS, campaign["id"], campaign["county_code"], on) or {})
    event = RatingCampaignFinalised(
        campaign_id=campaign["id"],
        county_code=campaign["county_code"],
        bank_code=campaign["bank_code"],
        year=campaign["year"],
        finalised_on=on,
        **{**totals, "credit_limit_total": Decimal(totals["credit_limit_total"])},
    )
    await outbox.record(
        conn, event, aggregate_id=campaign["id"], aggregate_version=1, region_code=campaign["county_code"]
    )


async def campaign_rules(conn: Connection, campaign: Record) -> tuple[PolicyPack, RatingScheme]:
    """Return the pack a campaign was opened under and the scheme of whoever rates in it (LG-10)."""
    pack = await pack_by_id(conn, campaign["pack_id"])
    return pack, scheme_of(pack.rating_scheme(), campaign["bank_code"])


async def locked_campaign(conn: Connection, officer: Principal, right: Right, campaign_id: UUID) -> Record:
    """Return the campaign, locked, when the officer holds the right in, or for field offices around, its county.

    Raises:
        CampaignUnknown
    """
    row = await conn.fetchrow(_LOCK, campaign_id)
    if row is None or not _touches(officer, right, row["county_code"]):
        raise CampaignUnknown(campaign_id)
    return row


def _touches(officer: Principal, right: Right, county_code: str) -> bool:
    scopes = officer.regions_for(right)
    # A township's group reviews, and hears objections to, its own part of the county's campaign.
    if right in (Right.RATINGS_REVIEW, Right.OBJECTIONS_RAISE, Right.OBJECTIONS_SETTLE):
        return any(scope.startswith(county_code) or county_code.startswith(scope) for scope in scopes)
    return any(county_code.startswith(scope) for scope in scopes)


def ensure_state(campaign: Record, step: str, *needed: str) -> None:
    """Refuse a step that the campaign is not ready for.

    Raises:
        WrongCampaignState
    """
    if campaign["state"] not in needed:
        raise WrongCampaignState(campaign["state"], needed, step)
