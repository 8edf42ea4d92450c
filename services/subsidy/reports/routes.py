"""The report over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.subsidy.access import ReadReports
from services.subsidy.reports import queries
from services.subsidy.reports.schemas import BenefitTotals, SubsidyReport, UnsubsidisedInterest
from shared.access import Right
from shared.policy.household_facts import Code
from shared.regions import CountyCode, RegionCode
from shared.scope import scope_within
from shared.web.bodies import Day
from shared.web.edge import Read, Today

router = APIRouter(tags=["报表 Reports"])


@router.get("/reports/subsidy", status_code=200, response_model=SubsidyReport)
async def report_subsidy(
    officer: ReadReports, conn: Read, today: Today, region_code: RegionCode, product_code: Code | None = None
) -> SubsidyReport:
    """Report a region's interest and subsidy: paid, approved, excluded and why, by quarter, township and programme.

    With `product_code` every figure of loans is of that product alone; programmes are the county's.
    """
    scope = scope_within(officer, Right.REPORTS_READ, region_code)
    return await queries.subsidy_report(conn, scope, region_code, product_code, today)


@router.get("/reports/unsubsidised-interest", status_code=200, response_model=UnsubsidisedInterest)
async def report_unsubsidised_interest(
    officer: ReadReports,
    conn: Read,
    today: Today,
    county_code: CountyCode,
    year: Annotated[int, Query(ge=2000, le=2100)],
) -> UnsubsidisedInterest:
    """Report whose interest of a calendar year still awaits its subsidy; nothing once all of it is paid out (SX-5)."""
    scope = scope_within(officer, Right.REPORTS_READ, county_code)
    return await queries.unsubsidised_interest(conn, scope, county_code, year, today)


@router.get("/reports/benefits", status_code=200, response_model=BenefitTotals)
async def report_benefits(
    officer: ReadReports, conn: Read, region_code: RegionCode, period_from: Day, period_until: Day
) -> BenefitTotals:
    """Report the totals of projects, direct grants, loans by product, agreements and their households (ZJ-11)."""
    scope = scope_within(officer, Right.REPORTS_READ, region_code)
    return await queries.benefit_totals(conn, scope, region_code, period_from, period_until)
