"""Build the subsidy service's application; the only file that wires its parts together."""

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.subsidy import consumers
from services.subsidy.agreements.routes import router as agreements
from services.subsidy.batches.routes import router as batches
from services.subsidy.clawbacks.routes import router as clawbacks
from services.subsidy.derivations.routes import router as derivations
from services.subsidy.differences.routes import router as differences
from services.subsidy.dividends.routes import router as dividends
from services.subsidy.grants.routes import router as grants
from services.subsidy.linkages.routes import router as linkages
from services.subsidy.payees.routes import router as payees
from services.subsidy.payments.routes import router as payments
from services.subsidy.periods.actions import JOB as NOTE_LATE_PERIODS
from services.subsidy.periods.actions import note_late_periods
from services.subsidy.periods.routes import router as periods
from services.subsidy.programmes.routes import router as programmes
from services.subsidy.projects.routes import router as projects
from services.subsidy.rates.routes import router as rates
from services.subsidy.reports.routes import router as reports
from services.subsidy.reversals.routes import router as reversals
from services.subsidy.supervision.routes import router as supervision
from services.subsidy.terminations.routes import router as terminations
from shared.days import DayJob, Days, keep_days
from shared.web.service import Service, service_app

# Every room of the service serves its part of the API; a new room adds its router here.
ROUTERS = (
    rates,
    programmes,
    batches,
    payments,
    payees,
    terminations,
    periods,
    derivations,
    differences,
    clawbacks,
    projects,
    agreements,
    grants,
    dividends,
    linkages,
    supervision,
    reversals,
    reports,
)
# A county's days begin with its first loan here; the job catches up by itself on what was late before.
DAYS = Days(
    counties="SELECT DISTINCT county_code, (now() AT TIME ZONE 'Asia/Shanghai')::date AS first_day "
    "FROM subsidy_account",
    jobs=(DayJob(NOTE_LATE_PERIODS, note_late_periods),),
)


async def start_up(app: FastAPI, stack: AsyncExitStack) -> None:
    """Keep the days."""
    await keep_days(app, stack, DAYS)


def create_app() -> FastAPI:
    """Return the subsidy service's application."""
    return service_app(
        Service(
            name="subsidy",
            title="贴息服务 Subsidy",
            description="Reference rates, programmes, and the reimbursement of interest that households really paid.",
            routers=ROUTERS,
            subscriptions=consumers.SUBSCRIPTIONS,
            peers=["registry", "lending"],
            reads_personal_data=True,
            startup=start_up,
        )
    )
