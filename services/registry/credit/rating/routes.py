"""Ratings over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import (
    FinaliseRatings,
    RaiseObjections,
    ReadHouseholds,
    ReviewRatings,
    ScoreRatings,
    SettleObjections,
)
from services.registry.credit.rating import entry, household_queries, progress, queries
from services.registry.credit.rating.actions import campaigns, objections, reviews, scores, visits
from services.registry.credit.rating.schemas import (
    AreaOut,
    CampaignIn,
    CampaignOut,
    CampaignState,
    CampaignSummary,
    EntryRateOut,
    FinalisationIn,
    HouseholdRatingOut,
    ObjectionIn,
    ObjectionOut,
    ProgressOut,
    PublicNoticeIn,
    RatingOut,
    ReviewIn,
    ReviewOut,
    ScoreOut,
    ScoringIn,
    SettlementIn,
    VisitRatingIn,
    VisitRatingOut,
)
from shared.regions import CountyCode, RegionCode
from shared.web.bodies import Day
from shared.web.edge import Cipher, Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["信用评级 Ratings"])
OfBank = Annotated[str | None, Query(max_length=40)]
Level = Literal["group", "village", "township"]
OfGrade = Annotated[str | None, Query(max_length=20)]


@router.post("/rating-campaigns", status_code=201, response_model=CampaignOut)
async def open_rating_campaign(body: CampaignIn, officer: ScoreRatings, write: Write) -> Response:
    """Open a county's rating of one year under the pack in force on `as_of`, or that of a bank's own standard."""
    return await write(lambda tx: campaigns.open_campaign(tx, officer, body))


@router.get("/rating-campaigns", status_code=200, response_model=PageOf[CampaignSummary])
async def list_rating_campaigns(
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    bank_code: Annotated[str | None, Query(max_length=40)] = None,
    state: CampaignState | None = None,
) -> Any:
    """List the campaigns of your counties in the order of opening; `bank_code` is null for a county's own rating."""
    found = await queries.list_campaigns(
        conn,
        officer,
        county_code=county_code,
        year=year,
        bank_code=bank_code,
        state=state,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/rating-campaigns/{campaign_id}", status_code=200, response_model=CampaignOut)
async def show_rating_campaign(campaign_id: UUID, officer: ReadHouseholds, conn: Read) -> CampaignOut:
    """Show a campaign and how far it is."""
    return await queries.get_campaign_for(conn, officer, campaign_id)


@router.get("/rating-campaigns/{campaign_id}/progress", status_code=200, response_model=ProgressOut)
async def show_rating_progress(
    campaign_id: UUID, officer: ReadHouseholds, conn: Read, today: Today, as_of: Day | None = None
) -> ProgressOut:
    """Show households by stage, credit limits and loans granted, by township and by week, as of a day (DY-1)."""
    return await progress.get_progress(conn, officer, campaign_id, as_of or today)


@router.post("/rating-campaigns/{campaign_id}/scores", status_code=201, response_model=CampaignOut)
async def score_rating_campaign(
    campaign_id: UUID, officer: ScoreRatings, write: Write, body: ScoringIn | None = None
) -> Response:
    """Compute the preliminary score of every household of the county surveyed by the campaign's day, or a later one
    that is named.
    """
    return await write(lambda tx: scores.score_campaign(tx, officer, campaign_id, body))


@router.get("/rating-campaigns/{campaign_id}/scores", status_code=200, response_model=PageOf[ScoreOut])
async def list_rating_scores(
    campaign_id: UUID, officer: ReadHouseholds, conn: Read, page: Page, region_code: RegionCode, grade: OfGrade = None
) -> Any:
    """List the campaign's households with score, grade so far, and how the score comes about, line by line."""
    found = await queries.list_scores(
        conn, officer, campaign_id, region=region_code, grade=grade, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "household_id")


@router.post("/rating-campaigns/{campaign_id}/reviews", status_code=201, response_model=CampaignOut)
async def review_rating_campaign(
    campaign_id: UUID, body: ReviewIn, officer: ReviewRatings, cipher: Cipher, write: Write
) -> Response:
    """Record a rating group's review of a region or village group; its members' own families wait for another."""
    return await write(lambda tx: reviews.review_campaign(tx, officer, cipher, campaign_id, body))


@router.get("/rating-campaigns/{campaign_id}/reviews", status_code=200, response_model=PageOf[ReviewOut])
async def list_rating_reviews(campaign_id: UUID, officer: ReadHouseholds, conn: Read, page: Page) -> Any:
    """List who reviewed which village or group, and when."""
    found = await queries.list_reviews(conn, officer, campaign_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/rating-campaigns/{campaign_id}/objections", status_code=201, response_model=ObjectionOut)
async def raise_rating_objection(
    campaign_id: UUID, body: ObjectionIn, officer: RaiseObjections, write: Write
) -> Response:
    """Record an objection against a household's grade while it is on public notice."""
    return await write(lambda tx: objections.raise_objection(tx, officer, campaign_id, body))


@router.get("/rating-campaigns/{campaign_id}/objections", status_code=200, response_model=PageOf[ObjectionOut])
async def list_rating_objections(
    campaign_id: UUID,
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    is_open: bool | None = None,
) -> Any:
    """List objections against grades of a campaign, oldest first."""
    found = await queries.list_objections(
        conn, officer, campaign_id, is_open=is_open, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.post("/rating-objections/{objection_id}/settlements", status_code=201, response_model=ObjectionOut)
async def settle_rating_objection(
    objection_id: UUID, body: SettlementIn, officer: SettleObjections, write: Write
) -> Response:
    """Settle an objection: upheld gives another grade, which is put on public notice again for that household."""
    return await write(lambda tx: objections.settle_objection(tx, officer, objection_id, body))


@router.get("/rating-campaigns/{campaign_id}/areas", status_code=200, response_model=PageOf[AreaOut])
async def list_campaign_areas(campaign_id: UUID, officer: ReadHouseholds, conn: Read, page: Page, level: Level) -> Any:
    """List groups, villages or townships with the share of credit households that the campaign found."""
    found = await queries.list_campaign_areas(
        conn, officer, campaign_id, level=level, after=page.after, limit=page.limit + 1
    )
    return page_of(found, page.limit, "key")


@router.get("/credit-areas", status_code=200, response_model=PageOf[AreaOut])
async def list_credit_areas(
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    today: Today,
    county_code: CountyCode,
    level: Level,
    as_of: Day | None = None,
    only_credit: bool | None = None,
) -> Any:
    """List credit groups, villages or townships as of a day, by the county's last final rating (SX-5a)."""
    found = await queries.list_credit_areas(
        conn,
        officer,
        county_code=county_code,
        level=level,
        as_of=as_of or today,
        only_credit=only_credit,
        after=page.after,
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "key")


@router.post("/rating-campaigns/{campaign_id}/public-notices", status_code=201, response_model=CampaignOut)
async def put_on_public_notice_rating_campaign(
    campaign_id: UUID, body: PublicNoticeIn, officer: ScoreRatings, write: Write
) -> Response:
    """Put the reviewed result on public notice; `public_notice_ends_on` is the first day on which it may become
    final.
    """
    return await write(lambda tx: campaigns.put_on_public_notice_campaign(tx, officer, campaign_id, body))


@router.post("/rating-campaigns/{campaign_id}/finalisations", status_code=201, response_model=CampaignOut)
async def finalise_rating_campaign(
    campaign_id: UUID, body: FinalisationIn, officer: FinaliseRatings, write: Write
) -> Response:
    """Make the grades final; refused while the result is on public notice."""
    return await write(lambda tx: campaigns.finalise_campaign(tx, officer, campaign_id, body))


@router.post("/visit-ratings", status_code=201, response_model=VisitRatingOut)
async def rate_at_visit(body: VisitRatingIn, officer: FinaliseRatings, write: Write) -> Response:
    """Rate one household by what a visit of the day collected, and grant its limit, where the pack has visits do so.

    Another person than the one who collected rates (DY-4). Asked again for the same visit, it answers what stands.
    """
    return await write(lambda tx: visits.rate_at_visit(tx, officer, body))


@router.get("/ratings", status_code=200, response_model=PageOf[RatingOut])
async def list_ratings(
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    today: Today,
    as_of: Day | None = None,
    bank_code: OfBank = None,
) -> Any:
    """List the households' latest ratings as of a day: valid or not, stale or not."""
    found = await household_queries.list_ratings(
        conn,
        officer,
        region=region_code,
        bank_code=bank_code,
        as_of=as_of or today,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "household_id")


@router.get("/ratings/entry-rate", status_code=200, response_model=EntryRateOut)
async def show_entry_rate(
    officer: ReadHouseholds, conn: Read, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> EntryRateOut:
    """Show which part of the rated households has complete data, by township (ZJ-7)."""
    return await entry.get_entry_rate(conn, officer, region_code, as_of or today)


@router.get("/households/{household_id}/rating", status_code=200, response_model=HouseholdRatingOut)
async def show_household_rating(
    household_id: UUID,
    officer: ReadHouseholds,
    conn: Read,
    today: Today,
    as_of: Day | None = None,
    bank_code: OfBank = None,
) -> HouseholdRatingOut:
    """Show a household's ratings, and line by line how its score comes about, by the county's or a bank's standard."""
    return await household_queries.get_household_rating(conn, officer, household_id, bank_code, as_of or today)
