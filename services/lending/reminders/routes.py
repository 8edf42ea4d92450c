"""Reminders over HTTP: what is due, what was not given in time, record one or a file, print the written notices."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.lending.access import FollowUpLoans, ReadLoans
from services.lending.reminders import actions, queries
from services.lending.reminders.queries import Asked
from services.lending.reminders.schemas import (
    ReminderDue,
    ReminderFileOut,
    ReminderIn,
    ReminderOut,
    ReminderWithdrawalIn,
)
from shared.access import Right
from shared.money import Money
from shared.prints.pdf import pdf_of
from shared.regions import RegionCode
from shared.scope import Scope, organisation_of, scope_of
from shared.web.bodies import Code, Day
from shared.web.edge import Read, Reads, Today, download, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["到期提醒 Reminders"])
AHEAD_DAYS: Final = 7  # a week's work
LOOKED_BACK: Final = timedelta(days=365)
WithinDays = Annotated[int, Query(ge=0, le=366)]


@router.get("/reminders-due", response_model=PageOf[ReminderDue])
async def list_reminders_due(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    product_code: Code | None = None,
    loan_id: UUID | None = None,
    as_of: Day | None = None,
    within_days: WithinDays = AHEAD_DAYS,
    with_given: bool = False,
) -> Any:
    """List the reminders that a bank has to give within so many days, the most urgent first (DZ-5b).

    What is owed is as it is booked now. A bank sees its own loans.
    """
    asked = Asked(as_of or today, region_code, product_code, loan_id)
    scope = scope_of(officer, Right.LOANS_READ)
    return page_of(
        await queries.list_due(conn, scope, page, asked, within_days, with_given=with_given), page.limit, "place"
    )


@router.get("/late-reminders", response_model=PageOf[ReminderDue])
async def list_late_reminders(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    product_code: Code | None = None,
    as_of: Day | None = None,
    last_from: Day | None = None,
    last_through: Day | None = None,
) -> Any:
    """List the reminders that banks gave late or not at all, by their last day in time; of a year when none is named.

    What a borrower had settled by that day is not listed (DZ-5b).
    """
    on = as_of or today
    scope, asked = scope_of(officer, Right.LOANS_READ), Asked(on, region_code, product_code)
    found = await queries.list_late(conn, scope, page, asked, last_from or on - LOOKED_BACK, last_through or on)
    return page_of(found, page.limit, "place")


@router.get(
    "/reminder-notices.pdf",
    status_code=200,
    response_class=Response,
    responses=download("the written notices to print, A4, one a page, names in full", "application/pdf"),
)
async def print_reminder_notices(
    officer: FollowUpLoans,
    reads: Reads,
    request: Request,
    today: Today,
    region_code: RegionCode | None = None,
    product_code: Code | None = None,
    loan_id: UUID | None = None,
    as_of: Day | None = None,
    within_days: WithinDays = AHEAD_DAYS,
    with_given: bool = False,
) -> Response:
    """Download the written notices of the officer's bank that are to be given within so many days (DZ-5b)."""
    scope = Scope.within(officer.regions_for(Right.LOANS_FOLLOW_UP), organisation_of(officer))
    asked = Asked(as_of or today, region_code, product_code, loan_id)
    registry = request.app.state.registry
    sheets = await queries.notices_due(reads, registry, scope, asked, within_days, with_given=with_given)
    name = f'attachment; filename="reminder-notices-{asked.as_of}.pdf"'
    body = await asyncio.to_thread(pdf_of, *sheets)
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": name})


@router.post("/loans/{loan_id}/reminders", response_model=ReminderOut, status_code=201)
async def record_reminder(
    loan_id: UUID, body: ReminderIn, officer: FollowUpLoans, write: Write, today: Today
) -> Response:
    """Record that the bank reminded a borrower of a due: which reminder, when, how, by whom (DZ-5b)."""
    return await write(lambda conn: actions.record_reminder(conn, officer, loan_id, body, today))


@router.get("/loans/{loan_id}/reminders", response_model=PageOf[ReminderOut])
async def list_reminders(loan_id: UUID, officer: ReadLoans, conn: Read, page: Page) -> Any:
    """List what a borrower was reminded of, records taken back included."""
    scope = scope_of(officer, Right.LOANS_READ)
    return page_of(await queries.list_reminders(conn, scope, loan_id, page), page.limit, "id")


@router.post(
    "/reminder-files",
    status_code=201,
    response_model=ReminderFileOut,
    openapi_extra=upload("contract_number,due_on,days_before,reminded_on,channel,reminded_by,amount"),
)
async def record_reminder_file(
    request: Request,
    officer: FollowUpLoans,
    write: Write,
    today: Today,
    line_count: Annotated[int, Query(ge=1)],
    total_amount: Money,
) -> Response:
    """Record a bank's file of reminders given, up to 200 000 lines (DZ-5b).

    The file is refused whole when it cannot be read or when its lines or total differ from those announced; otherwise
    every right line is recorded and every other is listed with its reason. Sent again it changes nothing.
    """
    body = await request.body()
    return await write(lambda conn: actions.record_file(conn, officer, body, line_count, total_amount, today))


@router.post("/reminders/{reminder_id}/withdrawals", response_model=ReminderOut, status_code=201)
async def withdraw_reminder(
    reminder_id: UUID, body: ReminderWithdrawalIn, officer: FollowUpLoans, write: Write
) -> Response:
    """Take back, as another person of the bank, a reminder that was recorded wrongly; it is then owed again."""
    return await write(lambda conn: actions.withdraw_reminder(conn, officer, reminder_id, body))
