"""The lending report over HTTP."""

from fastapi import APIRouter, Request

from services.lending.access import ReadReports
from services.lending.clients import list_regions
from services.lending.reports import queries
from services.lending.reports.schemas import LendingReport, ResponsibleBanksReport
from shared.access import Right
from shared.policy.household_facts import Code
from shared.regions import CountyOrPart, RegionCode
from shared.scope import scope_within
from shared.web.bodies import Day
from shared.web.edge import Read, Today

router = APIRouter(tags=["报表 Reports"])


@router.get("/reports/lending", response_model=LendingReport)
async def report_lending(
    officer: ReadReports,
    conn: Read,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    product_code: Code | None = None,
) -> LendingReport:
    """Return the lending figures (放贷统计) of a region as of a business date; a bank sees its own loans.

    First loans and loans granted again are counted apart; industries and townships count first loans. With
    `product_code` every figure is of that loan product alone; `by_product` shows the products side by side.
    """
    scope = scope_within(officer, Right.REPORTS_READ, region_code)
    return await queries.lending_report(conn, region_code, scope, as_of or today, product_code)


@router.get("/reports/responsible-banks", response_model=ResponsibleBanksReport)
async def report_responsible_banks(
    officer: ReadReports, today: Today, request: Request, region_code: CountyOrPart, as_of: Day | None = None
) -> ResponsibleBanksReport:
    """Report which villages of a county or a part of it have a responsible bank on a day, and each bank's figures.

    Villages without one are named (LG-47). A bank sees what it lent itself.
    """
    officer.ensure_region(Right.REPORTS_READ, region_code)
    on, scope = as_of or today, scope_within(officer, Right.REPORTS_READ, region_code)
    villages = await list_regions(request.app.state.registry, region_code, "village", on)
    async with request.app.state.database.connection() as conn:
        return await queries.responsible_banks_report(conn, region_code, scope, on, villages)
