"""The question who may borrow, over HTTP."""

import orjson
from fastapi import APIRouter, Response

from services.registry.access import CheckEligibility
from services.registry.edge import Read
from services.registry.eligibility import checks
from services.registry.eligibility.schemas import EligibilityChecksIn, EligibilityChecksOut

router = APIRouter(tags=["贷款资格 Eligibility"])


@router.post("/eligibility-checks", status_code=200, response_model=EligibilityChecksOut)
async def check_eligibility(body: EligibilityChecksIn, caller: CheckEligibility, conn: Read) -> Response:
    """Answer for each household whether it may have the loan and, if not, every reason with its clause.

    A question: nothing is changed and no Idempotency-Key is needed. Answers come in the order of the questions.
    """
    items = await checks.check_eligibility(conn, caller, body)
    answer = orjson.dumps({"as_of": body.as_of, "items": items}, default=str)
    return Response(answer, media_type="application/json")
