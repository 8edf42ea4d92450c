"""Claw-backs over HTTP."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ApproveSubsidies, ReadSubsidies, ReviewSubsidies
from services.subsidy.clawbacks import queries
from services.subsidy.clawbacks.actions import deciding as actions
from services.subsidy.clawbacks.actions import planning, receiving
from services.subsidy.clawbacks.schemas import (
    ClawbackApprovalIn,
    ClawbackEntryDecisionIn,
    ClawbackEntryOut,
    ClawbackOut,
    ClawbackPlanDecisionIn,
    ClawbackPlanIn,
    ClawbackPlanOut,
    ClawbackReceiptIn,
    ClawbackRefundIn,
    ClawbackWithdrawalIn,
    ClawbackWriteOffIn,
    ReceiptReversalIn,
)
from shared.access import Right
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
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
    today: Today,
    state: Literal["proposed", "approved", "refused", "offset", "settled", "withdrawn"] | None = None,
    late_on: Day | None = None,
) -> Any:
    """List claw-backs in the order of their proposal; with a day, those of which something is late on it.

    What is late goes by the instalments of the plan in force, or by the claw-back's own day.
    """
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    asked = (state, page.after_as(UUID), page.limit + 1, late_on)
    found = await queries.list_clawbacks(conn, scope, *asked, today)
    return page_of(found, page.limit, "id")


@router.post("/clawbacks/{clawback_id}/receipts", status_code=201, response_model=ClawbackEntryOut)
async def record_clawback_receipt(
    clawback_id: UUID, body: ClawbackReceiptIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Record money that came back: the programme may promise it again, what is too much is held (DZ-7)."""
    return await write(lambda tx: receiving.record_receipt(tx, officer, clawback_id, body))


@router.post("/clawbacks/{clawback_id}/write-offs", status_code=201, response_model=ClawbackEntryOut)
async def propose_clawback_write_off(
    clawback_id: UUID, body: ClawbackWriteOffIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to give up what is open of a claw-back; another officer decides."""
    return await write(lambda tx: receiving.propose_write_off(tx, officer, clawback_id, body))


@router.post("/clawbacks/{clawback_id}/refunds", status_code=201, response_model=ClawbackEntryOut)
async def propose_clawback_refund(
    clawback_id: UUID, body: ClawbackRefundIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to give back what came back beyond what is owed (多收退还); another officer sends it."""
    return await write(lambda tx: receiving.propose_refund(tx, officer, clawback_id, body))


@router.post("/clawbacks/{clawback_id}/withdrawals", status_code=201, response_model=ClawbackEntryOut)
async def propose_clawback_withdrawal(
    clawback_id: UUID, body: ClawbackWithdrawalIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to withdraw a claw-back that was wrong; what came back of it is granted again by the next batch."""
    return await write(lambda tx: receiving.propose_withdrawal(tx, officer, clawback_id, body))


@router.post("/clawbacks/{clawback_id}/plans", status_code=201, response_model=ClawbackPlanOut)
async def propose_clawback_plan(
    clawback_id: UUID, body: ClawbackPlanIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose instalments for what is open of a claw-back (分期退回); another officer decides."""
    return await write(lambda tx: planning.propose_plan(tx, officer, clawback_id, body))


@router.get("/clawbacks/{clawback_id}/plans", status_code=200, response_model=list[ClawbackPlanOut])
async def list_clawback_plans(clawback_id: UUID, officer: ReadSubsidies, conn: Read) -> Any:
    """List the plans of a claw-back in the order of their proposal, replaced ones too."""
    return await queries.list_plans(conn, scope_of(officer, Right.SUBSIDIES_READ), clawback_id)


@router.post("/clawback-plans/{clawback_plan_id}/decisions", status_code=201, response_model=ClawbackPlanOut)
async def decide_clawback_plan(
    clawback_plan_id: UUID, body: ClawbackPlanDecisionIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Put instalments in force in the place of those before, or drop them; another person than the proposer."""
    return await write(lambda tx: planning.decide_plan(tx, officer, clawback_plan_id, body))


@router.post("/clawback-entries/{clawback_entry_id}/reversals", status_code=201, response_model=ClawbackEntryOut)
async def propose_receipt_reversal(
    clawback_entry_id: UUID, body: ReceiptReversalIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to take back a receipt, a refund or a write-off that was booked wrongly; another officer decides."""
    return await write(lambda tx: receiving.propose_reversal(tx, officer, clawback_entry_id, body))


@router.post("/clawback-entries/{clawback_entry_id}/decisions", status_code=201, response_model=ClawbackEntryOut)
async def decide_clawback_entry(
    clawback_entry_id: UUID, body: ClawbackEntryDecisionIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Book what was proposed to be given up, refunded, withdrawn or reversed, or drop it; another than the proposer."""
    return await write(lambda tx: receiving.decide_entry(tx, officer, clawback_entry_id, body))


@router.get("/clawbacks/{clawback_id}/entries", status_code=200, response_model=PageOf[ClawbackEntryOut])
async def list_clawback_entries(clawback_id: UUID, officer: ReadSubsidies, conn: Read, page: Page) -> Any:
    """List what came back of a claw-back, went back, was given up and was reversed, in the order of recording."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_entries(conn, scope, clawback_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")
