"""Repayments over HTTP: one by one, and as the bank's file."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.lending.access import ReadLoans, RecordRepayments
from services.lending.repayments import queries
from services.lending.repayments.actions import files, recording
from services.lending.repayments.schemas import LoanRepayments, RepaymentFileOut, RepaymentIn, RepaymentOut
from shared.access import Right
from shared.money import Money
from shared.scope import organisation_of, scope_of
from shared.web.direct import DirectRoute
from shared.web.edge import Read, Today, download, upload
from shared.web.writes import Write

router = APIRouter(tags=["还款 Repayments"], route_class=DirectRoute)
LineCount = Annotated[int, Query(ge=1)]


@router.post("/loans/{loan_id}/repayments", status_code=201, response_model=RepaymentOut)
async def record_repayment(loan_id: UUID, body: RepaymentIn, officer: RecordRepayments, write: Write) -> Response:
    """Record what the bank received on a loan (还款入账).

    `repayment` pays what is due on `paid_on`, with what falls due within the contract's early-payment window;
    `prepayment` repays early, the whole loan or a part. The oldest due is paid first, in the contract's order of kinds.
    A bank reference that was recorded before with the same amount answers the recorded repayment.
    """
    return await write(lambda tx: recording.record_repayment(tx, officer, loan_id, body))


@router.get("/loans/{loan_id}/repayments", response_model=LoanRepayments)
async def list_repayments(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanRepayments:
    """Return a loan's repayments and what each instalment received."""
    return await queries.list_repayments(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.post(
    "/repayment-files",
    status_code=201,
    response_model=RepaymentFileOut,
    openapi_extra=upload("bank_reference,contract_number,kind,paid_on,amount"),
)
async def record_repayment_file(
    request: Request,
    officer: RecordRepayments,
    write: Write,
    today: Today,
    line_count: LineCount,
    total_amount: Money,
) -> Response:
    """Record a bank's repayment file (批量还款), up to 200 000 lines; `kind` is repayment or prepayment.

    The file is refused whole when it cannot be read or when its lines or total differ from those announced; otherwise
    every right line is recorded and every other is listed with its reason.
    """
    body = await request.body()
    return await write(lambda tx: files.record_repayment_file(tx, officer, body, line_count, total_amount, today))


@router.get("/repayment-files/{file_id}", response_model=RepaymentFileOut)
async def get_repayment_file(file_id: UUID, officer: RecordRepayments, conn: Read) -> RepaymentFileOut:
    """Return what became of a repayment file of the officer's bank."""
    return await queries.get_repayment_file(conn, file_id, organisation_of(officer))


@router.get("/repayment-files/{file_id}/rejections.csv", responses=download("rejected lines with reasons"))
async def get_repayment_rejections(file_id: UUID, officer: RecordRepayments, conn: Read) -> Response:
    """Return the rejected lines as they were sent, with code and reason beside each."""
    return Response(await queries.rejections_csv(conn, file_id, organisation_of(officer)), media_type="text/csv")
