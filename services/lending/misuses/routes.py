"""Misuses over HTTP: found, decided, withdrawn, listed; and the same for their ends and for those taken back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import CorrectRepayments, ReadLoans
from services.lending.misuses.actions import finding, reversing, terminating
from services.lending.misuses.queries import MISUSE_REVERSALS, MISUSE_TERMINATIONS, MISUSES
from services.lending.misuses.schemas import (
    MisuseIn,
    MisuseOut,
    MisuseReversalIn,
    MisuseReversalOut,
    MisuseTerminationIn,
    MisuseTerminationOut,
)
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.web.edge import Read
from shared.web.pages import PageOf
from shared.web.writes import Write

router = APIRouter(tags=["贷款挪用 Misuses"])


@router.post("/loans/{loan_id}/misuses", status_code=201, response_model=MisuseOut)
async def propose_misuse(loan_id: UUID, body: MisuseIn, officer: CorrectRepayments, write: Write) -> Response:
    """Propose that principal was used for another purpose (挪用) since a day; the answer shows what that would add.

    From that day the misused principal bears the rate of misuse in place of the contract's, the heavier rate where it
    is late as well, until it is repaid or put right.
    """
    return await write(lambda tx: finding.propose_misuse(tx, officer, loan_id, body))


@router.get("/misuses", response_model=PageOf[MisuseOut])
async def list_misuses(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return misuses by region, state or loan; a bank sees its own."""
    return await MISUSES.page(conn, officer, asked)


@router.post("/misuses/{misuse_id}/decisions", status_code=201, response_model=MisuseOut)
async def decide_misuse(misuse_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write) -> Response:
    """Confirm or refuse a misuse by another person than the one who proposed it.

    Confirmed, the loan owes what the rate of misuse adds; the other services learn it (`loan-restated`).
    """
    return await write(lambda tx: finding.decide_misuse(tx, officer, misuse_id, body))


@router.post("/misuses/{misuse_id}/withdrawals", status_code=201, response_model=MisuseOut)
async def withdraw_misuse(
    misuse_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal of a misuse."""
    return await write(lambda tx: finding.withdraw_misuse(tx, officer, misuse_id, body))


@router.post("/misuses/{misuse_id}/terminations", status_code=201, response_model=MisuseTerminationOut)
async def propose_misuse_termination(
    misuse_id: UUID, body: MisuseTerminationIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Propose since which day a misuse is put right (已整改); the answer shows what that would do to the loan."""
    return await write(lambda tx: terminating.propose_termination(tx, officer, misuse_id, body))


@router.get("/misuse-terminations", response_model=PageOf[MisuseTerminationOut])
async def list_misuse_terminations(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return ends of misuses by region, state or loan; a bank sees its own."""
    return await MISUSE_TERMINATIONS.page(conn, officer, asked)


@router.post("/misuse-terminations/{termination_id}/decisions", status_code=201, response_model=MisuseTerminationOut)
async def decide_misuse_termination(
    termination_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Confirm or refuse it by another person; confirmed, the contract's rate is enough from the day on."""
    return await write(lambda tx: terminating.decide_termination(tx, officer, termination_id, body))


@router.post("/misuse-terminations/{termination_id}/withdrawals", status_code=201, response_model=MisuseTerminationOut)
async def withdraw_misuse_termination(
    termination_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal of a misuse's end; the misuse goes on."""
    return await write(lambda tx: terminating.withdraw_termination(tx, officer, termination_id, body))


@router.post("/misuses/{misuse_id}/reversals", status_code=201, response_model=MisuseReversalOut)
async def propose_misuse_reversal(
    misuse_id: UUID, body: MisuseReversalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Propose to take a misuse back that never was one; the answer shows what that would do to the loan."""
    return await write(lambda tx: reversing.propose_reversal(tx, officer, misuse_id, body))


@router.get("/misuse-reversals", response_model=PageOf[MisuseReversalOut])
async def list_misuse_reversals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return misuses taken back or proposed to be, by region, state or loan; a bank sees its own."""
    return await MISUSE_REVERSALS.page(conn, officer, asked)


@router.post("/misuse-reversals/{reversal_id}/decisions", status_code=201, response_model=MisuseReversalOut)
async def decide_misuse_reversal(
    reversal_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Confirm or refuse it by another person than the one who proposed it; confirmed, the misuse never stood."""
    return await write(lambda tx: reversing.decide_reversal(tx, officer, reversal_id, body))


@router.post("/misuse-reversals/{reversal_id}/withdrawals", status_code=201, response_model=MisuseReversalOut)
async def withdraw_misuse_reversal(
    reversal_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal to take a misuse back; the misuse stands."""
    return await write(lambda tx: reversing.withdraw_reversal(tx, officer, reversal_id, body))
