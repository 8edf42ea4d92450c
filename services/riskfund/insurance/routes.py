"""Insurance policies over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import FileClaims, ReadFunds
from services.riskfund.insurance import actions, queries
from services.riskfund.insurance.schemas import InsurancePolicyIn, InsurancePolicyOut, UninsuredLoanOut
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["保险 Insurance"])


@router.post("/insurance-policies", status_code=201, response_model=InsurancePolicyOut)
async def record_insurance_policy(body: InsurancePolicyIn, officer: FileClaims, write: Write) -> Response:
    """Record an insurance policy on one of your bank's loans (LG-41)."""
    return await write(lambda tx: actions.record_policy(tx, officer, body))


@router.get("/insurance-policies/missing", status_code=200, response_model=PageOf[UninsuredLoanOut])
async def list_uninsured_loans(
    officer: ReadFunds, conn: Read, page: Page, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> Any:
    """List open loans without a policy, where the county has every loan insured (JN-4)."""
    scope = scope_of(officer, Right.FUNDS_READ)
    after = page.after_as(UUID)
    found = await queries.list_uninsured_loans(conn, scope, region_code, as_of or today, after, page.limit + 1)
    return page_of(found, page.limit, "loan_id")
