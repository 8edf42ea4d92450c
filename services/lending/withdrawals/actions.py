"""Take applications back before the money is paid out: by one person, or by two once others have approved them."""

from typing import Any, Final
from uuid import UUID

from services.lending.applications.actions.rows import (
    LockedApplication,
    ensure_on_or_after,
    lock_application,
    pack_of,
    state_after,
)
from services.lending.applications.rules.approval import State, Transition
from services.lending.applications.withdrawn_sql import WITHDRAWN
from services.lending.withdrawals.schemas import WithdrawalIn
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.lending import ApplicationWithdrawn

APPROVED: Final = frozenset({State.APPROVED, State.HANDED_OVER})
# A request holds nothing up: it lapses when the application goes on to its next state.
_ASKED: Final = """
SELECT asked_by, asked_on FROM withdrawal_request WHERE application_id = $1 AND asked_on >= $2
"""
_ASK: Final = """
INSERT INTO withdrawal_request (application_id, asked_on, asked_by, reason) VALUES ($1, $2, $3, $4)
ON CONFLICT (application_id) DO UPDATE SET asked_on = excluded.asked_on, asked_by = excluded.asked_by,
  reason = excluded.reason, asked_at = now()
"""
_NOTE: Final = """
INSERT INTO withdrawal (application_id, withdrawn_on, withdrawn_by, reason, asked_by) VALUES ($1, $2, $3, $4, $5)
"""


async def withdraw(conn: Connection, officer: Principal, application_id: UUID, body: WithdrawalIn) -> None:
    """Take an application back, at any point before the money is paid out; the fund releases its cover.

    One that others have approved is only asked for by the first person, and taken back when a second says so as well.

    Raises:
        ApplicationUnknown, TransitionNotPossible, DateBeforeStep, MakerIsChecker.
    """
    row = await lock_application(conn, application_id, officer.regions_for(Right.APPLICATIONS_FILE))
    state_after(await pack_of(conn, [row]), row, Transition.WITHDRAW)
    ensure_on_or_after("withdrawn_on", body.withdrawn_on, [row])
    asked: Any = None
    if row.state in APPROVED:
        asked = await conn.fetchrow(_ASKED, application_id, row.state_from)
        if asked is None:
            await conn.execute(_ASK, application_id, body.withdrawn_on, officer.subject, body.reason)
            return
        if asked["asked_by"] == officer.subject:
            raise MakerIsChecker(officer.subject)
        ensure_not_before("withdrawn_on", body.withdrawn_on, "asked_on", asked["asked_on"])
    await _take_back(conn, row, officer, body, asked and asked["asked_by"])


async def _take_back(
    conn: Connection, row: LockedApplication, officer: Principal, body: WithdrawalIn, asked_by: str | None
) -> None:
    version = await conn.fetchval(WITHDRAWN, row.id, body.withdrawn_on)
    await conn.execute(_NOTE, row.id, body.withdrawn_on, officer.subject, body.reason, asked_by)
    if row.household_id is not None and row.village_code is not None:
        withdrawn = ApplicationWithdrawn(
            application_id=row.id,
            household_id=row.household_id,
            village_code=row.village_code,
            withdrawn_on=body.withdrawn_on,
            reason="withdrawn",  # the household's own words stay here
        )
        await outbox.record(
            conn, withdrawn, aggregate_id=row.id, aggregate_version=version, region_code=row.village_code
        )
