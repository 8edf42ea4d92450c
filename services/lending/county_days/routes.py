"""A county's own days of rest and work over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import KeepRestDays, ReadLoans
from services.lending.county_days import actions, queries
from services.lending.county_days.schemas import CountyDaysIn, CountyDaysOut
from services.lending.proposals.schemas import CorrectionState, CorrectionWithdrawalIn, DecisionIn
from shared.access import Right
from shared.regions import CountyCode
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["地方休息日 County days"])


@router.post("/county-days", status_code=201, response_model=CountyDaysOut)
async def propose_county_days(body: CountyDaysIn, officer: KeepRestDays, write: Write) -> Response:
    """Propose days on which a county rests or works otherwise than China does, or does as China does again.

    Before the days or after them; the answer says how many loans would owe otherwise.
    """
    return await write(lambda tx: actions.propose_county_days(tx, officer, body))


@router.get("/county-days", response_model=PageOf[CountyDaysOut])
async def list_county_days(
    officer: ReadLoans,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
    state: CorrectionState | None = None,
) -> dict[str, Any]:
    """Return days of counties as they were entered, with who proposed and who decided them."""
    items = await queries.list_county_days(
        conn,
        officer.regions_for(Right.LOANS_READ),
        county_code=county_code,
        state=state,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(items, page.limit, "id")


@router.post("/county-days/{county_days_id}/decisions", status_code=201, response_model=CountyDaysOut)
async def decide_county_days(county_days_id: UUID, body: DecisionIn, officer: KeepRestDays, write: Write) -> Response:
    """Confirm or refuse a county's days by another person than the one who proposed them.

    Confirmed, what falls due on a day of rest is met on the county's next working day; loans that were counted
    otherwise are restated (`loan-restated`), whenever that was.
    """
    return await write(lambda tx: actions.decide_county_days(tx, officer, county_days_id, body))


@router.post("/county-days/{county_days_id}/withdrawals", status_code=201, response_model=CountyDaysOut)
async def withdraw_county_days(
    county_days_id: UUID, body: CorrectionWithdrawalIn, officer: KeepRestDays, write: Write
) -> Response:
    """Withdraw one's own proposal of a county's days."""
    return await write(lambda tx: actions.withdraw_county_days(tx, officer, county_days_id, body))
