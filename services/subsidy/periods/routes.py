"""Periods over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ReadSubsidies, RunJobs
from services.subsidy.periods import actions, queries
from services.subsidy.periods.schemas import LatePeriodOut, LatePeriodsRunOut, PeriodOut
from shared.access import Right
from shared.jobs import JobRunIn
from shared.regions import CountyCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贴息批次 Subsidy batches"])


@router.get("/subsidy-periods", status_code=200, response_model=list[PeriodOut])
async def list_subsidy_periods(
    officer: ReadSubsidies, conn: Read, today: Today, county_code: CountyCode, as_of: Day | None = None
) -> list[PeriodOut]:
    """List a county's periods of the last two years by its pack: done, due, or late without a run (SX-5)."""
    return await queries.list_periods(conn, scope_of(officer, Right.SUBSIDIES_READ), county_code, as_of or today)


@router.get("/late-subsidy-periods", status_code=200, response_model=PageOf[LatePeriodOut])
async def list_late_subsidy_periods(
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
    is_open: bool | None = None,
) -> Any:
    """List periods whose run was late, each with the office whose duty it is; `is_open`: interest waits (SX-5)."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_late_periods(conn, scope, county_code, is_open, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/jobs/note-late-periods/runs", status_code=201, response_model=LatePeriodsRunOut)
async def run_late_periods(body: JobRunIn, officer: RunJobs, write: Write) -> Response:
    """Note the periods of a county whose run is late on a day, publish each once, and end those that were caught up."""
    return await write(lambda tx: actions.note_late_periods(tx, officer, body))
