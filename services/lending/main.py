"""Build the lending service's application; the only file that wires its parts together."""

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.lending import consumers
from services.lending.accounts.actions.rest_days import take_rest_days
from services.lending.accounts.routes import router as accounts
from services.lending.applications.routes import router as applications
from services.lending.borrower_news.routes import router as borrower_news
from services.lending.cancellations.routes import router as cancellations
from services.lending.checks.routes import router as checks
from services.lending.classes.actions.running import JOB as CLASSIFY
from services.lending.classes.actions.running import classify_loans
from services.lending.classes.routes import router as classes
from services.lending.collections.routes import router as collections
from services.lending.condition_approvals.routes import router as condition_approvals
from services.lending.county_days.actions import take_all_own_days
from services.lending.county_days.routes import router as county_days
from services.lending.defaults.routes import router as defaults
from services.lending.dues.routes import router as dues
from services.lending.explanations.routes import router as explanations
from services.lending.heirs.routes import router as heirs
from services.lending.jobs.actions import JOB as MARK_OVERDUE
from services.lending.jobs.actions import mark_overdue
from services.lending.jobs.routes import router as jobs
from services.lending.legacy_loans.routes import router as legacy_loans
from services.lending.lenders.routes import router as lenders
from services.lending.loans.routes import router as loans
from services.lending.misuses.routes import router as misuses
from services.lending.notices.routes import router as notices
from services.lending.pursuits.routes import router as pursuits
from services.lending.quotes.routes import router as quotes
from services.lending.rate_changes.routes import router as rate_changes
from services.lending.reminders.routes import router as reminders
from services.lending.remissions.routes import router as remissions
from services.lending.repayments.routes import router as repayments
from services.lending.reports.routes import router as reports
from services.lending.risks.routes import router as risks
from services.lending.statements.routes import router as statements
from services.lending.visits.routes import router as visits
from services.lending.withdrawals.routes import router as withdrawals
from services.lending.write_offs.routes import router as write_offs
from shared.dates import today_in_china
from shared.days import DayJob, Days, keep_days
from shared.web.service import Service, service_app
from shared.workdays import rest_days

# Every room of the service serves its part of the API; a new room adds its router here. Routes are matched one after
# the other, so what a bank sends by the thousand stands first.
ROUTERS = (
    repayments,
    quotes,
    lenders,
    applications,
    notices,
    checks,
    condition_approvals,
    visits,
    explanations,
    loans,
    dues,
    cancellations,
    remissions,
    misuses,
    legacy_loans,
    accounts,
    statements,
    rate_changes,
    defaults,
    withdrawals,
    write_offs,
    pursuits,
    heirs,
    reminders,
    classes,
    collections,
    borrower_news,
    county_days,
    risks,
    jobs,
    reports,
)


# Held money and lateness first: what a month's classes rest on.
DAYS = Days(
    counties="SELECT l.county_code, min((d.recorded_at AT TIME ZONE 'Asia/Shanghai')::date) AS first_day "
    "FROM disbursement d JOIN loan l ON l.id = d.loan_id GROUP BY 1",
    jobs=(DayJob(MARK_OVERDUE, mark_overdue), DayJob(CLASSIFY, classify_loans)),
)


async def start_up(app: FastAPI, stack: AsyncExitStack) -> None:
    """Give the database the days of rest that this release knows, put right what they change, and keep the days."""
    async with app.state.database.transaction() as conn:
        today = today_in_china()
        await take_rest_days(conn, rest_days(), today)
        await take_all_own_days(conn, today)
    await keep_days(app, stack, DAYS)


def create_app() -> FastAPI:
    """Return the lending service's application."""
    return service_app(
        Service(
            name="lending",
            title="贷款服务 Lending",
            description="Applications, approval, disbursement, repayments, overdue and recoveries of small loans.",
            routers=ROUTERS,
            subscriptions=consumers.SUBSCRIPTIONS,
            peers=["registry", "riskfund"],
            startup=start_up,
        )
    )
