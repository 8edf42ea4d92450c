"""Remissions over HTTP: proposed, decided, withdrawn, listed; and the same for those taken back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import CorrectRepayments, ReadLoans
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from services.lending.remissions import actions
from services.lending.remissions.queries import REMISSION_REVERSALS, REMISSIONS
from services.lending.remissions.schemas import RemissionIn, RemissionOut, RemissionReversalIn, RemissionReversalOut
from shared.web.edge import Read
from shared.web.pages import PageOf
from shared.web.writes import Write

router = APIRouter(tags=["息费减免 Remissions"])


@router.post("/loans/{loan_id}/remissions", status_code=201, response_model=RemissionOut)
async def propose_remission(loan_id: UUID, body: RemissionIn, officer: CorrectRepayments, write: Write) -> Response:
    """Propose to remit penalty or interest of a loan (减免) as of a day; the answer shows what that would remit.

    At most the amount is remitted, of what has fallen due and is unpaid on the day, before money of that day pays.
    """
    return await write(lambda tx: actions.propose_remission(tx, officer, loan_id, body))


@router.get("/remissions", response_model=PageOf[RemissionOut])
async def list_remissions(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return remissions by region, state or loan, with what each remits by what is posted now; a bank sees its own."""
    return await REMISSIONS.page(conn, officer, asked)


@router.post("/remissions/{remission_id}/decisions", status_code=201, response_model=RemissionOut)
async def decide_remission(remission_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write) -> Response:
    """Confirm or refuse a remission by another person than the one who proposed it.

    Confirmed, the loan owes that much less from the day on; the other services learn it (`loan-restated`).
    """
    return await write(lambda tx: actions.decide_remission(tx, officer, remission_id, body))


@router.post("/remissions/{remission_id}/withdrawals", status_code=201, response_model=RemissionOut)
async def withdraw_remission(
    remission_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal of a remission."""
    return await write(lambda tx: actions.withdraw_remission(tx, officer, remission_id, body))


@router.post("/remissions/{remission_id}/reversals", status_code=201, response_model=RemissionReversalOut)
async def propose_remission_reversal(
    remission_id: UUID, body: RemissionReversalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Propose to take a remission back; the answer shows what it would do to the loan."""
    return await write(lambda tx: actions.propose_reversal(tx, officer, remission_id, body))


@router.get("/remission-reversals", response_model=PageOf[RemissionReversalOut])
async def list_remission_reversals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return remissions taken back or proposed to be, by region, state or loan; a bank sees its own."""
    return await REMISSION_REVERSALS.page(conn, officer, asked)


@router.post("/remission-reversals/{reversal_id}/decisions", status_code=201, response_model=RemissionReversalOut)
async def decide_remission_reversal(
    reversal_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Confirm or refuse it by another person than the one who proposed it; confirmed, the remission never stood."""
    return await write(lambda tx: actions.decide_reversal(tx, officer, reversal_id, body))


@router.post("/remission-reversals/{reversal_id}/withdrawals", status_code=201, response_model=RemissionReversalOut)
async def withdraw_remission_reversal(
    reversal_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal to take a remission back."""
    return await write(lambda tx: actions.withdraw_reversal(tx, officer, reversal_id, body))
