"""The report over HTTP."""

from fastapi import APIRouter

from services.riskfund.access import ReadReports
from services.riskfund.reports import queries
from services.riskfund.reports.schemas import RiskfundReport
from shared.access import Right
from shared.policy.household_facts import Code
from shared.regions import RegionCode
from shared.scope import scope_within
from shared.web.bodies import Day
from shared.web.edge import Read, Today

router = APIRouter(tags=["报表 Reports"])


@router.get("/reports/riskfund", status_code=200, response_model=RiskfundReport)
async def report_riskfund(
    officer: ReadReports,
    conn: Read,
    region_code: RegionCode,
    today: Today,
    as_of: Day | None = None,
    product_code: Code | None = None,
) -> RiskfundReport:
    """Report a region's fund: paid in, cover day by day, claims, compensation, recoveries, exceptions.

    With `product_code` every figure of loans, claims and recoveries is of that product alone; the fund's money and
    its cover stand for all products.
    """
    officer.ensure_region(Right.REPORTS_READ, region_code)
    scope = scope_within(officer, Right.REPORTS_READ, region_code)
    return await queries.riskfund_report(conn, region_code, scope, as_of or today, product_code)
