"""Regions over HTTP."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from services.registry.access import LoadRegions, ReadRegions
from services.registry.register.regions import queries
from services.registry.register.regions.actions import changes, loading
from services.registry.register.regions.csv_file import region_lines
from services.registry.register.regions.schemas import (
    RegionChangeIn,
    RegionChangeOut,
    RegionImportOut,
    RegionLineage,
    RegionOut,
    RegionSearchOut,
    RollUp,
)
from shared.dates import ensure_not_in_future
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["行政区划 Regions"])

Level = Literal["province", "prefecture", "county", "township", "village"] | None
Words = Annotated[
    str,
    Query(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]+$"),
]


@router.post(
    "/region-imports",
    status_code=201,
    response_model=RegionImportOut,
    openapi_extra=upload("code,name,level,parent_code"),
)
async def import_regions(
    request: Request,
    officer: LoadRegions,
    write: Write,
    today: Today,
    valid_from: Day | None = None,
) -> Response:
    """Load a region file; lines that are wrong or have no parent are named, and then nothing is loaded."""
    ensure_not_in_future("valid_from", valid_from or today, today)
    lines = await asyncio.to_thread(region_lines, await request.body())
    return await write(lambda tx: loading.load_regions(tx, officer.subject, lines, valid_from or today))


@router.post("/region-changes", status_code=201, response_model=RegionChangeOut)
async def record_region_change(body: RegionChangeIn, officer: LoadRegions, write: Write) -> Response:
    """Rename, recode, merge or split regions from a day on; everything below and the households go along."""
    return await write(lambda tx: changes.record_change(tx, officer, body))


@router.get("/regions", status_code=200, response_model=PageOf[RegionOut])
async def list_regions(
    officer: ReadRegions,
    conn: Read,
    page: Page,
    today: Today,
    parent_code: RegionCode | None = None,
    as_of: Day | None = None,
) -> Any:
    """List the children of a region in force on a day, by code."""
    found = await queries.list_children(conn, parent_code, as_of or today, page.after, page.limit + 1)
    return page_of(found, page.limit, "code")


@router.get("/region-search", status_code=200, response_model=RegionSearchOut)
async def search_regions(
    officer: ReadRegions,
    conn: Read,
    today: Today,
    query: Words,
    within: RegionCode | None = None,
    level: Level = None,
    as_of: Day | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> RegionSearchOut:
    """Find regions by part of a name (former names too) or the beginning of a code, best first.

    Of several words (朝阳 社区) the name holds each, in any order.
    """
    found = await queries.search_regions(conn, query.strip(), within or "", level, as_of or today, limit)
    return RegionSearchOut(items=found)


@router.get("/regions/{code}", status_code=200, response_model=RegionOut)
async def show_region(code: RegionCode, officer: ReadRegions, conn: Read) -> RegionOut:
    """Show one region, in force or not."""
    return await queries.get_region(conn, code)


@router.get("/regions/{code}/descendants", status_code=200, response_model=PageOf[RegionOut])
async def list_region_descendants(
    code: RegionCode,
    level: Annotated[Literal["prefecture", "county", "township", "village"], Query()],
    officer: ReadRegions,
    conn: Read,
    page: Page,
    today: Today,
    as_of: Day | None = None,
) -> Any:
    """List the regions of one level below a region, in force on a day, by code."""
    found = await queries.list_descendants(conn, code, level, as_of or today, page.after, page.limit + 1)
    return page_of(found, page.limit, "code")


@router.get("/regions/{code}/lineage", status_code=200, response_model=RegionLineage)
async def show_region_lineage(code: RegionCode, officer: ReadRegions, conn: Read) -> RegionLineage:
    """Show where a region lies, its former names, and which codes came before and after it."""
    return await queries.get_lineage(conn, code)


@router.get("/regions/{code}/roll-up", status_code=200, response_model=RollUp)
async def show_region_roll_up(
    code: RegionCode, officer: ReadRegions, conn: Read, today: Today, as_of: Day | None = None
) -> RollUp:
    """Count what lies below a region on a day: townships, villages, registered households."""
    return await queries.roll_up(conn, code, as_of or today)
