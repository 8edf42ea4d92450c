"""Payment runs and return files over HTTP."""

import asyncio
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.subsidy.access import ConfirmSubsidies, PaySubsidies, ReadSubsidies
from services.subsidy.payments import queries
from services.subsidy.payments.actions import confirming, correcting, returning, running
from services.subsidy.payments.schemas import (
    InstructionOut,
    PaymentRunIn,
    PaymentRunOut,
    RejectionCorrectionIn,
    ReturnedTransferIn,
    ReturnedTransferOut,
    ReturnFileOut,
    ReturnWithdrawalIn,
)
from services.subsidy.payments.sheet import PAYMENT_COLUMNS, payment_rows
from services.subsidy.proposals.schemas import ReversalOut
from shared.access import Right
from shared.money import Money
from shared.prints.pdf import pdf_of
from shared.scope import scope_of
from shared.web.edge import CSV, Cipher, Read, Today, download, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.sheets import MEDIA_TYPES, SHEET_RESPONSES, SheetForm, sheet_download
from shared.web.writes import Write

router = APIRouter(tags=["贴息发放 Payment runs"])


@router.post("/subsidy-batches/{batch_id}/payment-runs", status_code=201, response_model=PaymentRunOut)
async def start_payment_run(
    request: Request, batch_id: UUID, body: PaymentRunIn, officer: PaySubsidies, cipher: Cipher, write: Write
) -> Response:
    """Write one payment instruction for each household of an approved batch that is still unpaid.

    Accounts come from the register in the version valid now. Households without account are reported and left for a
    later run, as are those whose instruction the bank rejects, and those on the blacklist until they are cleared.
    """
    state = request.app.state
    accounts = await running.find_accounts(state.database, state.registry, cipher, officer, batch_id)
    return await write(lambda tx: running.start_run(tx, officer, batch_id, body, accounts))


@router.get("/subsidy-batches/{batch_id}/payment-runs", status_code=200, response_model=list[PaymentRunOut])
async def list_payment_runs(batch_id: UUID, officer: ReadSubsidies, conn: Read) -> list[PaymentRunOut]:
    """List a batch's payment runs; households without account are named to whoever may see them."""
    return await queries.list_runs(conn, scope_of(officer, Right.SUBSIDIES_READ), batch_id)


