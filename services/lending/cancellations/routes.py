"""Disbursements taken back, over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import CorrectRepayments, ReadLoans
from services.lending.cancellations import actions
from services.lending.cancellations.queries import CANCELLATIONS
from services.lending.cancellations.schemas import DisbursementReversalIn, DisbursementReversalOut
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.web.edge import Read
from shared.web.pages import PageOf
from shared.web.writes import Write

router = APIRouter(tags=["放款冲正 Disbursements taken back"])


@router.post("/loans/{loan_id}/disbursement-reversals", status_code=201, response_model=DisbursementReversalOut)
async def propose_disbursement_reversal(
    loan_id: UUID, body: DisbursementReversalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Propose to take a disbursement back (放款冲正): wrong day, amount or borrower, or the money came back unused.

    What was posted on the loan is taken back first. A household that used the money settles the loan instead.
    """
    return await write(lambda tx: actions.propose_cancellation(tx, officer, loan_id, body))


@router.get("/disbursement-reversals", response_model=PageOf[DisbursementReversalOut])
async def list_disbursement_reversals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return disbursements taken back or proposed to be, by region, state or loan; a bank sees its own."""
    return await CANCELLATIONS.page(conn, officer, asked)


@router.post("/disbursement-reversals/{reversal_id}/decisions", status_code=201, response_model=DisbursementReversalOut)
async def decide_disbursement_reversal(
    reversal_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Confirm or refuse it by another person than the one who proposed it.

    Confirmed, the loan is cancelled and owes nothing; its application can be paid out again or withdrawn, its cover is
    free, and the other services learn it (`disbursement-reversed`).
    """
    return await write(lambda tx: actions.decide_cancellation(tx, officer, reversal_id, body))


@router.post(
    "/disbursement-reversals/{reversal_id}/withdrawals", status_code=201, response_model=DisbursementReversalOut
)
async def withdraw_disbursement_reversal(
    reversal_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal to take a disbursement back."""
    return await write(lambda tx: actions.withdraw_cancellation(tx, officer, reversal_id, body))
