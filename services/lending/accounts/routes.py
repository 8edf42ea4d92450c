"""The loan account over HTTP: any day's figures, reversals, refunds, money that is held."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import CorrectRepayments, ReadLoans
from services.lending.accounts import queries
from services.lending.accounts.actions import refunding, reversing
from services.lending.accounts.schemas import (
    HeldMoneyOut,
    LoanAccountOut,
    RefundDecisionIn,
    RefundIn,
    RefundOut,
    ReversalIn,
    ReversalOut,
)
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of, scope_within
from shared.web.bodies import Day, Instant
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款账户 Loan account"])


@router.get("/loans/{loan_id}/account", response_model=LoanAccountOut)
async def get_loan_account(
    loan_id: UUID,
    officer: ReadLoans,
    conn: Read,
    today: Today,
    as_of: Day | None = None,
    known_at: Instant | None = None,
) -> LoanAccountOut:
    """Return a loan as of any day: balance, dues, accrued interest, penalty to the day, and what ends it (结清试算).

    With `known_at`, as it was known at that moment: what was booked or taken back later does not count.
    """
    return await queries.account_on(conn, loan_id, scope_of(officer, Right.LOANS_READ), as_of or today, known_at)


@router.get("/held-money", response_model=PageOf[HeldMoneyOut])
async def list_held_money(
    officer: ReadLoans, conn: Read, page: Page, region_code: RegionCode | None = None
) -> dict[str, Any]:
    """Return the loans on which money is held (暂收款): since when, and on which due day it will be used."""
    right = Right.LOANS_READ
    scope = scope_of(officer, right) if region_code is None else scope_within(officer, right, region_code)
    items = await queries.list_held_money(conn, scope, after=page.after_as(UUID), limit=page.limit + 1)
    return page_of(items, page.limit, "loan_id")


@router.post("/repayments/{repayment_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_reversal(repayment_id: UUID, body: ReversalIn, officer: CorrectRepayments, write: Write) -> Response:
    """Propose to take a repayment back (冲正), with cause and reason; the answer shows what it would do to the loan."""
    return await write(lambda tx: reversing.propose_reversal(tx, officer, repayment_id, body))


@router.get("/repayment-reversals", response_model=PageOf[ReversalOut])
async def list_reversals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return reversals by region, state or loan; a bank sees its own."""
    return await queries.REVERSALS.page(conn, officer, asked)


@router.post("/repayment-reversals/{reversal_id}/decisions", status_code=201, response_model=ReversalOut)
async def decide_reversal(reversal_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write) -> Response:
    """Confirm or refuse a reversal by another person than the one who proposed it.

    Confirmed, the loan is what its other postings say, on every day; the other services learn it (`loan-restated`).
    """
    return await write(lambda tx: reversing.decide_reversal(tx, officer, reversal_id, body))


@router.post("/repayment-reversals/{reversal_id}/withdrawals", status_code=201, response_model=ReversalOut)
async def withdraw_reversal(
    reversal_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal of a reversal."""
    return await write(lambda tx: reversing.withdraw_reversal(tx, officer, reversal_id, body))


@router.post("/loans/{loan_id}/refunds", status_code=201, response_model=RefundOut)
async def propose_refund(loan_id: UUID, body: RefundIn, officer: CorrectRepayments, write: Write) -> Response:
    """Propose to give back money that is held on a loan (退款)."""
    return await write(lambda tx: refunding.propose_refund(tx, officer, loan_id, body))


@router.get("/refunds", response_model=PageOf[RefundOut])
async def list_refunds(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return refunds by region, state or loan; a bank sees its own."""
    return await queries.REFUNDS.page(conn, officer, asked)


@router.post("/refunds/{refund_id}/decisions", status_code=201, response_model=RefundOut)
async def decide_refund(refund_id: UUID, body: RefundDecisionIn, officer: CorrectRepayments, write: Write) -> Response:
    """Confirm that a refund was paid, by the transfer's reference, or refuse it; another person than the proposer."""
    return await write(lambda tx: refunding.decide_refund(tx, officer, refund_id, body))


@router.post("/refunds/{refund_id}/withdrawals", status_code=201, response_model=RefundOut)
async def withdraw_refund(
    refund_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal of a refund."""
    return await write(lambda tx: refunding.withdraw_refund(tx, officer, refund_id, body))
