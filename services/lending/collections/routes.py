"""Pressing for repayment and repayment plans over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadLoans, RecordCollections, SignPlans
from services.lending.collections import queries
from services.lending.collections.actions import planning, pressing
from services.lending.collections.rules.plans import PlanProgress
from services.lending.collections.schemas import (
    CollectionRecordIn,
    CollectionRecordOut,
    CollectionRecords,
    CollectionWithdrawalIn,
    PlanDecisionIn,
    PlanState,
    RepaymentPlanIn,
    RepaymentPlanOut,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import Scope, scope_of, scope_within
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["催收与还款计划 Collection and repayment plans"])


@router.post("/loans/{loan_id}/collection-records", status_code=201, response_model=CollectionRecordOut)
async def record_pressing(
    loan_id: UUID, body: CollectionRecordIn, officer: RecordCollections, write: Write
) -> Response:
    """Record that village, first secretary, work team or helper pressed for repayment (督促还款); what came."""
    return await write(lambda tx: pressing.record_pressing(tx, officer, loan_id, body))


@router.get("/loans/{loan_id}/collection-records", response_model=CollectionRecords)
async def list_collection_records(loan_id: UUID, officer: ReadLoans, conn: Read) -> CollectionRecords:
    """Return who pressed for repayment of a loan, day by day, withdrawn records too."""
    return await queries.list_records(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.post(
    "/collection-records/{collection_record_id}/withdrawals", status_code=201, response_model=CollectionRecordOut
)
async def withdraw_collection_record(
    collection_record_id: UUID, body: CollectionWithdrawalIn, officer: RecordCollections, write: Write
) -> Response:
    """Withdraw a record that was wrong, with the reason, by another person; it stays on file."""
    return await write(lambda tx: pressing.withdraw_record(tx, officer, collection_record_id, body))


@router.post("/loans/{loan_id}/repayment-plans", status_code=201, response_model=RepaymentPlanOut)
async def draw_repayment_plan(
    loan_id: UUID, body: RepaymentPlanIn, officer: RecordCollections, write: Write
) -> Response:
    """Put down a repayment plan (还款计划) that the household agreed to; the bank signs it next."""
    return await write(lambda tx: planning.draw_plan(tx, officer, loan_id, body))


@router.post("/repayment-plans/{plan_id}/decisions", status_code=201, response_model=RepaymentPlanOut)
async def sign_repayment_plan(plan_id: UUID, body: PlanDecisionIn, officer: SignPlans, write: Write) -> Response:
    """Sign a repayment plan for the bank, or refuse it; signed, it takes the place of the one before."""
    return await write(lambda tx: planning.sign_plan(tx, officer, plan_id, body))


@router.post("/repayment-plans/{plan_id}/withdrawals", status_code=201, response_model=RepaymentPlanOut)
async def withdraw_repayment_plan(
    plan_id: UUID, body: CollectionWithdrawalIn, officer: RecordCollections, write: Write
) -> Response:
    """Withdraw one's own plan before the bank has signed it."""
    return await write(lambda tx: planning.withdraw_plan(tx, officer, plan_id, body))


@router.get("/repayment-plans", response_model=PageOf[RepaymentPlanOut])
async def list_repayment_plans(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    state: PlanState | None = None,
    progress: PlanProgress | None = None,
    loan_id: UUID | None = None,
    as_of: Day | None = None,
) -> dict[str, Any]:
    """Return repayment plans by region, state or loan, each as it is kept on a day; `progress=broken`: broken ones."""
    scope = _scope(officer, region_code)
    items = await queries.list_plans(
        conn,
        scope,
        as_of or today,
        state=state,
        progress=progress,
        loan_id=loan_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(items, page.limit, "id")


@router.get("/repayment-plans/{plan_id}", response_model=RepaymentPlanOut)
async def get_repayment_plan(
    plan_id: UUID, officer: ReadLoans, conn: Read, today: Today, as_of: Day | None = None
) -> RepaymentPlanOut:
    """Return a repayment plan as it is kept on a day, by what the account received since it was agreed."""
    return await queries.get_plan(conn, plan_id, scope_of(officer, Right.LOANS_READ), as_of or today)


def _scope(officer: ReadLoans, region_code: str | None) -> Scope:
    if region_code is None:
        return scope_of(officer, Right.LOANS_READ)
    return scope_within(officer, Right.LOANS_READ, region_code)
