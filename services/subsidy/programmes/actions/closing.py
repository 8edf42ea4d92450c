"""Close a programme, open it again, and carry what it has left into a later one: always by two persons (DZ-2)."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.subsidy.programmes.available_sql import AVAILABLE
from services.subsidy.programmes.queries import programme_row
from services.subsidy.programmes.refusals import (
    ClosingDecided,
    ClosingProposed,
    ClosingUnknown,
    ProgrammeUnknown,
)
from services.subsidy.programmes.rules import closing
from services.subsidy.programmes.rules.closing import YearEnd
from services.subsidy.programmes.schemas import (
    ProgrammeClosingDecisionIn,
    ProgrammeClosingIn,
    ProgrammeClosingOut,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

# Both programmes of a carry-over, locked in one order, so that two of them never wait crosswise.
_YEAR_ENDS: Final = f"""
SELECT id, county_code, year, ends_on, closed_on, state, {AVAILABLE} AS available FROM programme
WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
"""  # noqa: S608 - our own text
_PROPOSE: Final = """
INSERT INTO programme_closing (id, programme_id, kind, into_id, amount, reverses, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *
"""
_FIND: Final = "SELECT * FROM programme_closing WHERE id = $1"
_LOCK: Final = f"{_FIND} FOR UPDATE"
_DECIDE: Final = """
UPDATE programme_closing SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1 RETURNING *
"""
_SET_CLOSED: Final = "UPDATE programme SET closed_on = $2 WHERE id = $1"
_CARRY_OUT: Final = "UPDATE programme SET carried_out = carried_out + $2 WHERE id = $1"
_CARRY_IN: Final = "UPDATE programme SET carried_in = carried_in + $2 WHERE id = $1"


async def propose_closing(
    conn: Connection, officer: Principal, programme_id: UUID, body: ProgrammeClosingIn
) -> ProgrammeClosingOut:
    """Propose to close a programme, to open it again, to carry over what it has left, or to take that back.

    Raises:
        ProgrammeUnknown, ProgrammeRunsStill, ProgrammeClosed, ProgrammeOpen, CarryOverIntoOther,
        CarryOverAboveAvailable.
        ClosingUnknown: no carry-over that holds is taken back.
        ClosingProposed: something of the programme waits for its second officer, or was taken back before.
    """
    await programme_row(conn, officer.regions_for(Right.PROGRAMMES_MANAGE), programme_id)
    into_id, amount = body.into_id, body.amount
    if body.kind == "carry_back":
        wrong: Any = await conn.fetchrow(_FIND, body.reverses)
        if wrong is None or (wrong["programme_id"], wrong["kind"], wrong["state"]) != (
            programme_id,
            "carry_over",
            "confirmed",
        ):
            raise ClosingUnknown(body.reverses)
        ensure_not_before("proposed_on", body.proposed_on, "decided_on", wrong["decided_on"])
        into_id, amount = wrong["into_id"], wrong["amount"]
    amount = await _ensure_possible(conn, programme_id, body.kind, into_id, amount, body.proposed_on)
    about = (body.kind, into_id, amount, body.reverses, body.reason, body.proposed_on)
    try:
        async with conn.transaction():
            row: Any = await conn.fetchrow(_PROPOSE, new_id(), programme_id, *about, officer.subject)
    except asyncpg.UniqueViolationError:
        raise ClosingProposed(programme_id) from None
    return ProgrammeClosingOut(**row)


async def decide_closing(
    conn: Connection, officer: Principal, closing_id: UUID, body: ProgrammeClosingDecisionIn
) -> ProgrammeClosingOut:
    """Let it happen, or drop it; by another officer than the one who proposed it.

    Raises:
        ClosingUnknown, ProgrammeUnknown, ClosingDecided, MakerIsChecker, DateBeforeStep.
        ProgrammeRunsStill, ProgrammeClosed, ProgrammeOpen, CarryOverAboveAvailable: it fits no more.
    """
    row: Any = await conn.fetchrow(_LOCK, closing_id)
    if row is None:
        raise ClosingUnknown(closing_id)
    await programme_row(conn, officer.regions_for(Right.PROGRAMMES_MANAGE), row["programme_id"])
    if row["state"] != "proposed":
        raise ClosingDecided(closing_id, row["state"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    if body.decision == "approve":
        about = (row["programme_id"], row["kind"], row["into_id"], row["amount"])
        await _ensure_possible(conn, *about, body.decided_on)
        await _apply(conn, *about, body.decided_on)
    state = "confirmed" if body.decision == "approve" else "refused"
    decided: Any = await conn.fetchrow(_DECIDE, closing_id, state, officer.subject, body.decided_on)
    return ProgrammeClosingOut(**decided)


async def _ensure_possible(
    conn: Connection, programme_id: UUID, kind: str, into_id: UUID | None, amount: Decimal | None, on: date
) -> Decimal | None:
    """Refuse what the programmes' ends do not allow; return the amount, all that is left where none is named."""
    rows = await conn.fetch(_YEAR_ENDS, [each for each in (programme_id, into_id) if each is not None])
    ends = {row["id"]: YearEnd(**row) for row in rows}
    programme = ends[programme_id]
    if kind == "close":
        closing.ensure_may_close(programme, on)
    elif kind == "reopen":
        closing.ensure_may_reopen(programme)
    else:
        if into_id is None or into_id not in ends:
            raise ProgrammeUnknown(into_id or programme_id)
        amount = programme.available if amount is None else amount
        if kind == "carry_over":
            closing.ensure_may_carry(programme, ends[into_id], amount)
        else:
            closing.ensure_may_carry_back(ends[into_id], amount)
    return amount


async def _apply(
    conn: Connection, programme_id: UUID, kind: str, into_id: UUID | None, amount: Decimal | None, on: date
) -> None:
    if kind in ("close", "reopen"):
        await conn.execute(_SET_CLOSED, programme_id, on if kind == "close" else None)
        return
    moved = amount if kind == "carry_over" else -(amount or Decimal(0))
    await conn.execute(_CARRY_OUT, programme_id, moved)
    await conn.execute(_CARRY_IN, into_id, moved)
