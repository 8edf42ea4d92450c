"""The report over HTTP."""

from fastapi import APIRouter

from services.subsidy.access import ReadReports
from services.subsidy.reports import queries
from services.subsidy.reports.schemas import SubsidyReport
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_within
from shared.web.edge import Read

router = APIRouter(tags=["报表 Reports"])


@router.get("/reports/subsidy", status_code=200, response_model=SubsidyReport)
async def report_subsidy(officer: ReadReports, conn: Read, region_code: RegionCode) -> SubsidyReport:
    """Report a region's interest and subsidy: paid, approved, excluded and why, by quarter, township and programme."""
    return await queries.subsidy_report(conn, scope_within(officer, Right.REPORTS_READ, region_code), region_code)
