"""Adjust a programme's budget: one officer proposes, another decides, and either sees the same bounds (DZ-2, JN-6)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.subsidy.programmes.actions.bounds import ensure_planned, pack_of
from services.subsidy.programmes.available_sql import AVAILABLE
from services.subsidy.programmes.queries import programme_row
from services.subsidy.programmes.refusals import (
    ProgrammeClosed,
    ProgrammeUnconfirmed,
    SourceBelowPromised,
    SupplementDecided,
    SupplementReversed,
    SupplementUnknown,
)
from services.subsidy.programmes.rules.adjustment import Adjustment, ensure_possible, ensure_reverses
from services.subsidy.programmes.schemas import (
    SupplementDecisionIn,
    SupplementIn,
    SupplementOut,
    SupplementWithdrawalIn,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_STANDS: Final = f"SELECT *, {AVAILABLE} AS available FROM programme WHERE id = $1 FOR UPDATE"  # noqa: S608 - our own
_SOURCES: Final = "SELECT fund_source, amount FROM programme_source WHERE programme_id = $1"
_PROMISED: Final = """
SELECT fund_source, sum(committed + paid) AS amount FROM project_money WHERE programme_id = $1 GROUP BY 1
"""
_PROPOSE: Final = """
INSERT INTO programme_supplement (id, programme_id, kind, amount, fund_source, from_source, reverses, decided_on, note,
  state, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'proposed', $10) RETURNING *
"""
_FIND: Final = "SELECT * FROM programme_supplement WHERE id = $1"
_LOCK: Final = f"{_FIND} FOR UPDATE"
_DECIDE: Final = """
UPDATE programme_supplement SET state = $2, confirmed_by = $3, confirmed_on = $4 WHERE id = $1 RETURNING *
"""
_CHANGE_BUDGET: Final = """
UPDATE programme SET budget = budget + $2,
  fund_sources = CASE WHEN $2 < 0 OR $3 = ANY (fund_sources) THEN fund_sources ELSE fund_sources || $3 END
WHERE id = $1
"""
# Where the budget is split by source, each change belongs to one of them: together they stay the budget.
_GIVE_SOURCE: Final = """
INSERT INTO programme_source (programme_id, fund_source, amount, document)
SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT FROM programme_source WHERE programme_id = $1)
ON CONFLICT (programme_id, fund_source) DO UPDATE SET amount = programme_source.amount + excluded.amount,
  document = programme_source.document || '; ' || excluded.document
