"""List late and malicious borrowers, clear them when they have paid, and cut their village's quota (FJ-12, LG-22)."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.credit.certificates.actions import withdraw_listed
from services.registry.policy.packs.queries import get_packs_in_force
from services.registry.register.households.actions import life
from services.registry.standing.lists.actions.quotas import cut_quota
from services.registry.standing.lists.rules import is_listed_for_lateness
from shared import outbox
from shared.db import Connection
from shared.events.base import Event
from shared.events.lending import DefaultConfirmed, LoanClosed, LoanOverdue
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.outbox import RecordedEvent
from shared.policy.terms import ListRule

_REASONS: Final = {"overdue": "贷款逾期 The loan is overdue", "malicious": "恶意拖欠 Malicious default"}
_DEBT_CLEARED: Final = "债务已清 The debt is cleared"

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
  FROM asked
  ON CONFLICT (loan_id, list_name) DO NOTHING
  RETURNING id, household_id, village_code, loan_id, listed_on
), noted AS (
  INSERT INTO listing_event (listing_id, kind, happened_on, reason) SELECT id, 'listed', listed_on, $7 FROM listed
)
SELECT id, household_id, village_code, loan_id, listed_on FROM listed ORDER BY household_id, loan_id
"""
_HELD = """
SELECT DISTINCT l.household_id FROM listing l JOIN household_loan k ON k.loan_id = l.loan_id
WHERE l.loan_id = ANY ($1::uuid[]) AND l.state <> 'cleared' AND k.closed_on IS NOT NULL
"""
# What counts is the loan as it is known, whichever of its events came first.
_CLEAR = """
WITH cleared AS (
  UPDATE listing l SET state = 'cleared', clear_cause = 'debt_cleared', cleared_on = greatest(k.closed_on, l.listed_on)
  FROM household_loan k
  WHERE k.loan_id = l.loan_id AND k.loan_id = ANY ($1::uuid[]) AND k.closed_on IS NOT NULL AND l.state <> 'cleared'
  RETURNING l.id, l.household_id, l.village_code, l.list_name, l.cleared_on
), noted AS (
  INSERT INTO listing_event (listing_id, kind, happened_on, reason) SELECT id, 'cleared', cleared_on, $2 FROM cleared
)
SELECT id, household_id, village_code, list_name, cleared_on FROM cleared ORDER BY household_id, id
"""


async def list_late_borrowers(conn: Connection, events: Sequence[LoanOverdue]) -> None:
    """Put households on the dishonesty list once they are as late as the pack says (FJ-12)."""
    rules = await _rules(conn, [(event.village_code, event.noticed_on) for event in events])
    late = [
        event
        for event in events
        if is_listed_for_lateness(rules[event.village_code, event.noticed_on], event.overdue_from, event.noticed_on)
    ]
    entries = [(event.loan_id, event.household_id, event.village_code, event.noticed_on) for event in late]
    await _enter(conn, entries, "dishonesty", "overdue")


async def list_malicious_defaulters(conn: Connection, events: Sequence[DefaultConfirmed]) -> None:
    """Put malicious defaulters on the blacklist and cut the quota of the whole village (FJ-12, LG-22)."""
    malicious = [event for event in events if event.malicious]
    rules = await _rules(conn, [(event.village_code, event.confirmed_on) for event in malicious])
    entries = [
        (event.loan_id, event.household_id, event.village_code, event.confirmed_on)
        for event in malicious
        if rules[event.village_code, event.confirmed_on].malicious_to_blacklist
    ]
    await _enter(conn, entries, "blacklist", "malicious")
    for event in sorted(malicious, key=lambda each: (each.village_code, each.loan_id)):
        share = rules[event.village_code, event.confirmed_on].malicious_village_quota_cut
        if share is not None:
            await cut_quota(conn, event, share)


async def clear_repaid(conn: Connection, events: Sequence[LoanClosed]) -> None:
    """Take entries off the lists when nothing is owed any more on their loan (LG-22); the loans are noted already."""
    await _clear(conn, [event.loan_id for event in events])


async def _enter(conn: Connection, entries: Sequence[tuple[UUID, UUID, str, date]], name: str, cause: str) -> None:
    if not entries:
        return
    await conn.execute(_LOCK, [entry[1] for entry in entries])
    columns = [list(column) for column in zip(*entries, strict=True)]
    listed = await conn.fetch(_LIST, *columns, name, cause, _REASONS[cause])
    for on in sorted({row["listed_on"] for row in listed}):
        await withdraw_listed(conn, [row["household_id"] for row in listed if row["listed_on"] == on], on)
    await _record(conn, listed, lambda row: _listed_event(row, name, cause))
    await _clear(conn, columns[0])  # a loan that was closed before this news arrived


async def _clear(conn: Connection, loan_ids: Sequence[UUID]) -> None:
    held = [row["household_id"] for row in await conn.fetch(_HELD, loan_ids)]
    if held:
        await conn.execute(_LOCK, held)
        cleared = await conn.fetch(_CLEAR, loan_ids, _DEBT_CLEARED)
        await _record(conn, cleared, _unlisted_event)


def _listed_event(row: Record, name: str, cause: str) -> Event:
    return HouseholdListed.model_validate(
        {**row, "listing_id": row["id"], "list_name": name, "source": "event", "cause": cause}
    )


def _unlisted_event(row: Record) -> Event:
    return HouseholdUnlisted.model_validate({**row, "listing_id": row["id"], "cause": "debt_cleared"})


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


async def _rules(conn: Connection, asked: Sequence[tuple[str, date]]) -> dict[tuple[str, date], ListRule]:
    """Return the rule that held in each village on each day; one read a day, and a batch has few days."""
    rules: dict[tuple[str, date], ListRule] = {}
    for on in sorted({day for _, day in asked}):
        packs = await get_packs_in_force(conn, {village for village, day in asked if day == on}, on)
        rules |= {(village, on): found.pack.list_rule() for village, found in packs.items()}
    return rules
