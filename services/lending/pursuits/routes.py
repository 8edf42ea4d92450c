"""Steps of pursuit over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadLoans, RecordPursuits
from services.lending.pursuits import actions, queries
from services.lending.pursuits.schemas import PursuitStepIn, PursuitStepOut, PursuitSteps, PursuitStepWithdrawalIn
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.writes import Write

router = APIRouter(tags=["追讨 Pursuit"])


@router.post("/loans/{loan_id}/pursuit-steps", status_code=201, response_model=PursuitStepOut)
async def record_pursuit_step(loan_id: UUID, body: PursuitStepIn, officer: RecordPursuits, write: Write) -> Response:
    """Record a demand, a suit, a judgment, its enforcement, or a report to a credit system (FJ-12, LG-22)."""
    return await write(lambda tx: actions.record_step(tx, officer, loan_id, body))


@router.get("/loans/{loan_id}/pursuit-steps", response_model=PursuitSteps)
async def list_pursuit_steps(loan_id: UUID, officer: ReadLoans, conn: Read) -> PursuitSteps:
    """Return how a loan's debtors were pursued, step by step, withdrawn steps too."""
    return await queries.list_steps(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.post("/pursuit-steps/{step_id}/withdrawals", status_code=201, response_model=PursuitStepOut)
async def withdraw_pursuit_step(
    step_id: UUID, body: PursuitStepWithdrawalIn, officer: RecordPursuits, write: Write
) -> Response:
    """Withdraw a step that was recorded wrongly, with the reason; another person of the bank does it."""
    return await write(lambda tx: actions.withdraw_step(tx, officer, step_id, body))
