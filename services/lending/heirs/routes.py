"""Heirs over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadLoans, RecordPursuits
from services.lending.heirs import actions, queries
from services.lending.heirs.schemas import HeirIn, HeirOut, LoanHeirsOut
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import PageOf
from shared.web.writes import Write

router = APIRouter(tags=["继承人 Heirs"])


@router.post("/loans/{loan_id}/heirs", status_code=201, response_model=HeirOut)
async def propose_heir(loan_id: UUID, body: HeirIn, officer: RecordPursuits, write: Write) -> Response:
    """Propose who inherits of a borrower who died and up to which amount, or that somebody disclaimed (继承人登记).

    Heirs pay up to the value of what they inherit, who disclaimed pays nothing (Civil Code, Article 1161).
    """
    return await write(lambda tx: actions.propose_heir(tx, officer, loan_id, body))


@router.get("/loans/{loan_id}/heirs", response_model=LoanHeirsOut)
async def get_loan_heirs(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanHeirsOut:
    """Return who services a loan whose borrower died, what each paid, and what may still be asked of each."""
    return await queries.loan_heirs(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.get("/heirs", response_model=PageOf[HeirOut])
async def list_heirs(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return records of heirs by region, state or loan, replaced ones too; a bank sees its own."""
    return await queries.HEIRS.page(conn, officer, asked)


@router.post("/heirs/{heir_id}/decisions", status_code=201, response_model=HeirOut)
async def decide_heir(heir_id: UUID, body: DecisionIn, officer: RecordPursuits, write: Write) -> Response:
    """Confirm or refuse a record of an heir by another person of the bank; confirmed, dues and statements name them."""
    return await write(lambda tx: actions.decide_heir(tx, officer, heir_id, body))


@router.post("/heirs/{heir_id}/withdrawals", status_code=201, response_model=HeirOut)
async def withdraw_heir(heir_id: UUID, body: CorrectionWithdrawalIn, officer: RecordPursuits, write: Write) -> Response:
    """Withdraw one's own proposal of a record of an heir."""
    return await write(lambda tx: actions.withdraw_heir(tx, officer, heir_id, body))
