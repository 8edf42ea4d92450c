"""The statement of a loan over HTTP: as it is read, printed, and as a spreadsheet."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadLoans
from services.lending.statements import queries
from services.lending.statements.rules.printed import COLUMNS, rows_of, sheet_of
from services.lending.statements.schemas import LoanStatementOut
from shared.access import Right
from shared.prints.pdf import pdf_of
from shared.scope import scope_of
from shared.web.bodies import Day, Instant
from shared.web.edge import Read, download
from shared.web.sheets import SHEET_RESPONSES, SheetForm, sheet_download

router = APIRouter(tags=["贷款账户 Loan account"])


@router.get("/loans/{loan_id}/statement", response_model=LoanStatementOut)
async def get_loan_statement(
    loan_id: UUID, officer: ReadLoans, conn: Read, from_on: Day, through_on: Day, known_at: Instant | None = None
) -> LoanStatementOut:
    """Return the statement of a loan's account (对账单) over a span of days, reversed postings shown as reversed.

    With `known_at`, as it was known at that moment.
    """
    return await queries.statement(conn, loan_id, scope_of(officer, Right.LOANS_READ), from_on, through_on, known_at)


@router.get(
    "/loans/{loan_id}/statement.pdf",
    status_code=200,
    response_class=Response,
    responses=download("the statement to print, A4", "application/pdf"),
)
async def print_loan_statement(
    loan_id: UUID, officer: ReadLoans, conn: Read, from_on: Day, through_on: Day, known_at: Instant | None = None
) -> Response:
    """Download the statement of a loan's account (对账单) to print and sign."""
    scope = scope_of(officer, Right.LOANS_READ)
    statement = await queries.statement(conn, loan_id, scope, from_on, through_on, known_at)
    sheet = sheet_of(statement, await queries.bank_of(conn, loan_id))
    name = f'attachment; filename="statement-{loan_id}-{through_on}.pdf"'
    return Response(pdf_of(sheet), media_type="application/pdf", headers={"Content-Disposition": name})


@router.get(
    "/loans/{loan_id}/statement/export.{form}",
    status_code=200,
    response_class=Response,
    responses=SHEET_RESPONSES,
)
async def export_loan_statement(
    loan_id: UUID,
    form: SheetForm,
    officer: ReadLoans,
    conn: Read,
    from_on: Day,
    through_on: Day,
    known_at: Instant | None = None,
) -> Response:
    """Download the statement of a loan's account (对账单) as a spreadsheet."""
    scope = scope_of(officer, Right.LOANS_READ)
    statement = await queries.statement(conn, loan_id, scope, from_on, through_on, known_at)
    rows = rows_of(statement, to_add_up=form is SheetForm.XLSX)
    return sheet_download(f"statement-{loan_id}-{through_on}", form, COLUMNS, rows)
