"""Entering days on which a county rests or works otherwise than China does (地方休息日): by two persons.

A notice may come before the days, on them, or after them; what was counted meanwhile is restated (Civil Code, Article
203: a due day of rest is met on the next working day).
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.rest_days import take_own_rest_days, touched_by
from services.lending.county_days.queries import counties_with_own_days, get_county_days, own_days, with_days
from services.lending.county_days.refusals import CountyDaysChangeNothing, CountyDaysOnFile, CountyDaysUnknown
from services.lending.county_days.schemas import CountyDayKind, CountyDaysIn, CountyDaysOut
from services.lending.loans.actions import differing_rest_days
from services.lending.proposals.refusals import CorrectionDecided, OnlyTheProposer
from services.lending.proposals.schemas import CorrectionState, CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before, today_in_china
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.workdays import OwnDays, is_workday, own_rest_days

# One step at a time for a county, so that the second sees what the first left.
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('county-days/' || $1::text, 0))"
_ON_FILE: Final = """
SELECT id, (SELECT min(day) FROM unnest(days) AS day WHERE day = ANY ($2::date[])) AS day FROM county_days
WHERE county_code = $1 AND state = 'proposed' AND days && $2::date[] ORDER BY id LIMIT 1
"""
_PROPOSE: Final = """
INSERT INTO county_days (id, county_code, kind, days, document, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_OPEN: Final = """
SELECT id, county_code, kind, days, state, proposed_on, proposed_by FROM county_days
WHERE id = $1 AND county_code ^@ ANY ($2::text[]) FOR UPDATE
"""
_CLOSE: Final = """
UPDATE county_days SET state = $2, decided_on = $3, decided_by = $4, decided_at = clock_timestamp(),
  decision_reason = $5
WHERE id = $1
"""


async def propose_county_days(conn: Connection, officer: Principal, body: CountyDaysIn) -> CountyDaysOut:
    """Propose days of a county's own, and show how many loans would owe otherwise.

    Raises: OutsideRegion, CountyDaysOnFile, CountyDaysChangeNothing, CalendarHorizonPassed.
    """
    officer.ensure_region(Right.REST_DAYS_KEEP, body.county_code)
    await conn.execute(_ONE_AT_A_TIME, body.county_code)
    on_file = await conn.fetchrow(_ON_FILE, body.county_code, body.days)
    if on_file is not None:
        raise CountyDaysOnFile(on_file["id"], on_file["day"])
    then = await _changed(conn, body.county_code, body.kind, body.days)
    days = await differing_rest_days(conn, body.county_code, own_rest_days(then))
    touched = await touched_by(conn, [day for day in days if day < today_in_china()], body.county_code)
    county_days_id = new_id()
    said = body.kind, body.days, body.document, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, county_days_id, body.county_code, *said)
    return await _shown(conn, officer, county_days_id, len(touched))


async def decide_county_days(
    conn: Connection, officer: Principal, county_days_id: UUID, body: DecisionIn
) -> CountyDaysOut:
    """Confirm or refuse a county's days by another person; confirmed, its loans are counted by them from their start.

    Raises:
        CountyDaysUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep, CountyDaysChangeNothing,
        CalendarHorizonPassed
    """
    row = await _open(conn, officer, county_days_id)
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    if body.decision == "refuse":
        await _close(conn, officer, county_days_id, CorrectionState.REFUSED, body.decided_on, body.reason)
        return await _shown(conn, officer, county_days_id)
    county, kind = row["county_code"], CountyDayKind(row["kind"])
    then = await _changed(conn, county, kind, row["days"])
    await _close(conn, officer, county_days_id, CorrectionState.CONFIRMED, body.decided_on, body.reason)
    restated = await take_own_rest_days(conn, county, own_rest_days(then), today_in_china())
    return await _shown(conn, officer, county_days_id, restated)


async def withdraw_county_days(
    conn: Connection, officer: Principal, county_days_id: UUID, body: CorrectionWithdrawalIn
) -> CountyDaysOut:
    """Withdraw one's own proposal. Raises: CountyDaysUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep."""
    row = await _open(conn, officer, county_days_id)
    if row["proposed_by"] != officer.subject:
        raise OnlyTheProposer(row["proposed_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "proposed_on", row["proposed_on"])
    await _close(conn, officer, county_days_id, CorrectionState.WITHDRAWN, body.withdrawn_on, body.reason)
    return await _shown(conn, officer, county_days_id)


async def take_all_own_days(conn: Connection, today: date) -> None:
    """Bring every county's own days up to what this release knows of China's; what changes nothing costs nothing."""
    for county in await counties_with_own_days(conn):
        await conn.execute(_ONE_AT_A_TIME, county)
        await take_own_rest_days(conn, county, own_rest_days(await own_days(conn, county)), today)


async def _changed(conn: Connection, county_code: str, kind: CountyDayKind, days: list[date]) -> OwnDays:
    before = await own_days(conn, county_code)
    then = with_days(before, kind, days)
    if all(is_workday(day, before) == is_workday(day, then) for day in days):
        raise CountyDaysChangeNothing(county_code, days)
    return then


async def _open(conn: Connection, officer: Principal, county_days_id: UUID) -> Any:
    asked = county_days_id, officer.regions_for(Right.REST_DAYS_KEEP)
    row = await conn.fetchrow(_OPEN, *asked)
    if row is None:
        raise CountyDaysUnknown(county_days_id)
    if row["state"] != CorrectionState.PROPOSED:
        raise CorrectionDecided(row["state"])
    await conn.execute(_ONE_AT_A_TIME, row["county_code"])
    return row


async def _close(
    conn: Connection, officer: Principal, county_days_id: UUID, state: CorrectionState, on: date, reason: str | None
) -> None:
    await conn.execute(_CLOSE, county_days_id, str(state), on, officer.subject, reason)


async def _shown(
    conn: Connection, officer: Principal, county_days_id: UUID, loans_restated: int | None = None
) -> CountyDaysOut:
    found = await get_county_days(conn, officer.regions_for(Right.REST_DAYS_KEEP), county_days_id)
    return found.model_copy(update={"loans_restated": loans_restated})
