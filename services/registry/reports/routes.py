"""The register's report over HTTP."""

from fastapi import APIRouter

from services.registry.access import ReadReports
from services.registry.reports import queries
from services.registry.reports.schemas import RegistryReport
from shared.regions import RegionCode
from shared.web.edge import Read, Today

router = APIRouter(tags=["报表 Reports"])


@router.get("/reports/registry", status_code=200, response_model=RegistryReport)
async def report_registry(officer: ReadReports, conn: Read, today: Today, region_code: RegionCode) -> RegistryReport:
    """Report how many households are on the register today, rated and listed, by state, grade and township."""
    return await queries.registry_report(conn, officer, region_code, today)
