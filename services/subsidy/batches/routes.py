"""Batches over HTTP."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.subsidy.access import ApproveSubsidies, PrepareSubsidies, ReadSubsidies, ReviewSubsidies
from services.subsidy.batches import queries
from services.subsidy.batches.actions import deciding, preparing, recomputing
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.batches.schemas import (
    ApprovalIn,
    BatchIn,
    BatchOut,
    BatchSummary,
    ChangedLine,
    LineOut,
    ReviewIn,
)
from services.subsidy.batches.sheet import LINE_COLUMNS, line_rows
from services.subsidy.clients import look_up_names
from shared.access import Right
from shared.prints.pdf import pdf_of
from shared.regions import CountyCode, RegionCode
from shared.scope import scope_of
from shared.web.edge import Read, Reads, Today, download
from shared.web.pages import Page, PageOf, page_of
from shared.web.sheets import SHEET_RESPONSES, SheetForm, sheet_download
from shared.web.writes import Write

router = APIRouter(tags=["贴息批次 Subsidy batches"])


@router.post("/subsidy-batches", status_code=201, response_model=BatchOut)
async def prepare_subsidy_batch(body: BatchIn, officer: PrepareSubsidies, write: Write) -> Response:
    """Prepare the reimbursement of all interest paid in a period that is on no batch yet (SX-5).

    Each interest payment becomes a line, also one that comes to nothing, with what each reason withheld.
    """
    return await write(lambda tx: preparing.prepare_batch(tx, officer, body))


@router.post("/subsidy-batches/{batch_id}/reviews", status_code=201, response_model=BatchOut)
async def review_subsidy_batch(batch_id: UUID, body: ReviewIn, officer: ReviewSubsidies, write: Write) -> Response:
    """Review a prepared batch; the reviewer is another person than the preparer."""
    return await write(lambda tx: deciding.review_batch(tx, officer, batch_id, body))


@router.post("/subsidy-batches/{batch_id}/approvals", status_code=201, response_model=BatchOut)
async def approve_subsidy_batch(batch_id: UUID, body: ApprovalIn, officer: ApproveSubsidies, write: Write) -> Response:
    """Approve a reviewed batch within the programme's budget (DZ-2); the approver is a third person."""
    return await write(lambda tx: deciding.approve_batch(tx, officer, batch_id, body))


@router.get("/subsidy-batches", status_code=200, response_model=PageOf[BatchSummary])
async def list_subsidy_batches(
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
    state: BatchState | None = None,
) -> Any:
    """List batches in the order of their preparation."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_batches(conn, scope, county_code, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/subsidy-batches/{batch_id}", status_code=200, response_model=BatchOut)
async def show_subsidy_batch(batch_id: UUID, officer: ReadSubsidies, conn: Read) -> BatchOut:
    """Show a batch: figures, what was excluded and why, decisions, how much is paid."""
    return await queries.get_batch(conn, scope_of(officer, Right.SUBSIDIES_READ), batch_id)


@router.get("/subsidy-batches/{batch_id}/lines", status_code=200, response_model=PageOf[LineOut])
async def list_subsidy_lines(
    batch_id: UUID,
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    household_id: UUID | None = None,
) -> Any:
    """List a batch's lines, each from the repayment it rests on to the transfer that paid it (DZ-7)."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_lines(conn, scope, batch_id, household_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get(
    "/subsidy-batches/{batch_id}/lines/export.{form}",
    status_code=200,
    response_class=Response,
    responses=SHEET_RESPONSES,
)
async def export_subsidy_lines(
    request: Request, batch_id: UUID, form: SheetForm, officer: ReadSubsidies, database: Reads
) -> Response:
    """Download a batch's lines as a sheet, names masked, with totals and the digest taken at preparation (DZ-7)."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    async with database.connection() as conn:
        batch = await queries.get_batch(conn, scope, batch_id)
        households = [row["household_id"] for row in await queries.households_of(conn, scope, batch_id)]
    names = await look_up_names(request.app.state.registry, scope.regions, households)
    lines = queries.every_line(database, scope, batch_id)
    rows = line_rows(batch, lines, names, to_add_up=form is SheetForm.XLSX)
    return sheet_download(f"subsidy-lines-{batch_id}", form, LINE_COLUMNS, rows)


@router.get(
    "/subsidy-batches/{batch_id}/public-list.pdf",
    status_code=200,
    response_class=Response,
    responses=download("the list to print and hang up, A4, names masked", "application/pdf"),
)
async def print_public_list(
    request: Request, batch_id: UUID, officer: ReadSubsidies, database: Reads, region_code: RegionCode | None = None
) -> Response:
    """Download a batch's list to hang up (公示), names masked; `region_code` for that of one village or township."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    sheet = await queries.public_list(database, request.app.state.registry, scope, batch_id, region_code)
    name = f'attachment; filename="public-list-{batch_id}.pdf"'
    body = await asyncio.to_thread(pdf_of, sheet)
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": name})


@router.get("/subsidy-batches/{batch_id}/changed-lines", status_code=200, response_model=PageOf[ChangedLine])
async def list_changed_subsidy_lines(
    batch_id: UUID, officer: ReadSubsidies, conn: Read, page: Page, today: Today
) -> Any:
    """List a batch's lines that the facts known now have overtaken, too high or too low: why it is not signed."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await recomputing.list_changed_lines(conn, scope, batch_id, today, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "line_id")
