"""Claw-backs over HTTP."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ApproveSubsidies, ReadSubsidies
from services.subsidy.clawbacks import actions
from services.subsidy.clawbacks.schemas import ClawbackApprovalIn, ClawbackOut
from shared.access import Right
from shared.scope import scope_of
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
    state: Literal["proposed", "approved", "refused", "offset"] | None = None,
) -> Any:
    """List claw-backs in the order of their proposal."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await actions.list_clawbacks(conn, scope, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")
