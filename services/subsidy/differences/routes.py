"""Differences over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ReadSubsidies, ReviewSubsidies
from services.subsidy.clawbacks.schemas import ClawbackIn, ClawbackOut
from services.subsidy.differences import actions, queries
from services.subsidy.differences.schemas import OverpaidLine, UnderpaidLine
from shared.access import Right
from shared.regions import CountyCode
from shared.scope import scope_of
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter()


@router.get("/overpaid-lines", status_code=200, response_model=PageOf[OverpaidLine], tags=["贴息批次 Subsidy batches"])
async def list_overpaid_lines(
    officer: ReadSubsidies, conn: Read, page: Page, today: Today, county_code: CountyCode
) -> Any:
    """List approved or paid lines that give more than the rule gives by what is known today.

    A household marked stably lifted from an earlier day, after its interest was reimbursed, shows up here (FJ-6), and
    interest whose repayment was taken back.
    """
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_overpaid_lines(conn, scope, county_code, today, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "line_id")


@router.get(
    "/underpaid-lines", status_code=200, response_model=PageOf[UnderpaidLine], tags=["贴息批次 Subsidy batches"]
)
async def list_underpaid_lines(
    officer: ReadSubsidies, conn: Read, page: Page, today: Today, county_code: CountyCode
) -> Any:
    """List lines that give less than the rule gives by what is known today; the next batch supplements them (SX-5)."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_underpaid_lines(conn, scope, county_code, today, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "line_id")


@router.post("/clawbacks", status_code=201, response_model=ClawbackOut, tags=["追回 Claw-backs"])
async def propose_clawback(body: ClawbackIn, officer: ReviewSubsidies, write: Write) -> Response:
    """Propose to take back a subsidy that was paid wrongly (DZ-7)."""
    return await write(lambda tx: actions.propose_clawback(tx, officer, body))
