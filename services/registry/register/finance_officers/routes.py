"""Village finance officers over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import AppointFinanceOfficers, ReadFinanceOfficers
from services.registry.register.finance_officers import actions, queries
from services.registry.register.finance_officers.schemas import (
    FinanceOfficerCoverage,
    FinanceOfficerEndIn,
    FinanceOfficerIn,
    FinanceOfficerOut,
)
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["村级金融服务专员 Village finance officers"])


@router.post("/finance-officers", status_code=201, response_model=FinanceOfficerOut)
async def appoint_finance_officer(body: FinanceOfficerIn, officer: AppointFinanceOfficers, write: Write) -> Response:
    """Appoint the finance officer of a village, in the place of who served before (FJ-7)."""
    return await write(lambda tx: actions.appoint_officer(tx, officer, body))


@router.get("/finance-officers", status_code=200, response_model=PageOf[FinanceOfficerOut])
async def list_finance_officers(
    officer: ReadFinanceOfficers, conn: Read, page: Page, region_code: RegionCode, as_of: Day | None = None
) -> Any:
    """List village finance officers; who serves on a day, or every appointment when no day is named."""
    found = await queries.list_officers(
        conn, officer, region=region_code, as_of=as_of, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.get("/finance-officers/coverage", status_code=200, response_model=FinanceOfficerCoverage)
async def show_finance_officer_coverage(
    officer: ReadFinanceOfficers, conn: Read, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> FinanceOfficerCoverage:
    """Show how many villages have a finance officer on a day, and which have none."""
    return await queries.coverage(conn, officer, region_code, as_of or today)


@router.post("/finance-officers/{appointment_id}/terminations", status_code=201, response_model=FinanceOfficerOut)
async def end_finance_officer(
    appointment_id: UUID, body: FinanceOfficerEndIn, officer: AppointFinanceOfficers, write: Write
) -> Response:
    """Enter that an officer left; or, by another person than who recorded it, that the appointment was wrong."""
    return await write(lambda tx: actions.end_service(tx, officer, appointment_id, body))
