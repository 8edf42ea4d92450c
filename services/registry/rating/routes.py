"""Ratings over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import FinaliseRatings, ReadHouseholds, ReviewRatings, ScoreRatings
from services.registry.edge import InRegion, Read, Today
from services.registry.rating import actions, queries
from services.registry.rating.schemas import (
    CampaignIn,
    CampaignOut,
    FinalisationIn,
    HouseholdRatingOut,
    PublicityIn,
    RatingOut,
    ReviewIn,
)
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["信用评级 Ratings"])
AsOf = Annotated[date | None, Query(description="the day asked about; today if left out")]


@router.post("/rating-campaigns", status_code=201, response_model=CampaignOut)
async def open_rating_campaign(body: CampaignIn, officer: ScoreRatings, write: Write) -> Response:
    """Open a county's rating of one year under the policy pack in force on `as_of`."""
    return await write(lambda tx: actions.open_campaign(tx, officer, body))


@router.get("/rating-campaigns/{campaign_id}", status_code=200, response_model=CampaignOut)
async def show_rating_campaign(campaign_id: UUID, officer: ReadHouseholds, conn: Read) -> CampaignOut:
    """Show a campaign and how far it is."""
    return await queries.get_campaign_for(conn, officer, campaign_id)


@router.post("/rating-campaigns/{campaign_id}/scores", status_code=201, response_model=CampaignOut)
async def score_rating_campaign(campaign_id: UUID, officer: ScoreRatings, write: Write) -> Response:
    """Compute the preliminary score of every household of the county that has answers."""
    return await write(lambda tx: actions.score_campaign(tx, officer, campaign_id))


@router.post("/rating-campaigns/{campaign_id}/reviews", status_code=201, response_model=CampaignOut)
async def review_rating_campaign(campaign_id: UUID, body: ReviewIn, officer: ReviewRatings, write: Write) -> Response:
    """Record a rating group's review of a region, with a reason for every grade it changes."""
    return await write(lambda tx: actions.review_campaign(tx, officer, campaign_id, body))


@router.post("/rating-campaigns/{campaign_id}/publicity", status_code=201, response_model=CampaignOut)
async def publicise_rating_campaign(
    campaign_id: UUID, body: PublicityIn, officer: ScoreRatings, write: Write
) -> Response:
    """Put the reviewed result on show; `publicity_ends_on` is the first day on which it may become final."""
    return await write(lambda tx: actions.publicise_campaign(tx, officer, campaign_id, body))


@router.post("/rating-campaigns/{campaign_id}/finalisations", status_code=201, response_model=CampaignOut)
async def finalise_rating_campaign(
    campaign_id: UUID, body: FinalisationIn, officer: FinaliseRatings, write: Write
) -> Response:
    """Make the grades final; refused while the result is on show."""
    return await write(lambda tx: actions.finalise_campaign(tx, officer, campaign_id, body))


@router.get("/ratings", status_code=200, response_model=PageOf[RatingOut])
async def list_ratings(
    officer: ReadHouseholds, conn: Read, page: Page, region: InRegion, today: Today, as_of: AsOf = None
) -> Any:
    """List the households' latest ratings as of a day."""
    found = await queries.list_ratings(
        conn, officer, region=region, as_of=as_of or today, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "household_id")


@router.get("/households/{household_id}/rating", status_code=200, response_model=HouseholdRatingOut)
async def show_household_rating(
    household_id: UUID, officer: ReadHouseholds, conn: Read, today: Today, as_of: AsOf = None
) -> HouseholdRatingOut:
    """Show a household's ratings, and line by line how its score comes about."""
    return await queries.get_household_rating(conn, officer, household_id, as_of or today)
