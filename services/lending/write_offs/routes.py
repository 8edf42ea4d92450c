"""Write-offs over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadLoans, WriteOffLoans
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from services.lending.write_offs import actions
from services.lending.write_offs.queries import WRITE_OFF_WITHDRAWALS, write_offs_page
from services.lending.write_offs.schemas import (
    WriteOffIn,
    WriteOffOut,
    WriteOffWithdrawalIn,
    WriteOffWithdrawalOut,
)
from shared.web.edge import Read
from shared.web.pages import PageOf
from shared.web.writes import Write

router = APIRouter(tags=["核销 Write-offs"])


@router.post("/loans/{loan_id}/write-offs", status_code=201, response_model=WriteOffOut)
async def propose_write_off(loan_id: UUID, body: WriteOffIn, officer: WriteOffLoans, write: Write) -> Response:
    """Propose to write a loan off (核销): the bank takes it from its books and goes on collecting it.

    On a ground that the county allows: the loss was compensated, the default is confirmed, the class is loss.
    """
    return await write(lambda tx: actions.propose_write_off(tx, officer, loan_id, body))


@router.get("/write-offs", response_model=PageOf[WriteOffOut])
async def list_write_offs(officer: ReadLoans, conn: Read, asked: Asked, ground_gone: bool = False) -> dict[str, Any]:
    """Return write-offs by region, state or loan, with what came since; a bank sees its own.

    `ground_gone`: only those that stand although, by what is known now, their loan had no ground on the day.
    """
    return await write_offs_page(conn, officer, asked, only_groundless=ground_gone)


@router.post("/write-offs/{write_off_id}/decisions", status_code=201, response_model=WriteOffOut)
async def decide_write_off(write_off_id: UUID, body: DecisionIn, officer: WriteOffLoans, write: Write) -> Response:
    """Confirm or refuse a write-off by another person than the one who proposed it.

    Confirmed, the loan's class is loss and what is paid from that day on is named as paid after the write-off; the
    household owes what it owed (`loan-written-off`).
    """
    return await write(lambda tx: actions.decide_write_off(tx, officer, write_off_id, body))


@router.post("/write-offs/{write_off_id}/withdrawals", status_code=201, response_model=WriteOffOut)
async def withdraw_write_off(
    write_off_id: UUID, body: CorrectionWithdrawalIn, officer: WriteOffLoans, write: Write
) -> Response:
    """Withdraw one's own proposal of a write-off."""
    return await write(lambda tx: actions.withdraw_write_off(tx, officer, write_off_id, body))


@router.post("/write-offs/{write_off_id}/reversals", status_code=201, response_model=WriteOffWithdrawalOut)
async def propose_write_off_withdrawal(
    write_off_id: UUID, body: WriteOffWithdrawalIn, officer: WriteOffLoans, write: Write
) -> Response:
    """Propose to take a confirmed write-off back as wrong (撤销核销)."""
    return await write(lambda tx: actions.propose_withdrawal(tx, officer, write_off_id, body))


@router.get("/write-off-withdrawals", response_model=PageOf[WriteOffWithdrawalOut])
async def list_write_off_withdrawals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return withdrawals of write-offs by region, state or loan; a bank sees its own."""
    return await WRITE_OFF_WITHDRAWALS.page(conn, officer, asked)


@router.post("/write-off-withdrawals/{withdrawal_id}/decisions", status_code=201, response_model=WriteOffWithdrawalOut)
async def decide_write_off_withdrawal(
    withdrawal_id: UUID, body: DecisionIn, officer: WriteOffLoans, write: Write
) -> Response:
    """Confirm or refuse the withdrawal of a write-off by another person; confirmed, it never stood."""
    return await write(lambda tx: actions.decide_withdrawal(tx, officer, withdrawal_id, body))


@router.post(
    "/write-off-withdrawals/{withdrawal_id}/withdrawals", status_code=201, response_model=WriteOffWithdrawalOut
)
async def give_up_write_off_withdrawal(
    withdrawal_id: UUID, body: CorrectionWithdrawalIn, officer: WriteOffLoans, write: Write
) -> Response:
    """Take back one's own proposal to withdraw a write-off."""
    return await write(lambda tx: actions.give_up_withdrawal(tx, officer, withdrawal_id, body))
