"""Build the risk-fund service's application; the only file that wires its parts together."""

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.riskfund import consumers
from services.riskfund.claims.actions.asking import ask_late
from services.riskfund.claims.routes import router as claims
from services.riskfund.cover.actions.loans import cover_the_uncovered
from services.riskfund.cover.routes import router as cover
from services.riskfund.funds.actions.funds import when_an_account_opens
from services.riskfund.funds.routes import router as funds
from services.riskfund.guarantees.routes import router as guarantees
from services.riskfund.insurance.actions.policies import when_a_policy_is_recorded
from services.riskfund.insurance.routes import router as insurance
from services.riskfund.jobs.actions import EXPIRE_RESERVATIONS, run_expiry
from services.riskfund.jobs.routes import router as jobs
from services.riskfund.recoveries.routes import router as recoveries
from services.riskfund.reports.routes import router as reports
from shared.days import DayJob, Days, keep_days
from shared.web.service import Service, service_app

DAYS = Days(
    counties="SELECT county_code, min(opened_on) AS first_day FROM fund GROUP BY 1",
    jobs=(DayJob(EXPIRE_RESERVATIONS, run_expiry),),
)


async def start_up(app: FastAPI, stack: AsyncExitStack) -> None:
    """Keep the days."""
    await keep_days(app, stack, DAYS)


def create_app() -> FastAPI:
    """Return the risk-fund service's application."""
    when_an_account_opens(cover_the_uncovered)
    when_a_policy_is_recorded(ask_late)
    return service_app(
        Service(
            name="riskfund",
            title="风险补偿金服务 Risk fund",
            description="The county's risk-compensation fund: cover for loans, claims, insurance and recoveries.",
            routers=[funds, cover, insurance, claims, recoveries, guarantees, jobs, reports],
            subscriptions=consumers.SUBSCRIPTIONS,
            startup=start_up,
        )
    )
