"""Terminations of batches over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ApproveSubsidies, ReadSubsidies, ReviewSubsidies
from services.subsidy.terminations import actions, queries
from services.subsidy.terminations.schemas import BatchTerminationDecisionIn, BatchTerminationIn, BatchTerminationOut
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.writes import Write

router = APIRouter(tags=["贴息批次 Subsidy batches"])


@router.post("/subsidy-batches/{batch_id}/terminations", status_code=201, response_model=BatchTerminationOut)
async def propose_batch_termination(
    batch_id: UUID, body: BatchTerminationIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose to return an approved batch before payment, or to close what of it cannot be paid."""
    return await write(lambda tx: actions.propose_termination(tx, officer, batch_id, body))


@router.post("/batch-terminations/{termination_id}/decisions", status_code=201, response_model=BatchTerminationOut)
async def decide_batch_termination(
    termination_id: UUID, body: BatchTerminationDecisionIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Decide a proposed termination, as another person; the money that is not paid is the programme's again."""
    return await write(lambda tx: actions.decide_termination(tx, officer, termination_id, body))


@router.get("/subsidy-batches/{batch_id}/terminations", status_code=200, response_model=list[BatchTerminationOut])
async def list_batch_terminations(batch_id: UUID, officer: ReadSubsidies, conn: Read) -> list[BatchTerminationOut]:
    """List the terminations that were proposed for a batch, in order."""
    return await queries.list_terminations(conn, scope_of(officer, Right.SUBSIDIES_READ), batch_id)
