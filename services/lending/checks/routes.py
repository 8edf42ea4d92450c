"""Checks of applications over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadApplications, RecordChecks
from services.lending.checks import actions, queries
from services.lending.checks.schemas import CheckIn, CheckOut, CheckWithdrawalIn
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款检查 Checks"])


@router.post("/applications/{application_id}/checks", response_model=CheckOut, status_code=201)
async def record_check(application_id: UUID, body: CheckIn, officer: RecordChecks, write: Write) -> Response:
    """Record who looked at an application before or during its procedure, on which day, with what outcome (JN-5).

    Without each of the pack's checks found fit the application is not handed over to the bank.
    """
    return await write(lambda conn: actions.record_check(conn, officer, application_id, body))


@router.get("/applications/{application_id}/checks", response_model=PageOf[CheckOut])
async def list_checks(application_id: UUID, officer: ReadApplications, conn: Read, page: Page) -> Any:
    """List an application's checks, records taken back included."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    return page_of(await queries.list_checks(conn, scope, application_id, page), page.limit, "id")


@router.post("/checks/{check_id}/withdrawals", response_model=CheckOut, status_code=201)
async def withdraw_check(check_id: UUID, body: CheckWithdrawalIn, officer: RecordChecks, write: Write) -> Response:
    """Take back, as another person, a check that was recorded wrongly; it is then owed again."""
    return await write(lambda conn: actions.withdraw_check(conn, officer, check_id, body))
