"""Loans over HTTP: reading."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from services.lending.access import ReadLoans
from services.lending.loans import queries
from services.lending.loans.schemas import (
    LoanInstallments,
    LoanOut,
    LoanPolicyOut,
    LoanState,
)
from shared.access import Right
from shared.policy.household_facts import Code
from shared.regions import RegionCode
from shared.scope import scope_of, scope_within
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of

router = APIRouter(tags=["贷款 Loans"])
FIRST_DAY = date(1949, 10, 1)


@router.get("/loans", response_model=PageOf[LoanOut])
async def list_loans(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    state: LoanState | None = None,
    household_id: UUID | None = None,
    overdue: bool = False,
    contract_number: Annotated[str | None, Query(max_length=64)] = None,
    product_code: Code | None = None,
) -> dict[str, Any]:
    """Return loans by region, state, household, contract number or loan product; a bank sees its own."""
    right = Right.LOANS_READ
    scope = scope_of(officer, right) if region_code is None else scope_within(officer, right, region_code)
    loans = await queries.list_loans(
        conn,
        scope,
        state=state,
        household_id=household_id,
        overdue_only=overdue,
        contract_number=contract_number,
        product_code=product_code,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(loans, page.limit, "id")


@router.get("/loans/{loan_id}", response_model=LoanOut)
async def get_loan(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanOut:
    """Return one loan and how it stands."""
    return await queries.get_loan(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.get("/loans/{loan_id}/policy", response_model=LoanPolicyOut)
async def show_loan_policy(
    loan_id: UUID, officer: ReadLoans, conn: Read, today: Today, as_of: Day | None = None
) -> LoanPolicyOut:
    """Return the version a loan was signed under and the corrections in effect on a day, the later over the earlier."""
    return await queries.loan_policy(conn, loan_id, scope_of(officer, Right.LOANS_READ), as_of or today)


@router.get("/loans/{loan_id}/installments", response_model=LoanInstallments)
async def list_installments(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanInstallments:
    """Return the repayment schedule (还款计划) with what was paid on every instalment."""
    return await queries.list_installments(conn, loan_id, scope_of(officer, Right.LOANS_READ))
