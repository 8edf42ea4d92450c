"""Claims over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import AnswerClaims, DecideClaims, FileClaims, PayClaims, ReadClaims
from services.riskfund.claims import queries
from services.riskfund.claims.actions import answering, deciding, filing, paying, reviewing
from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.schemas import (
    ClaimDetail,
    ClaimIn,
    ClaimOut,
    DecisionIn,
    InsuranceAnswerIn,
    PaymentIn,
    ReviewAnswerIn,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["代偿 Claims"])


@router.post("/claims", status_code=201, response_model=ClaimDetail)
async def file_claim(body: ClaimIn, officer: FileClaims, write: Write) -> Response:
    """File a claim on one of your bank's loans whose default is confirmed; insurers are asked first (LG-21b)."""
    return await write(lambda tx: filing.file_claim(tx, officer, body))


@router.post("/claims/{claim_id}/decisions", status_code=201, response_model=ClaimDetail)
async def decide_claim(claim_id: UUID, body: DecisionIn, officer: DecideClaims, write: Write) -> Response:
    """Approve or refuse a claim as a member of the management committee (LG-39)."""
    return await write(lambda tx: deciding.decide_claim(tx, officer, claim_id, body))


@router.post("/claims/{claim_id}/review-answers", status_code=201, response_model=ClaimDetail)
async def answer_claim_review(claim_id: UUID, body: ReviewAnswerIn, officer: DecideClaims, write: Write) -> Response:
    """Say as a member of the committee what follows for a claim under review; what two persons say is its outcome."""
    return await write(lambda tx: reviewing.answer_review(tx, officer, claim_id, body))


@router.post("/claims/{claim_id}/payments", status_code=201, response_model=ClaimDetail)
async def pay_claim(claim_id: UUID, body: PaymentIn, officer: PayClaims, write: Write) -> Response:
    """Pay the fund's share of an approved claim; whoever filed or approved it may not pay it."""
    return await write(lambda tx: paying.pay_claim(tx, officer, claim_id, body))


@router.post("/claims/{claim_id}/insurance-answers", status_code=201, response_model=ClaimDetail)
async def answer_insurance_request(
    claim_id: UUID, body: InsuranceAnswerIn, officer: AnswerClaims, write: Write
) -> Response:
    """Answer a claim as the insurer that was asked: how much you pay, or 0.00 when you decline (LG-21b)."""
    return await write(lambda tx: answering.answer_claim(tx, officer, claim_id, body))


@router.get("/claims", status_code=200, response_model=PageOf[ClaimOut])
async def list_claims(
    officer: ReadClaims,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    state: State | None = None,
    under_review: bool = False,
) -> Any:
    """List claims, oldest first; a bank sees its own loans' claims, an insurer those it was asked about."""
    scope = scope_of(officer, Right.CLAIMS_READ)
    found = await queries.list_claims(
        conn, scope, region_code, state, page.after_as(UUID), page.limit + 1, under_review
    )
    return page_of(found, page.limit, "id")


@router.get("/claims/{claim_id}", status_code=200, response_model=ClaimDetail)
async def show_claim(claim_id: UUID, officer: ReadClaims, conn: Read) -> ClaimDetail:
    """Show a claim with its insurance requests, decisions and payment."""
    return await queries.get_claim_detail(conn, claim_id, scope_of(officer, Right.CLAIMS_READ))
