"""Insurance policies and insurers' answers over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import AnswerClaims, FileClaims
from services.riskfund.claims.schemas import ClaimDetail
from services.riskfund.insurance import actions, answers
from services.riskfund.insurance.schemas import InsuranceAnswerIn, InsurancePolicyIn, InsurancePolicyOut
from shared.web.writes import Write

router = APIRouter(tags=["保险 Insurance"])


@router.post("/insurance-policies", status_code=201, response_model=InsurancePolicyOut)
async def record_insurance_policy(body: InsurancePolicyIn, officer: FileClaims, write: Write) -> Response:
    """Record an insurance policy on one of your bank's loans (LG-41)."""
    return await write(lambda tx: actions.record_policy(tx, officer, body))


@router.post("/claims/{claim_id}/insurance-answers", status_code=201, response_model=ClaimDetail)
async def answer_insurance_request(
    claim_id: UUID, body: InsuranceAnswerIn, officer: AnswerClaims, write: Write
) -> Response:
    """Answer a claim as the insurer that was asked: how much you pay, or 0.00 when you decline (LG-21b)."""
    return await write(lambda tx: answers.answer_claim(tx, officer, claim_id, body))
