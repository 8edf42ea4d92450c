"""Periods over HTTP."""

from fastapi import APIRouter

from services.subsidy.access import ReadSubsidies
from services.subsidy.periods import queries
from services.subsidy.periods.schemas import PeriodOut
from shared.access import Right
from shared.regions import CountyCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today

router = APIRouter(tags=["贴息批次 Subsidy batches"])


@router.get("/subsidy-periods", status_code=200, response_model=list[PeriodOut])
async def list_subsidy_periods(
    officer: ReadSubsidies, conn: Read, today: Today, county_code: CountyCode, as_of: Day | None = None
) -> list[PeriodOut]:
    """List a county's periods of the last two years by its pack: done, due, or late without a run (SX-5)."""
    return await queries.list_periods(conn, scope_of(officer, Right.SUBSIDIES_READ), county_code, as_of or today)
