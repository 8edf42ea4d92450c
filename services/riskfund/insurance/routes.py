"""Insurance policies over HTTP."""

from fastapi import APIRouter, Response

from services.riskfund.access import FileClaims
from services.riskfund.insurance import actions
from services.riskfund.insurance.schemas import InsurancePolicyIn, InsurancePolicyOut
from shared.web.writes import Write

router = APIRouter(tags=["保险 Insurance"])


@router.post("/insurance-policies", status_code=201, response_model=InsurancePolicyOut)
async def record_insurance_policy(body: InsurancePolicyIn, officer: FileClaims, write: Write) -> Response:
    """Record an insurance policy on one of your bank's loans (LG-41)."""
    return await write(lambda tx: actions.record_policy(tx, officer, body))