"""
_TAKE_SOURCE: Final = """
UPDATE programme_source SET amount = amount - $3, document = document || '; ' || $4
WHERE programme_id = $1 AND fund_source = $2
"""


async def propose_supplement(
    conn: Connection, officer: Principal, programme_id: UUID, body: SupplementIn
) -> SupplementOut:
    """Propose to raise or lower a budget, or to move money between its sources; nothing changes before another agrees.

    Raises:
        ProgrammeUnknown, ProgrammeUnconfirmed, ProgrammeClosed.
        BudgetAbovePlan: the budgets of the year go beyond what the county's document gives (JN-6).
        BudgetBelowPromised, SourcesNotSplit, SourceBelowPromised: it takes away what is promised.
        SupplementUnknown, ReversalDiffers, SupplementReversed, DateBeforeStep: it takes back no adjustment that holds.
    """
    programme = await programme_row(conn, officer.regions_for(Right.PROGRAMMES_MANAGE), programme_id)
    change = Adjustment(body.kind, body.amount, body.fund_source, body.from_source)
    await _ensure_possible(conn, programme, change)
    if body.reverses is not None:
        await _ensure_reverses(conn, programme_id, body, change)
    about = (body.kind, body.amount, body.fund_source, body.from_source, body.reverses, body.decided_on, body.note)
    try:
        async with conn.transaction():
            row: Any = await conn.fetchrow(_PROPOSE, new_id(), programme_id, *about, officer.subject)
    except asyncpg.UniqueViolationError:
        raise SupplementReversed(body.reverses) from None
    return SupplementOut(**row)


async def decide_supplement(
    conn: Connection, officer: Principal, supplement_id: UUID, body: SupplementDecisionIn
) -> SupplementOut:
    """Let a proposed adjustment hold, or drop it; by another officer than the one who proposed it.

    Raises:
        SupplementUnknown, SupplementDecided, MakerIsChecker, DateBeforeStep.
        ProgrammeClosed, BudgetAbovePlan, BudgetBelowPromised, SourcesNotSplit, SourceBelowPromised: it fits no more.
    """
    row, programme = await _locked(conn, officer, supplement_id)
    if row["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("confirmed_on", body.confirmed_on, "decided_on", row["decided_on"])
    if body.decision == "approve":
        change = Adjustment(row["kind"], row["amount"], row["fund_source"], row["from_source"])
        await _ensure_possible(conn, programme, change)
        await _apply(conn, row["programme_id"], change, row["note"])
    state = "confirmed" if body.decision == "approve" else "refused"
    return await _decided(conn, officer, supplement_id, state, body.confirmed_on)


async def withdraw_supplement(
    conn: Connection, officer: Principal, supplement_id: UUID, body: SupplementWithdrawalIn
) -> SupplementOut:
    """Take back a proposal that nobody has decided yet.

    Raises:
        SupplementUnknown, SupplementDecided, DateBeforeStep.
    """
    row, _ = await _locked(conn, officer, supplement_id)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "decided_on", row["decided_on"])
    return await _decided(conn, officer, supplement_id, "withdrawn", body.withdrawn_on)


async def _locked(conn: Connection, officer: Principal, supplement_id: UUID) -> tuple[Any, Mapping[str, Any]]:
    """Return an adjustment that waits, locked, and its programme."""
    row: Any = await conn.fetchrow(_LOCK, supplement_id)
    if row is None:
        raise SupplementUnknown(supplement_id)
    regions = officer.regions_for(Right.PROGRAMMES_MANAGE)
    programme = await programme_row(conn, regions, row["programme_id"])
    if row["state"] != "proposed":
        raise SupplementDecided(supplement_id, row["state"])
    return row, programme


async def _ensure_possible(conn: Connection, programme: Mapping[str, Any], change: Adjustment) -> None:
    if change.kind == "raise":
        county, year = programme["county_code"], programme["year"]
        await ensure_planned(conn, await pack_of(conn, county, year), county, year, change.amount)
    stands: Any = await conn.fetchrow(_STANDS, programme["id"])
    if stands["state"] != "confirmed":
        raise ProgrammeUnconfirmed(programme["id"], stands["state"])
    if stands["closed_on"] is not None:
        raise ProgrammeClosed(programme["id"], stands["closed_on"])
    if change.kind == "lower" and change.fund_source not in stands["fund_sources"]:
        raise SourceBelowPromised(change.fund_source, change.amount, Decimal("0.00"))
    sources = await _by_source(conn, _SOURCES, programme["id"])
    ensure_possible(change, stands["available"], sources, await _by_source(conn, _PROMISED, programme["id"]))


async def _by_source(conn: Connection, statement: str, programme_id: UUID) -> dict[str, Decimal]:
    return {row["fund_source"]: row["amount"] for row in await conn.fetch(statement, programme_id)}


async def _ensure_reverses(conn: Connection, programme_id: UUID, body: SupplementIn, change: Adjustment) -> None:
    wrong: Any = await conn.fetchrow(_FIND, body.reverses)
    if wrong is None or (wrong["programme_id"], wrong["state"]) != (programme_id, "confirmed"):
        raise SupplementUnknown(body.reverses)
    ensure_reverses(change, Adjustment(wrong["kind"], wrong["amount"], wrong["fund_source"], wrong["from_source"]))
    ensure_not_before("decided_on", body.decided_on, "confirmed_on", wrong["confirmed_on"] or wrong["decided_on"])


async def _apply(conn: Connection, programme_id: UUID, change: Adjustment, note: str) -> None:
    signed = {"raise": change.amount, "lower": -change.amount, "move": Decimal(0)}[change.kind]
    await conn.execute(_CHANGE_BUDGET, programme_id, signed, change.fund_source)
    if change.kind != "lower":
        await conn.execute(_GIVE_SOURCE, programme_id, change.fund_source, change.amount, note)
    if (source := change.takes_from()) is not None:
        await conn.execute(_TAKE_SOURCE, programme_id, source, change.amount, note)


async def _decided(conn: Connection, officer: Principal, supplement_id: UUID, state: str, on: date) -> SupplementOut:
    row: Any = await conn.fetchrow(_DECIDE, supplement_id, state, officer.subject, on)
    return SupplementOut(**row)
