"""The question who may borrow, over HTTP: for named households, or for every household of a region."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Response

from services.registry.access import CheckEligibility, ScreenEligibility
from services.registry.standing.eligibility import queries
from services.registry.standing.eligibility.actions import checks, screenings
from services.registry.standing.eligibility.schemas import (
    EligibilityChecksIn,
    EligibilityChecksOut,
    EligibilityScreeningIn,
    EligibilityScreeningOut,
    ScreeningAnswerOut,
)
from shared.regions import RegionCode
from shared.web.bodies import Code
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款资格 Eligibility"])


@router.post("/eligibility-checks", status_code=200, response_model=EligibilityChecksOut)
async def check_eligibility(body: EligibilityChecksIn, caller: CheckEligibility, conn: Read) -> Response:
    """Answer for each household whether it may have the loan and, if not, every reason with its clause.

    A question: nothing is decided and no Idempotency-Key is needed. Answers come in the order of the questions. Asked
    `for_application` by a service, question and facts are stored once, however often the request is repeated. A
    service names the regions of the officer for whom it asks; a household outside them is unknown, as an invented one.
    """
    answer = await checks.check_eligibility(conn, caller, body)
    return Response(orjson.dumps(answer, default=str), media_type="application/json")


@router.post("/eligibility-screenings", status_code=201, response_model=EligibilityScreeningOut)
async def screen_eligibility(body: EligibilityScreeningIn, officer: ScreenEligibility, write: Write) -> Response:
    """Ask the same for every household of a county, township or village that is on the register on that day.

    The answers are those of `POST /eligibility-checks`, household by household; they are stored with their counts by
    reason and by township.
    """
    return await write(lambda tx: screenings.screen_region(tx, officer, body))


@router.get("/eligibility-screenings", status_code=200, response_model=PageOf[EligibilityScreeningOut])
async def list_eligibility_screenings(
    officer: ScreenEligibility, conn: Read, page: Page, region_code: RegionCode
) -> Any:
    """List the screenings of a region and below it in the order in which they were made."""
    found = await queries.list_screenings(
        conn, officer, region=region_code, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.get("/eligibility-screenings/{screening_id}", status_code=200, response_model=EligibilityScreeningOut)
async def show_eligibility_screening(
    screening_id: UUID, officer: ScreenEligibility, conn: Read
) -> EligibilityScreeningOut:
    """Show how many households may borrow, and how many each reason bars."""
    return await queries.get_screening(conn, officer, screening_id)


@router.get(
    "/eligibility-screenings/{screening_id}/households", status_code=200, response_model=PageOf[ScreeningAnswerOut]
)
async def list_screened_households(
    screening_id: UUID,
    officer: ScreenEligibility,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    reason: Code | None = None,
    eligible: bool | None = None,
) -> Any:
    """List a screening's households of a region, each with every reason against it."""
    found = await queries.list_answers(
        conn,
        officer,
        screening_id,
        region=region_code,
        reason=reason,
        eligible=eligible,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "household_id")