@router.get("/subsidy-batches/{batch_id}/instructions", status_code=200, response_model=PageOf[InstructionOut])
async def list_payment_instructions(
    batch_id: UUID,
    officer: PaySubsidies,
    conn: Read,
    page: Page,
    state: Literal["sent", "paid", "rejected", "returned", "doubled"] | None = None,
) -> Any:
    """List a batch's instructions without names and account numbers, for example the rejected ones to correct."""
    scope = scope_of(officer, Right.SUBSIDIES_PAY)
    found = await queries.list_instructions(conn, scope, batch_id, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get(
    "/payment-runs/{run_id}/instructions.csv",
    status_code=200,
    response_class=Response,
    responses=download("one line for each payment, names and account numbers in clear, for the paying bank"),
)
async def download_payment_instructions(
    run_id: UUID, officer: ConfirmSubsidies, cipher: Cipher, conn: Read
) -> Response:
    """Download a run's instructions for the paying bank: UTF-8 CSV with byte-order mark."""
    body = await queries.instructions_csv(conn, officer, cipher, run_id)
    name = f'attachment; filename="instructions-{run_id}.csv"'
    return Response(body, media_type=CSV, headers={"Content-Disposition": name})


@router.get(
    "/payment-runs/{run_id}/payment-file.{form}", status_code=200, response_class=Response, responses=SHEET_RESPONSES
)
async def export_payment_file(
    run_id: UUID, form: SheetForm, officer: ConfirmSubsidies, cipher: Cipher, conn: Read
) -> Response:
    """Download a run's payments as a sheet that the bank fills in and sends back, with totals and a digest."""
    run = await queries.visible_run(conn, officer, run_id)
    transfers = await queries.transfers_of(conn, cipher, run_id)
    rows = payment_rows(transfers, queries.purpose_of(run), to_add_up=form is SheetForm.XLSX)
    return sheet_download(f"payments-{run_id}", form, PAYMENT_COLUMNS, rows)


@router.get(
    "/payment-runs/{run_id}/payment-list.pdf",
    status_code=200,
    response_class=Response,
    responses=download("the payment list to print and sign, A4, ID numbers masked", "application/pdf"),
)
async def print_payment_list(run_id: UUID, officer: ConfirmSubsidies, cipher: Cipher, conn: Read) -> Response:
    """Download a run's payment list (发放清册) to sign: who is paid into which account, the total in words (大写)."""
    sheet = await queries.payment_list(conn, officer, cipher, run_id)
    name = f'attachment; filename="payment-list-{run_id}.pdf"'
    body = await asyncio.to_thread(pdf_of, sheet)
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": name})


@router.post(
    "/payment-runs/{run_id}/return-files",
    status_code=201,
    response_model=ReturnFileOut,
    openapi_extra=upload(
        "instruction_id,state,amount,paid_on,reason; state is paid, rejected or returned (paid before and come back), "
        "paid_on the day of it, reason for rejected and returned. Or the run's payment file, as .xlsx or CSV, with "
        "result, day and reason filled in",
        CSV,
        MEDIA_TYPES[SheetForm.XLSX],
    ),
)
async def take_return_file(
    request: Request,
    run_id: UUID,
    officer: ConfirmSubsidies,
    cipher: Cipher,
    write: Write,
    today: Today,
    line_count: Annotated[int, Query(ge=0)],
    total_amount: Money,
) -> Response:
    """Confirm a run by the paying bank's return file; each instruction settles once, what was paid may come back.

    The file is refused whole when lines or total differ from what is announced or a column is unknown. Lines that do
    not fit an instruction are refused one by one. The same file sent again changes nothing and answers the same.
    """
    body, announced = await request.body(), Decimal(total_amount)
    return await write(
        lambda tx: confirming.take_return_file(tx, officer, cipher, run_id, body, line_count, announced, today)
    )


@router.post(
    "/payment-instructions/{instruction_id}/returned-transfers", status_code=201, response_model=ReturnedTransferOut
)
async def record_returned_transfer(
    instruction_id: UUID, body: ReturnedTransferIn, officer: ConfirmSubsidies, write: Write, today: Today
) -> Response:
    """Record that a transfer came back after it had been confirmed as paid (退汇); the same notice answers the same.

    The household is unpaid again and its money is to be paid; a later run pays it, started by another person.
    """
    return await write(lambda tx: returning.take_back(tx, officer, instruction_id, body, today))


@router.post("/returned-transfers/{transfer_id}/withdrawals", status_code=201, response_model=ReturnedTransferOut)
async def withdraw_returned_transfer(
    transfer_id: UUID, body: ReturnWithdrawalIn, officer: ConfirmSubsidies, write: Write
) -> Response:
    """Withdraw a wrong notice: the household was paid after all; another person than who recorded it."""
    return await write(lambda tx: returning.withdraw_return(tx, officer, transfer_id, body))


@router.post(
    "/payment-instructions/{instruction_id}/rejection-corrections", status_code=201, response_model=ReversalOut
)
async def propose_rejection_correction(
    instruction_id: UUID, body: RejectionCorrectionIn, officer: ConfirmSubsidies, write: Write
) -> Response:
    """Propose that a transfer recorded as rejected had been paid; another person decides (`subsidy-reversals`).

    Until then no run pays the household again. Where it was paid again before, the second person's word makes it owe
    what it has twice.
    """
    return await write(lambda tx: correcting.propose_correction(tx, officer, instruction_id, body))


@router.get(
    "/subsidy-batches/{batch_id}/returned-transfers", status_code=200, response_model=PageOf[ReturnedTransferOut]
)
async def list_returned_transfers(batch_id: UUID, officer: ReadSubsidies, conn: Read, page: Page) -> Any:
    """List a batch's transfers that came back, withdrawn notices included."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    found = await queries.list_returned_transfers(conn, scope, batch_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")
