"""Duties over HTTP: listed, ordered, done, corrected, counted; and the day's job that lets them fall due."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import OverseeDuties, ReadDuties, RecordDuties, RunJobs
from services.registry.duties import queries
from services.registry.duties.actions import opening, ordering, recording
from services.registry.duties.rules.kinds import DutyKind
from services.registry.duties.schemas import (
    DutyDetail,
    DutyOrderIn,
    DutyOut,
    DutyRecordIn,
    DutyRecordOut,
    DutyReport,
    DutyRunOut,
    DutyState,
    DutyWithdrawalIn,
)
from shared.jobs import JobRunIn
from shared.policy.vocabulary import Office
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["履职事项 Duties"])


@router.get("/duties", status_code=200, response_model=PageOf[DutyOut])
async def list_duties(
    officer: ReadDuties,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    kind: DutyKind | None = None,
    office: Office | None = None,
    state: DutyState | None = None,
    due_through: Day | None = None,
    loan_id: UUID | None = None,
    entity_id: UUID | None = None,
) -> Any:
    """List duties of a region and everything below it: late ones, or what falls due until a day, for an office."""
    found = await queries.list_duties(
        conn,
        officer,
        region=region_code,
        as_of=as_of or today,
        kind=kind,
        office=office,
        state=state,
        due_through=due_through,
        loan_id=loan_id,
        entity_id=entity_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/duties", status_code=201, response_model=DutyOut)
async def order_duty(body: DutyOrderIn, officer: OverseeDuties, write: Write) -> Response:
    """Order, as the county, a summons or that a township puts something right until a day (XX-9)."""
    return await write(lambda tx: ordering.order_duty(tx, officer, body))


@router.get("/duties/{duty_id}", status_code=200, response_model=DutyDetail)
async def get_duty(duty_id: UUID, officer: ReadDuties, conn: Read, today: Today) -> DutyDetail:
    """Show a duty with everything that was recorded of it."""
    return await queries.get_duty(conn, officer, duty_id, today)


@router.post("/duties/{duty_id}/records", status_code=201, response_model=DutyRecordOut)
async def record_duty(duty_id: UUID, body: DutyRecordIn, officer: RecordDuties, write: Write) -> Response:
    """Record that a duty was done: when, by whom, what was found, on what proof, and what is to be put right."""
    return await write(lambda tx: recording.record_duty(tx, officer, duty_id, body))


@router.post("/duties/{duty_id}/withdrawals", status_code=201, response_model=DutyOut)
async def withdraw_duty_order(duty_id: UUID, body: DutyWithdrawalIn, officer: OverseeDuties, write: Write) -> Response:
    """Take back an order that was wrong, with the reason; another officer than who gave it."""
    return await write(lambda tx: ordering.withdraw_order(tx, officer, duty_id, body))


@router.post("/duty-records/{record_id}/withdrawals", status_code=201, response_model=DutyRecordOut)
async def withdraw_duty_record(
    record_id: UUID, body: DutyWithdrawalIn, officer: OverseeDuties, write: Write
) -> Response:
    """Withdraw what was recorded wrongly, with the reason; another officer than who recorded it. It is owed again."""
    return await write(lambda tx: recording.withdraw_record(tx, officer, record_id, body))


@router.get("/reports/duties", status_code=200, response_model=DutyReport)
async def report_duties(
    officer: ReadDuties, conn: Read, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> DutyReport:
    """Report what is open, late and done in a region and in each area directly below it, kind by kind."""
    return await queries.duty_report(conn, officer, region_code, as_of or today)


@router.post("/jobs/open-duties/runs", status_code=201, response_model=DutyRunOut)
async def run_open_duties(body: JobRunIn, officer: RunJobs, write: Write) -> Response:
    """Let what a county's rules ask for fall due as of a business date, and note what is late.

    Every day that was missed is caught up. Running a date again answers what its first run found and changes nothing.
    """
    return await write(lambda tx: opening.open_duties(tx, officer, body))
