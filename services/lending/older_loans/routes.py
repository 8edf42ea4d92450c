"""HTTP of loans from before the platform."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from services.lending.older_loans import queries, taking_over
from services.lending.older_loans.schemas import OlderLoanOut, OlderLoansIn, OlderLoansOut
from services.lending.scope import scope_of
from shared.access import Principal, Right
from shared.web.edge import Read, Today
from shared.web.identity import requires
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["存量贷款 Older loans"])
RecordOlderLoans = Annotated[Principal, requires(Right.OLDER_LOANS_RECORD)]
ReadLoans = Annotated[Principal, requires(Right.LOANS_READ)]


@router.post("/older-loans", response_model=OlderLoansOut, status_code=201)
async def take_over_older_loans(
    body: OlderLoansIn, officer: RecordOlderLoans, write: Write, request: Request, today: Today
) -> Response:
    """Take up to 2 000 of the bank's loans from before the platform on the books (LG-2, LG-28).

    Guaranteed loans above 50 000 under the older rule, and loans used by an enterprise that were granted before the
    ban, run on as they were signed: schedule, repayments, overdue and default as for any loan. They count in what the
    household owes. A loan that fits no earlier rule is named in `refusals` with every reason.
    """
    found = await taking_over.ask_registry(request.app.state.registry, write, officer, body, today)
    return await write(lambda conn: taking_over.take_over(conn, officer, body, found))


@router.get("/older-loans", response_model=PageOf[OlderLoanOut])
async def list_older_loans(officer: ReadLoans, conn: Read, page: Page) -> dict[str, Any]:
    """List the loans that keep an earlier rule, with their guarantors; a bank sees its own."""
    rows = await queries.list_older_loans(conn, scope_of(officer, Right.LOANS_READ), page)
    return page_of(rows, page.limit, "loan_id")
