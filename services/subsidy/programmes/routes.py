"""Programmes over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ManageProgrammes, ReadSubsidies
from services.subsidy.programmes import actions, queries
from services.subsidy.programmes.schemas import ProgrammeIn, ProgrammeOut, SupplementIn
from shared.access import Right
from shared.regions import CountyCode
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贴息项目 Programmes"])


@router.post("/programmes", status_code=201, response_model=ProgrammeOut)
async def open_programme(body: ProgrammeIn, officer: ManageProgrammes, write: Write) -> Response:
    """Open a year's subsidy programme: its period, its sources of money, its budget and its targets (DZ-2)."""
    return await write(lambda tx: actions.open_programme(tx, officer, body))


@router.post("/programmes/{programme_id}/supplements", status_code=201, response_model=ProgrammeOut)
async def supplement_programme(
    programme_id: UUID, body: SupplementIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Add money to a programme whose budget is not enough."""
    return await write(lambda tx: actions.supplement_programme(tx, officer, programme_id, body))


@router.get("/programmes", status_code=200, response_model=PageOf[ProgrammeOut])
async def list_programmes(
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
) -> Any:
    """List programmes with what they may promise, have promised and have paid, and progress against each target."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_programmes(conn, scope, county_code, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/programmes/{programme_id}", status_code=200, response_model=ProgrammeOut)
async def show_programme(programme_id: UUID, officer: ReadSubsidies, conn: Read) -> ProgrammeOut:
    """Show one programme and its progress."""
    regions = scope_of(officer, Right.SUBSIDIES_READ).regions
    return await queries.get_programme(conn, regions, programme_id)
