"""Work a batch out anew by the facts known now, before somebody signs it and for whoever returns it (FJ-6, SX-5)."""

from datetime import date
from typing import Any
from uuid import UUID

from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.changed_sql import CHANGED_LINES, CHANGES
from services.subsidy.batches.plans import SECONDS, hashed
from services.subsidy.batches.queries import get_batch
from services.subsidy.batches.refusals import LinesTooHigh, LinesTooLow
from services.subsidy.batches.schemas import ChangedLine
from shared.db import Connection
from shared.scope import Scope


async def ensure_unchanged(conn: Connection, batch: dict[str, Any], on: date) -> None:
    """Refuse to sign lines that the facts have overtaken.

    Raises:
        LinesTooHigh: some give more than is due by now.
        LinesTooLow: some give less.
    """
    rules = await rules_of_county(conn, batch["county_code"])
    async with hashed(conn, batch["lines"]):
        found = await conn.fetchrow(CHANGES, rules, on, batch["id"], timeout=SECONDS)
    if found["loans_too_high"]:
        raise LinesTooHigh(batch["id"], found["loans_too_high"], found["too_much"])
    if found["loans_too_low"]:
        raise LinesTooLow(batch["id"], found["loans_too_low"], found["lacking"])


async def list_changed_lines(
    conn: Connection, scope: Scope, batch_id: UUID, today: date, after: UUID | None, limit: int
) -> list[ChangedLine]:
    """Return up to `limit` lines of a batch in scope that would be others if it were prepared today.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    batch = await get_batch(conn, scope, batch_id)
    rules = await rules_of_county(conn, batch.county_code)
    seen_by = (scope.regions, scope.banks, after, limit)
    async with hashed(conn, batch.line_count):
        rows = await conn.fetch(CHANGED_LINES, rules, today, batch_id, *seen_by, timeout=SECONDS)
    return [ChangedLine(**row) for row in rows]
