"""Public notices over HTTP: list them, read them, print them, and record where they hang."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from services.lending.access import ReadApplications, RunPublicNotices
from services.lending.applications.schemas.public_notices import PublicNoticeLevel
from services.lending.notices import actions, queries
from services.lending.notices.schemas import (
    HangingIn,
    HangingOut,
    HangingWithdrawalIn,
    PublicNoticeDetail,
    PublicNoticeOut,
)
from shared.access import Right
from shared.prints.page import page_of as printed
from shared.prints.pdf import pdf_of
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.edge import Read, Reads, download
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["公示 Public notices"])


@router.get("/public-notices", response_model=PageOf[PublicNoticeOut])
async def list_public_notices(
    officer: ReadApplications,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    level: PublicNoticeLevel | None = None,
    is_open: bool | None = None,
    is_hung: bool | None = None,
) -> Any:
    """List the public notices of applications: what runs, what is not known to hang yet, what is objected (LG-12)."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    found = await queries.list_notices(conn, scope, page, region_code, level, is_open, is_hung)
    return page_of(found, page.limit, "id")


@router.get("/public-notices/{notice_id}", response_model=PublicNoticeDetail)
async def get_public_notice(
    notice_id: UUID, officer: ReadApplications, reads: Reads, request: Request, region_code: RegionCode | None = None
) -> PublicNoticeDetail:
    """Show what a notice says of whom, where it hangs, and how objections were settled (LG-12).

    Names are in full for the office that runs the notice, and masked for everybody else.
    """
    return await queries.show_notice(reads, request.app.state.registry, officer, notice_id, region_code)


@router.get("/public-notices/{notice_id}/sheet.html", status_code=200, response_class=HTMLResponse)
async def print_public_notice(
    notice_id: UUID, officer: RunPublicNotices, reads: Reads, request: Request, region_code: RegionCode | None = None
) -> HTMLResponse:
    """Show the notice as A4 pages to print and hang up, names in full; `region_code` for the sheet of one village."""
    sheet = await queries.notice_sheet(reads, request.app.state.registry, officer, notice_id, region_code)
    return HTMLResponse(printed(sheet))


@router.get(
    "/public-notices/{notice_id}/sheet.pdf",
    status_code=200,
    response_class=Response,
    responses=download("the notice to print and hang up, A4, names in full", "application/pdf"),
)
async def download_public_notice(
    notice_id: UUID, officer: RunPublicNotices, reads: Reads, request: Request, region_code: RegionCode | None = None
) -> Response:
    """Download the notice as a PDF to print and hang up, names in full; `region_code` for the sheet of one village."""
    sheet = await queries.notice_sheet(reads, request.app.state.registry, officer, notice_id, region_code)
    name = f'attachment; filename="public-notice-{notice_id}.pdf"'
    return Response(pdf_of(sheet), media_type="application/pdf", headers={"Content-Disposition": name})


@router.post("/public-notices/{notice_id}/hangings", response_model=HangingOut, status_code=201)
async def hang_public_notice(notice_id: UUID, body: HangingIn, officer: RunPublicNotices, write: Write) -> Response:
    """Record where the notice hangs since which day, with the digests of photos; hung late, it stays longer (LG-12)."""
    return await write(lambda conn: actions.hang_notice(conn, officer, notice_id, body))


@router.post("/hangings/{hanging_id}/withdrawals", response_model=HangingOut, status_code=201)
async def withdraw_hanging(
    hanging_id: UUID, body: HangingWithdrawalIn, officer: RunPublicNotices, write: Write
) -> Response:
    """Take back, as another person, a record of where a notice hangs that is wrong."""
    return await write(lambda conn: actions.withdraw_hanging(conn, officer, hanging_id, body))
