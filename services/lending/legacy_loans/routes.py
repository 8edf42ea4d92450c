"""HTTP of loans from before the platform."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.lending.access import ReadLoans, RecordLegacyLoans
from services.lending.legacy_loans import actions, queries
from services.lending.legacy_loans.schemas import LegacyLoanOut, LegacyLoansIn, LegacyLoansOut
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["存量贷款 Legacy loans"])


@router.post("/legacy-loans", response_model=LegacyLoansOut, status_code=201)
async def onboard_legacy_loans(
    body: LegacyLoansIn, officer: RecordLegacyLoans, write: Write, request: Request
) -> Response:
    """Take up to 2 000 of the bank's loans from before the platform on the books (LG-2, LG-28).

    Guaranteed loans above 50 000 under the legacy rule, and loans used by an enterprise that were granted before the
    ban, run on as they were signed: schedule, repayments, overdue and default as for any loan. They count in what the
    household owes. A loan that fits no earlier rule is named in `refusals` with every reason.
    """
    found = await actions.ask_registry(request.app.state.registry, write, officer, body)
    return await write(lambda conn: actions.onboard(conn, officer, body, found))


@router.get("/legacy-loans", response_model=PageOf[LegacyLoanOut])
async def list_legacy_loans(officer: ReadLoans, conn: Read, page: Page) -> dict[str, Any]:
    """List the loans that keep an earlier rule, with their guarantors; a bank sees its own."""
    rows = await queries.list_legacy_loans(conn, scope_of(officer, Right.LOANS_READ), page)
    return page_of(rows, page.limit, "id")
