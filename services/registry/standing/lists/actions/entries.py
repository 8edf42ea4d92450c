"""Enter, end and overturn the entries of lending's events, set-based, each with its step and its event (LG-22)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.credit.certificates.actions import withdraw_listed
from services.registry.register.households.actions import life
from shared import outbox
from shared.db import Connection
from shared.events.base import Event
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.outbox import RecordedEvent

_REASONS: Final = {"overdue": "贷款逾期 The loan is overdue", "malicious": "恶意拖欠 Malicious default"}

_LOCK = "SELECT id FROM household WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
_LIST = """
WITH asked AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
    AS a (loan_id, household_id, village_code, listed_on)
), listed AS (
  INSERT INTO listing (id, household_id, village_code, list_name, source, cause, loan_id, reason, evidence, state,
                       listed_on, office)
  SELECT uuid7(), household_id, village_code, $5, 'event', $6, loan_id, $7::text,
         jsonb_build_array(jsonb_build_object('reference', 'loan/' || loan_id, 'sha256', NULL)), 'listed', listed_on,
         'bank'
  FROM asked a
  WHERE NOT EXISTS (SELECT FROM listing l WHERE l.loan_id = a.loan_id AND l.list_name = $5
                      AND l.clear_cause = 'appeal_accepted' AND l.listed_on >= a.listed_on)
  ON CONFLICT (loan_id, list_name) WHERE state <> 'cleared' DO NOTHING
  RETURNING id, household_id, village_code, loan_id, listed_on
), noted AS (
  INSERT INTO listing_event (listing_id, kind, happened_on, reason) SELECT id, 'listed', listed_on, $7 FROM listed
)
SELECT id, household_id, village_code, loan_id, listed_on FROM listed ORDER BY household_id, loan_id
"""
_HELD = """
SELECT DISTINCT l.household_id FROM listing l
JOIN unnest($1::uuid[], $2::text[]) AS a (loan_id, list_name) USING (loan_id, list_name)
"""
_END = """
WITH cleared AS (
  UPDATE listing l SET state = 'cleared', clear_cause = 'debt_cleared', cleared_on = greatest(a.found_on, l.listed_on)
  FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[]) AS a (loan_id, list_name, found_on, reason)
  WHERE l.loan_id = a.loan_id AND l.list_name = a.list_name AND l.state <> 'cleared'
  RETURNING l.id, l.household_id, l.village_code, l.list_name, l.cleared_on, l.clear_cause, a.reason
), noted AS (
  INSERT INTO listing_event (listing_id, kind, happened_on, reason)
  SELECT id, 'cleared', cleared_on, reason FROM cleared
)
SELECT id, household_id, village_code, list_name, clear_cause, cleared_on FROM cleared ORDER BY household_id, id
"""
# Also one that repayment ended meanwhile: it never held at all. What an appeal decided stays as it was decided.
_OVERTURN = """
WITH wrong AS (
  UPDATE listing l SET state = 'cleared', clear_cause = 'overturned', cleared_on = l.listed_on
  FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[]) AS a (loan_id, list_name, found_on, reason)
  WHERE l.loan_id = a.loan_id AND l.list_name = a.list_name AND coalesce(l.clear_cause = 'debt_cleared', true)
  RETURNING l.id, l.household_id, l.village_code, l.list_name, l.cleared_on, l.clear_cause, a.reason, a.found_on
), noted AS (
  INSERT INTO listing_event (listing_id, kind, happened_on, reason)
  SELECT id, 'overturned', greatest(found_on, cleared_on), reason FROM wrong
)
SELECT id, household_id, village_code, list_name, clear_cause, cleared_on FROM wrong ORDER BY household_id, id
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """An entry of a loan on a list ends, or never held, as was found on a day."""

    loan_id: UUID
    list_name: str
    found_on: date
    reason: str


Entry = tuple[UUID, UUID, str, date]  # loan, household, village, the day from which it holds


async def enter(conn: Connection, entries: Sequence[Entry], name: str, cause: str) -> None:
    """Put households on a list; a loan that has an entry there, or one an appeal overturned, gets none of that day."""
    if not entries:
        return
    await conn.execute(_LOCK, [entry[1] for entry in entries])
    columns = [list(column) for column in zip(*entries, strict=True)]
    listed = await conn.fetch(_LIST, *columns, name, cause, _REASONS[cause])
    for on in sorted({row["listed_on"] for row in listed}):
        await withdraw_listed(conn, [row["household_id"] for row in listed if row["listed_on"] == on], on)
    await _record(conn, listed, lambda row: _listed_event(row, name, cause))


async def end(conn: Connection, entries: Sequence[Ended]) -> None:
    """Take entries that were right off the lists."""
    await _leave(conn, entries, _END)


async def overturn(conn: Connection, entries: Sequence[Ended]) -> dict[UUID, date]:
    """Say that entries were wrong and never held; return the households with the first day that they seemed to hold."""
    rows = await _leave(conn, entries, _OVERTURN)
    return {
        row["household_id"]: row["cleared_on"] for row in sorted(rows, key=lambda row: row["cleared_on"], reverse=True)
    }


async def _leave(conn: Connection, entries: Sequence[Ended], statement: str) -> list[Record]:
    asked = [each.loan_id for each in entries], [each.list_name for each in entries]
    held = [row["household_id"] for row in await conn.fetch(_HELD, *asked)] if entries else []
    if not held:
        return []
    await conn.execute(_LOCK, held)
    said = [each.found_on for each in entries], [each.reason for each in entries]
    rows: list[Record] = await conn.fetch(statement, *asked, *said)
    await _record(conn, rows, _unlisted_event)
    return rows


def _listed_event(row: Record, name: str, cause: str) -> Event:
    return HouseholdListed.model_validate(
        {**row, "listing_id": row["id"], "list_name": name, "source": "event", "cause": cause}
    )


def _unlisted_event(row: Record) -> Event:
    wrong = row["clear_cause"] == "overturned"
    return HouseholdUnlisted.model_validate(
        {**row, "listing_id": row["id"], "cause": "debt_cleared", "overturned": wrong}
    )


async def _record(conn: Connection, rows: Sequence[Record], event_of: Callable[[Record], Event]) -> None:
    """Record an event for each entry, under the next versions of its household; the households are locked."""
    if not rows:
        return
    versions = await life.count_versions(conn, Counter(row["household_id"] for row in rows))
    events = []
    for row in rows:
        versions[row["household_id"]] += 1
        version = versions[row["household_id"]]
        events.append(RecordedEvent(event_of(row), row["household_id"], version, row["village_code"]))
    await outbox.record_many(conn, events)
