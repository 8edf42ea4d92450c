"""Credit surveys over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import ReadHouseholds, ReadPacks, RecordSurveys
from services.registry.credit.surveys import actions, queries
from services.registry.credit.surveys.schemas import FormOut, SurveyRecordOut, SurveysIn, SurveysOut, SurveyStateOut
from shared.regions import CountyOrPart, RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["信用采集 Credit surveys"])
OfBank = Annotated[str | None, Query(max_length=40)]
OfHelper = Annotated[str | None, Query(max_length=200)]


@router.get("/rating-forms", status_code=200, response_model=FormOut)
async def show_rating_form(
    officer: ReadPacks,
    conn: Read,
    today: Today,
    county_code: CountyOrPart,
    bank_code: OfBank = None,
    as_of: Day | None = None,
) -> FormOut:
    """Show the collection form: indicators with names, unit and how they are scored, from the pack that holds there."""
    return await queries.get_form(conn, county_code, bank_code, as_of or today)


@router.post("/credit-surveys", status_code=201, response_model=SurveysOut)
async def record_credit_surveys(body: SurveysIn, officer: RecordSurveys, write: Write) -> Response:
    """Record what visits collected, one household or a batch; all are recorded or none."""
    return await write(lambda tx: actions.record_surveys(tx, officer, body))


@router.get("/credit-surveys", status_code=200, response_model=PageOf[SurveyStateOut])
async def list_credit_surveys(
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    helper: OfHelper = None,
) -> Any:
    """List households with their latest survey and whether it is stale, by village, township or helper."""
    found = await queries.list_survey_states(
        conn,
        officer,
        region=region_code,
        on=as_of or today,
        helper=helper,
        only_due=False,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "household_id")


@router.get("/credit-surveys/due", status_code=200, response_model=PageOf[SurveyStateOut])
async def list_due_surveys(
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    helper: OfHelper = None,
) -> Any:
    """List households whose survey is missing or must be collected again by that day (DZ-4b)."""
    found = await queries.list_survey_states(
        conn,
        officer,
        region=region_code,
        on=as_of or today,
        helper=helper,
        only_due=True,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "household_id")


@router.get("/households/{household_id}/credit-surveys", status_code=200, response_model=list[SurveyRecordOut])
async def list_household_surveys(household_id: UUID, officer: ReadHouseholds, conn: Read) -> list[SurveyRecordOut]:
    """List what was collected of a household over time, newest first; nothing is ever changed."""
    return await queries.list_household_surveys(conn, officer, household_id)
