"""The register's report over HTTP."""

from fastapi import APIRouter

from services.registry.access import ReadReports
from services.registry.edge import InRegion, Read
from services.registry.reports import queries
from services.registry.reports.schemas import RegistryReport

router = APIRouter(tags=["报表 Reports"])


@router.get("/reports/registry", status_code=200, response_model=RegistryReport)
async def report_registry(officer: ReadReports, conn: Read, region: InRegion) -> RegistryReport:
    """Report how many households are registered, rated and listed, by state, grade and township."""
    return await queries.registry_report(conn, officer, region)
