"""Loans at risk over HTTP."""

from typing import Any

from fastapi import APIRouter, Response

from services.lending.access import ReadLoans
from services.lending.risks import queries
from services.lending.risks.schemas import RiskReason, RiskyLoanOut
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today, download
from shared.web.pages import Page, PageOf, page_of

router = APIRouter(tags=["风险监测 Loans at risk"])


@router.get("/loans-at-risk", response_model=PageOf[RiskyLoanOut])
async def list_loans_at_risk(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    reason: RiskReason | None = None,
    as_of: Day | None = None,
) -> Any:
    """List the loans at risk (贷款风险监测) on a day with every reason and since when it holds; a bank sees its own.

    Reasons come from the account (days past due, class, a broken plan), from the village's news of the borrower, from
    the lists of households and entities, from visits and checks that were not made by their day, from misuses that the
    bank found, from a write-off whose ground is gone, and from a grant without the fund's cover (LG-49).
    """
    scope = scope_of(officer, Right.LOANS_READ)
    found = await queries.list_risky_loans(conn, scope, page, as_of or today, region_code, reason)
    return page_of(found, page.limit, "loan_id")


@router.get("/loans-at-risk.csv", responses=download("one line for each loan at risk"))
async def export_loans_at_risk(
    officer: ReadLoans, conn: Read, today: Today, region_code: RegionCode | None = None, as_of: Day | None = None
) -> Response:
    """Return all loans at risk on a day as a file.

    Columns: loan_id, contract_number, household_number, village_code, bank_code, matures_on, principal_outstanding,
    days_past_due, loan_class, reasons (each with the day since which it holds, and its detail).
    """
    scope = scope_of(officer, Right.LOANS_READ)
    return Response(await queries.risky_loans_csv(conn, scope, as_of or today, region_code), media_type="text/csv")
