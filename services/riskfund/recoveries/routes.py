"""Recoveries over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import ReadClaims, ReturnRecoveries
from services.riskfund.recoveries import actions, queries
from services.riskfund.recoveries.schemas import JointClaimOut, RecoveryOut, RecoveryState, ReturnIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["追偿 Recoveries"])


@router.get("/recoveries", status_code=200, response_model=PageOf[RecoveryOut])
async def list_recoveries(
    officer: ReadClaims,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    state: RecoveryState | None = None,
    late: bool = False,
) -> Any:
    """List recoveries on compensated loans; a bank sees its own; `late`: only where money is out after its last day."""
    scope = scope_of(officer, Right.CLAIMS_READ)
    found = await queries.list_recoveries(
        conn, scope, region_code, state, page.after_as(UUID), page.limit + 1, today if late else None
    )
    return page_of(found, page.limit, "id")


@router.get("/claims/{claim_id}/holders", status_code=200, response_model=JointClaimOut)
async def show_joint_claim(
    claim_id: UUID, officer: ReadClaims, conn: Read, today: Today, as_of: Day | None = None
) -> JointClaimOut:
    """Show who holds how much of a compensated claim at the end of a day: fund, bank and guarantor (LG-40)."""
    return await queries.get_joint_claim(conn, claim_id, scope_of(officer, Right.CLAIMS_READ), as_of or today)


@router.post("/recoveries/{recovery_id}/returns", status_code=201, response_model=RecoveryOut)
async def return_recovery(recovery_id: UUID, body: ReturnIn, officer: ReturnRecoveries, write: Write) -> Response:
    """Book the return of exactly the fund's share of a recovery; it is due within 5 working days (LG-40)."""
    return await write(lambda tx: actions.return_recovery(tx, officer, recovery_id, body))
