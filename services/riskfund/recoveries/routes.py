"""Recoveries over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import ReadClaims, ReturnRecoveries
from services.riskfund.recoveries import actions, queries
from services.riskfund.recoveries.schemas import RecoveryOut, RecoveryState, ReturnIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["追偿 Recoveries"])


@router.get("/recoveries", status_code=200, response_model=PageOf[RecoveryOut])
async def list_recoveries(
    officer: ReadClaims,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    state: RecoveryState | None = None,
) -> Any:
    """List recoveries on compensated loans; a bank sees its own."""
    scope = scope_of(officer, Right.CLAIMS_READ)
    found = await queries.list_recoveries(conn, scope, region_code, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/recoveries/{recovery_id}/returns", status_code=201, response_model=RecoveryOut)
async def return_recovery(recovery_id: UUID, body: ReturnIn, officer: ReturnRecoveries, write: Write) -> Response:
    """Book the return of exactly the fund's share of a recovery; it is due within 5 working days (LG-40)."""
    return await write(lambda tx: actions.return_recovery(tx, officer, recovery_id, body))
