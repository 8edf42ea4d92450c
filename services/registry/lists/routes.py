"""Lists and quotas over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.access import ReadLists
from services.registry.edge import InRegion, Read
from services.registry.lists import queries
from services.registry.lists.schemas import ListingOut, ListName, VillageQuotaOut
from shared.web.pages import Page, PageOf, page_of

router = APIRouter(tags=["失信名单 Lists"])


@router.get("/listings", status_code=200, response_model=PageOf[ListingOut])
async def list_listings(
    officer: ReadLists,
    conn: Read,
    page: Page,
    region: InRegion,
    list_name: ListName | None = None,
    on: Annotated[date | None, Query(description="only entries that hold on this day")] = None,
) -> Any:
    """List who is or was on the dishonesty list or the blacklist, why, since when and over which loan."""
    found = await queries.list_listings(
        conn, officer, region=region, list_name=list_name, on=on, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.get("/village-quotas", status_code=200, response_model=PageOf[VillageQuotaOut])
async def list_village_quotas(officer: ReadLists, conn: Read, page: Page, region: InRegion) -> Any:
    """List the villages whose loan quota was cut, with every cut (FJ-12); other villages have all of theirs."""
    found = await queries.list_quotas(conn, officer, region=region, after=page.after, limit=page.limit + 1)
    return page_of(found, page.limit, "village_code")
