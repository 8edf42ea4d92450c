"""Insurance policies over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import (
    CancelPolicies,
    ConfirmPolicies,
    FileClaims,
    PledgePolicies,
    ReadClaims,
    ReadFunds,
    ReleasePledges,
)
from services.riskfund.insurance import queries
from services.riskfund.insurance.actions import pledges, policies
from services.riskfund.insurance.schemas import (
    InsurancePolicyIn,
    InsurancePolicyOut,
    PledgeIn,
    PledgeReleaseIn,
    PolicyAnswerIn,
    PolicyCancellationIn,
    PolicyState,
    UninsuredLoanOut,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["保险 Insurance"])


@router.post("/insurance-policies", status_code=201, response_model=InsurancePolicyOut)
async def record_insurance_policy(body: InsurancePolicyIn, officer: FileClaims, today: Today, write: Write) -> Response:
    """Record an insurance policy on one of your bank's loans (LG-41); its insurer confirms it."""
    return await write(lambda tx: policies.record_policy(tx, officer, body, today))


@router.get("/insurance-policies", status_code=200, response_model=PageOf[InsurancePolicyOut])
async def list_insurance_policies(
    officer: ReadClaims, conn: Read, page: Page, loan_id: UUID | None = None, state: PolicyState | None = None
) -> Any:
    """List policies, oldest first; a bank sees those on its own loans, an insurer those in its own name."""
    scope = scope_of(officer, Right.CLAIMS_READ)
    found = await queries.list_policies(conn, scope, loan_id, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/insurance-policies/{policy_id}/answers", status_code=201, response_model=InsurancePolicyOut)
async def answer_insurance_policy(
    policy_id: UUID, body: PolicyAnswerIn, officer: ConfirmPolicies, write: Write
) -> Response:
    """Say as the insurer that a policy stands as the bank recorded it, or that it is none of yours (SX-5c)."""
    return await write(lambda tx: policies.answer_policy(tx, officer, policy_id, body))


@router.post("/insurance-policies/{policy_id}/cancellations", status_code=201, response_model=InsurancePolicyOut)
async def cancel_insurance_policy(
    policy_id: UUID, body: PolicyCancellationIn, officer: CancelPolicies, write: Write
) -> Response:
    """End a policy from a day on, as its insurer; while unconfirmed also as a second person of the bank."""
    return await write(lambda tx: policies.cancel_policy(tx, officer, policy_id, body))


@router.post("/insurance-policies/{policy_id}/pledges", status_code=201, response_model=InsurancePolicyOut)
async def pledge_insurance_policy(policy_id: UUID, body: PledgeIn, officer: PledgePolicies, write: Write) -> Response:
    """Let a confirmed policy secure the loan it stands on; a policy has one pledge at a time (SX-5c)."""
    return await write(lambda tx: pledges.pledge_policy(tx, officer, policy_id, body))


@router.post(
    "/insurance-policies/{policy_id}/pledges/{pledge_id}/releases", status_code=201, response_model=InsurancePolicyOut
)
async def release_policy_pledge(
    policy_id: UUID, pledge_id: UUID, body: PledgeReleaseIn, officer: ReleasePledges, write: Write
) -> Response:
    """Release a pledge as another person of the bank than the one who recorded it (SX-5c)."""
    return await write(lambda tx: pledges.release_pledge(tx, officer, policy_id, pledge_id, body))


@router.get("/insurance-policies/missing", status_code=200, response_model=PageOf[UninsuredLoanOut])
async def list_uninsured_loans(
    officer: ReadFunds, conn: Read, page: Page, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> Any:
    """List open loans without a policy, where the county has every loan insured (JN-4)."""
    scope = scope_of(officer, Right.FUNDS_READ)
    after = page.after_as(UUID)
    found = await queries.list_uninsured_loans(conn, scope, region_code, as_of or today, after, page.limit + 1)
    return page_of(found, page.limit, "loan_id")
