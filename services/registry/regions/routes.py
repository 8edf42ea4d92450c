"""Regions over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.registry.access import LoadRegions, ReadRegions
from services.registry.edge import Read, upload
from services.registry.regions import actions, queries
from services.registry.regions.schemas import RegionImportOut, RegionOut
from shared.regions import RegionCode
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["行政区划 Regions"])


@router.post(
    "/region-imports",
    status_code=201,
    response_model=RegionImportOut,
    openapi_extra=upload("text/csv", "code,name,level,parent_code"),
)
async def import_regions(request: Request, officer: LoadRegions, write: Write) -> Response:
    """Load a region file; lines that are wrong or have no parent are named, and then nothing is loaded."""
    body = await request.body()
    return await write(lambda tx: actions.load_regions(tx, body))


@router.get("/regions", status_code=200, response_model=PageOf[RegionOut])
async def list_regions(
    officer: ReadRegions,
    conn: Read,
    page: Page,
    parent: Annotated[RegionCode | None, Query(description="parent code; without it the provinces")] = None,
) -> Any:
    """List the children of a region by code."""
    return page_of(await queries.list_children(conn, parent, page.after, page.limit + 1), page.limit, "code")


@router.get("/regions/{code}", status_code=200, response_model=RegionOut)
async def show_region(code: RegionCode, officer: ReadRegions, conn: Read) -> RegionOut:
    """Show one region."""
    return await queries.get_region(conn, code)
