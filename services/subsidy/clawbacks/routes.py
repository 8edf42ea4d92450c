"""Claw-backs over HTTP."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ApproveSubsidies, ReadSubsidies, ReviewSubsidies
from services.subsidy.clawbacks.actions import deciding as actions
from services.subsidy.clawbacks.actions import receiving
from services.subsidy.clawbacks.schemas import (
    ClawbackApprovalIn,
    ClawbackEntryDecisionIn,
    ClawbackEntryOut,
    ClawbackOut,
    ClawbackReceiptIn,
    ClawbackWriteOffIn,
    ReceiptReversalIn,
)
from shared.access import Right
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["追回 Claw-backs"])


@router.post("/clawbacks/{clawback_id}/approvals", status_code=201, response_model=ClawbackOut)
async def decide_clawback(
    clawback_id: UUID, body: ClawbackApprovalIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Approve or drop a proposed claw-back; another person than the proposer. The next batch offsets it."""
    return await write(lambda tx: actions.decide_clawback(tx, officer, clawback_id, body))


@router.get("/clawbacks", status_code=200, response_model=PageOf[ClawbackOut])
async def list_clawbacks(
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    state: Literal["proposed", "approved", "refused", "offset", "settled"] | None = None,
    late_on: Day | None = None,
) -> Any:
    """List claw-backs in the order of their proposal; with a day, those that were due before it and are still open."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await actions.list_clawbacks(conn, scope, state, page.after_as(UUID), page.limit + 1, late_on)
    return page_of(found, page.limit, "id")


@router.post("/clawbacks/{clawback_id}/receipts", status_code=201, response_model=ClawbackEntryOut)
async def record_clawback_receipt(
    clawback_id: UUID, body: ClawbackReceiptIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Record money that came back; the programme that had paid may promise it again (DZ-7)."""
    return await write(lambda tx: receiving.record_receipt(tx, officer, clawback_id, body))


@router.post("/clawbacks/{clawback_id}/write-offs", status_code=201, response_model=ClawbackEntryOut)
async def propose_clawback_write_off(
    clawback_id: UUID, body: ClawbackWriteOffIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to give up what is open of a claw-back; another officer decides."""
    return await write(lambda tx: receiving.propose_write_off(tx, officer, clawback_id, body))


@router.post("/clawback-entries/{clawback_entry_id}/reversals", status_code=201, response_model=ClawbackEntryOut)
async def propose_receipt_reversal(
    clawback_entry_id: UUID, body: ReceiptReversalIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to take back a receipt that was booked wrongly; another officer decides."""
    return await write(lambda tx: receiving.propose_reversal(tx, officer, clawback_entry_id, body))


@router.post("/clawback-entries/{clawback_entry_id}/decisions", status_code=201, response_model=ClawbackEntryOut)
async def decide_clawback_entry(
    clawback_entry_id: UUID, body: ClawbackEntryDecisionIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Book what was proposed to be given up or reversed, or drop it; another person than the proposer."""
    return await write(lambda tx: receiving.decide_entry(tx, officer, clawback_entry_id, body))


@router.get("/clawbacks/{clawback_id}/entries", status_code=200, response_model=PageOf[ClawbackEntryOut])
async def list_clawback_entries(clawback_id: UUID, officer: ReadSubsidies, conn: Read, page: Page) -> Any:
    """List what came back of a claw-back, what was given up and what was reversed, in the order of recording."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await receiving.list_entries(conn, scope, clawback_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")
