"""Visits over HTTP: open one, grant it, withdraw it, list and print them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.lending.access import FileApplications, RateHouseholds, ReadApplications
from services.lending.visits import queries
from services.lending.visits.actions import granting, opening
from services.lending.visits.rules.sheet import page_of as printed
from services.lending.visits.schemas import VisitGrantIn, VisitIn, VisitOut, VisitState, VisitWithdrawalIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["入户办理 Visits"])


@router.post("/visits", response_model=VisitOut, status_code=201)
async def open_visit(body: VisitIn, officer: FileApplications, write: Write, request: Request) -> Response:
    """Record one visit: what was collected for the rating, and the loan that the household asks for (DY-4).

    The survey goes to the registry in the officer's own name. Where something failed on the way, send the same request
    with the same Idempotency-Key again: what is done is not done twice.
    """
    household = await opening.record_collected(request.app.state.registry, write, body)
    return await write(lambda conn: opening.open_visit(conn, officer, body, household))


@router.post("/visits/{visit_id}/grants", response_model=VisitOut, status_code=201)
async def grant_visit(
    visit_id: UUID, body: VisitGrantIn, officer: RateHouseholds, write: Write, request: Request
) -> Response:
    """Rate the visit's household, grant its limit and file its application, all at once, as the rating office (DY-4).

    Another person than the one who visited grants. Where something failed on the way, send the request again: a visit
    is rated once, and its application is filed once.
    """
    granted = await granting.rate(request.app.state.registry, write, visit_id, body)
    return await write(lambda conn: granting.grant_visit(conn, officer, visit_id, body, granted))


@router.post("/visits/{visit_id}/withdrawals", response_model=VisitOut, status_code=201)
async def withdraw_visit(visit_id: UUID, body: VisitWithdrawalIn, officer: FileApplications, write: Write) -> Response:
    """End a visit of which nothing comes, before it is granted."""
    return await write(lambda conn: opening.withdraw_visit(conn, officer, visit_id, body))


@router.get("/visits", response_model=PageOf[VisitOut])
async def list_visits(
    officer: ReadApplications,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    state: VisitState | None = None,
) -> Any:
    """List visits in the caller's regions, oldest first; a bank sees its own. `open` ones wait to be granted."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    return page_of(await queries.list_visits(conn, scope, page, region_code, state), page.limit, "id")


@router.get("/visits/{visit_id}", response_model=VisitOut)
async def get_visit(visit_id: UUID, officer: ReadApplications, conn: Read) -> VisitOut:
    """Show one visit: what was collected and asked for, and what was granted."""
    return await queries.get_visit(conn, scope_of(officer, Right.APPLICATIONS_READ), visit_id)


@router.get("/visits/{visit_id}/sheet.html", status_code=200, response_class=HTMLResponse)
async def print_visit(visit_id: UUID, officer: ReadApplications, conn: Read) -> HTMLResponse:
    """Show the visit's sheet as an A4 page to print and have signed by household, township and bank."""
    sheet = await queries.visit_sheet(conn, scope_of(officer, Right.APPLICATIONS_READ), visit_id)
    return HTMLResponse(printed(sheet))
