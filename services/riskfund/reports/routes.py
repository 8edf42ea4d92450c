"""The report over HTTP."""

from fastapi import APIRouter

from services.riskfund.access import ReadReports
from services.riskfund.reports import queries
from services.riskfund.reports.schemas import RiskfundReport
from shared.access import Right
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
) -> RiskfundReport:
    """Report a region's fund: paid in, cover day by day, claims, compensation, recoveries, exceptions."""
    officer.ensure_region(Right.REPORTS_READ, region_code)
    return await queries.riskfund_report(
        conn, region_code, scope_within(officer, Right.REPORTS_READ, region_code), as_of or today
    )
