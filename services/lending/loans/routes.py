"""Loans over HTTP: disbursing, reading, and the bank's list of dues."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.lending.loans import actions, queries
from services.lending.loans.schemas import (
    DisbursementFileOut,
    DisbursementIn,
    LoanInstallments,
    LoanOut,
    LoanState,
)
from shared.access import Principal, Right
from shared.money import Money
from shared.regions import RegionCode
from shared.scope import organisation_of, scope_of, scope_within
from shared.web.edge import Read, Today, download, upload
from shared.web.identity import requires
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款 Loans"])
DisburseLoans = Annotated[Principal, requires(Right.LOANS_DISBURSE)]
RecordRepayments = Annotated[Principal, requires(Right.REPAYMENTS_RECORD)]
ReadLoans = Annotated[Principal, requires(Right.LOANS_READ)]
LineCount = Annotated[int, Query(ge=1, description="lines without the header")]
Total = Annotated[Money, Query(description="sum of all amounts in yuan")]
FIRST_DAY = date(1949, 10, 1)


@router.post(
    "/disbursement-files",
    status_code=201,
    response_model=DisbursementFileOut,
    openapi_extra=upload("application_id,contract_number,bank_reference,disbursed_on,amount"),
)
async def disburse_file(
    request: Request, officer: DisburseLoans, write: Write, today: Today, lines: LineCount, total: Total
) -> Response:
    """Confirm the bank's disbursements (放款回执文件): every right line becomes a loan with its schedule.

    The file is refused whole when it cannot be read or when its lines or total differ from those announced. What was
    paid out after the day the money was due is counted as late (FJ-4). A column `account_reference` before `amount` is
    welcome: the bank's own key of the account the loan went to; one account takes one household's loans (SX-1).
    """
    body = await request.body()
    return await write(lambda tx: actions.disburse_file(tx, officer, body, lines, total, today))


@router.post("/applications/{application_id}/disbursements", status_code=201, response_model=LoanOut)
async def disburse_application(
    application_id: UUID, body: DisbursementIn, officer: DisburseLoans, write: Write, today: Today
) -> Response:
    """Confirm one disbursement (放款); answers the loan."""
    return await write(lambda tx: actions.disburse_application(tx, officer, application_id, body, today))


@router.get("/loans", response_model=PageOf[LoanOut])
async def list_loans(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    region: RegionCode | None = None,
    state: LoanState | None = None,
    household_id: UUID | None = None,
    overdue: bool = False,
    contract_number: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    """Return loans by region, state, household or contract number; a bank sees its own."""
    right = Right.LOANS_READ
    scope = scope_of(officer, right) if region is None else scope_within(officer, right, region)
    loans = await queries.list_loans(
        conn,
        scope,
        state=state,
        household_id=household_id,
        overdue_only=overdue,
        contract_number=contract_number,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(loans, page.limit, "id")


@router.get("/loans/{loan_id}", response_model=LoanOut)
async def get_loan(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanOut:
    """Return one loan and how it stands."""
    return await queries.get_loan(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.get("/loans/{loan_id}/installments", response_model=LoanInstallments)
async def list_installments(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanInstallments:
    """Return the repayment schedule (还款计划) with what was paid on every instalment."""
    return await queries.list_installments(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.get("/dues.csv", responses=download("one line for each unpaid instalment"))
async def list_dues(
    officer: RecordRepayments,
    conn: Read,
    due_through: Annotated[date, Query(description="last due date; penalty is counted to this day")],
    due_from: Annotated[date, Query(description="first due date")] = FIRST_DAY,
) -> Response:
    """Return what is due to the officer's bank (应收清单).

    Columns: contract_number, loan_id, household_number, due_on, interest, principal, penalty, total.
    """
    regions = officer.regions_for(Right.REPAYMENTS_RECORD)
    return Response(
        await queries.dues_csv(conn, organisation_of(officer), regions, due_from, due_through), media_type="text/csv"
    )
