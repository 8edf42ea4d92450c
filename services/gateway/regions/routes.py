"""Regions that ended, over HTTP."""

from typing import Any

from fastapi import APIRouter

from services.gateway.accounts.access import ManagePeople
from services.gateway.regions import queries
from services.gateway.regions.schemas import EndedGrant
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of

router = APIRouter(tags=["accounts 账号"])


@router.get("/ended-grants", status_code=200, response_model=PageOf[EndedGrant])
async def list_ended_grants(admin: ManagePeople, conn: Read, page: Page, today: Today) -> Any:
    """List grants on regions that were merged or split, with the successors to choose from, until one was granted.

    A region that got another code one to one needs no decision: its officers go on with the new code.
    """
    after = page.after_as(queries.GrantPlace.read)
    found = await queries.list_ended_grants(conn, today, after, page.limit + 1)
    return page_of(found, page.limit, "place")
