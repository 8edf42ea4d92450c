"""The classification of loans over HTTP: any day's class, the months, the report, and classes set by officers."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.lending.access import ReadLoans, ReadReports, ReviewClasses, RunJobs
from services.lending.classes import queries
from services.lending.classes.actions import reviewing, running
from services.lending.classes.schemas import (
    ClassifiedLoanOut,
    ClassReport,
    ClassReviewIn,
    ClassReviewOut,
    ClassRunOut,
    ClassRunsOut,
    LoanClassOut,
)
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Right
from shared.jobs import JobRunIn
from shared.policy.vocabulary import LoanClass
from shared.prints.page import page_of as printed
from shared.regions import RegionCode
from shared.scope import scope_of, scope_within
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["五级分类 Classification of loans"])


@router.post("/jobs/classify-loans/runs", status_code=201, response_model=ClassRunsOut)
async def run_classify_loans(body: JobRunIn, officer: RunJobs, write: Write) -> Response:
    """Classify a county's loans (五级分类) as of the end of each month that is over by a business date (LG-43).

    Months that were missed are caught up in order, each once; what a month found stays as it was found.
    """
    return await write(lambda tx: running.classify_loans(tx, officer, body))


@router.get("/class-runs", response_model=PageOf[ClassRunOut])
async def list_class_runs(officer: ReadReports, conn: Read, page: Page) -> dict[str, Any]:
    """Return the monthly classifications of the caller's counties, all banks together, the newest first."""
    whole = [view.region for view in scope_of(officer, Right.REPORTS_READ).views if view.bank is None]
    items = await queries.list_runs(conn, whole, after=page.after_as(UUID), limit=page.limit + 1)
    return page_of(items, page.limit, "id")


@router.get("/class-runs/{class_run_id}/loans", response_model=PageOf[ClassifiedLoanOut])
async def list_classified_loans(
    class_run_id: UUID, officer: ReadLoans, conn: Read, page: Page, loan_class: LoanClass | None = None
) -> dict[str, Any]:
    """Return what a month's classification found loan by loan, of one class or of all; a bank sees its own."""
    scope = scope_of(officer, Right.LOANS_READ)
    items = await queries.list_classified(
        conn, class_run_id, scope, loan_class=loan_class, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(items, page.limit, "loan_id")


@router.get("/reports/loan-classes", response_model=ClassReport)
async def report_loan_classes(
    officer: ReadReports, conn: Read, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> ClassReport:
    """Return a region's loans by class and by days past due on any day, as they are known now; a bank sees its own."""
    scope = scope_within(officer, Right.REPORTS_READ, region_code)
    return await queries.class_report(conn, region_code, scope, as_of or today)


@router.get("/loans/{loan_id}/class", response_model=LoanClassOut)
async def get_loan_class(
    loan_id: UUID, officer: ReadLoans, conn: Read, today: Today, as_of: Day | None = None
) -> LoanClassOut:
    """Return a loan's class on any day: what its days past due give, what officers set, what the months found."""
    return await queries.class_on(conn, loan_id, scope_of(officer, Right.LOANS_READ), as_of or today)


@router.get("/loans/{loan_id}/classification-form.html", status_code=200, response_class=HTMLResponse)
async def print_classification_form(
    loan_id: UUID, officer: ReadLoans, conn: Read, today: Today, as_of: Day | None = None
) -> HTMLResponse:
    """Show a loan's classification form (五级分类认定表) on a day as an A4 page to print, sign and file."""
    form = await queries.classification_form(conn, loan_id, scope_of(officer, Right.LOANS_READ), as_of or today)
    return HTMLResponse(printed(form))


@router.post("/loans/{loan_id}/class-reviews", status_code=201, response_model=ClassReviewOut)
async def propose_class_review(loan_id: UUID, body: ClassReviewIn, officer: ReviewClasses, write: Write) -> Response:
    """Propose a class worse than the rule's, with the reason, or to lift the one that officers set."""
    return await write(lambda tx: reviewing.propose_review(tx, officer, loan_id, body))


@router.get("/class-reviews", response_model=PageOf[ClassReviewOut])
async def list_class_reviews(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return classes that officers proposed, by region, state or loan; a bank sees its own."""
    return await queries.CLASS_REVIEWS.page(conn, officer, asked)


@router.post("/class-reviews/{review_id}/decisions", status_code=201, response_model=ClassReviewOut)
async def decide_class_review(review_id: UUID, body: DecisionIn, officer: ReviewClasses, write: Write) -> Response:
    """Confirm or refuse a proposed class, by another person of the bank; confirmed, it holds from that day."""
    return await write(lambda tx: reviewing.decide_review(tx, officer, review_id, body))


@router.post("/class-reviews/{review_id}/withdrawals", status_code=201, response_model=ClassReviewOut)
async def withdraw_class_review(
    review_id: UUID, body: CorrectionWithdrawalIn, officer: ReviewClasses, write: Write
) -> Response:
    """Withdraw one's own proposal of a class."""
    return await write(lambda tx: reviewing.withdraw_review(tx, officer, review_id, body))
