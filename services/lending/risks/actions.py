"""Keep what registry publishes about lists and duties; a message may come in any order and twice."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from shared.db import Connection
from shared.events.received import Received
from shared.events.registry import (
    DutyDone,
    DutyOverdue,
    DutyRecordWithdrawn,
    EntityListed,
    EntityUnlisted,
    HouseholdListed,
    HouseholdUnlisted,
)

_LIST: Final = """
INSERT INTO risk_listing (listing_id, subject_id, list_name, listed_on, ends_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[])
ON CONFLICT (listing_id) DO UPDATE SET listed_on = excluded.listed_on, ends_on = excluded.ends_on
"""
# An entry that was overturned never held.
_CLEAR: Final = """
INSERT INTO risk_listing (listing_id, subject_id, list_name, cleared_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
ON CONFLICT (listing_id) DO UPDATE SET cleared_on = least(risk_listing.cleared_on, excluded.cleared_on)
"""
_OWE: Final = """
INSERT INTO risk_duty (duty_id, loan_id, kind, due_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
ON CONFLICT (duty_id) DO UPDATE SET due_on = excluded.due_on
"""
_DO: Final = """
INSERT INTO risk_duty (duty_id, loan_id, kind, due_on, done_on, done_version)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[], $6::int[])
ON CONFLICT (duty_id) DO UPDATE SET due_on = coalesce(risk_duty.due_on, excluded.due_on),
  done_on = excluded.done_on, done_version = excluded.done_version
WHERE risk_duty.done_version < excluded.done_version
"""


async def store_listed_households(conn: Connection, received: Sequence[Received[HouseholdListed]]) -> None:
    """Keep entries of households on a list."""
    await _list(conn, [(each.event.household_id, each.event) for each in received])


async def store_listed_entities(conn: Connection, received: Sequence[Received[EntityListed]]) -> None:
    """Keep entries of implementing entities on a list."""
    await _list(conn, [(each.event.entity_id, each.event) for each in received])


async def clear_households(conn: Connection, received: Sequence[Received[HouseholdUnlisted]]) -> None:
    """Keep which entries of households ended; one that was overturned never held."""
    events = [(each.event.household_id, each.event, each.event.overturned) for each in received]
    await _clear(conn, events)


async def clear_entities(conn: Connection, received: Sequence[Received[EntityUnlisted]]) -> None:
    """Keep which entries of entities ended."""
    await _clear(conn, [(each.event.entity_id, each.event, False) for each in received])


async def store_missed_duties(conn: Connection, received: Sequence[Received[DutyOverdue]]) -> None:
    """Keep duties about loans that were not done by their day."""
    of_loans = [each.event for each in received if each.event.loan_id is not None]
    await conn.execute(
        _OWE,
        [duty.duty_id for duty in of_loans],
        [duty.loan_id for duty in of_loans],
        [duty.kind for duty in of_loans],
        [duty.due_on for duty in of_loans],
    )


async def store_done_duties(conn: Connection, received: Sequence[Received[DutyDone]]) -> None:
    """Keep on which day a duty about a loan was done."""
    await _do(conn, [(each.event, each.aggregate_version, each.event.due_on, each.event.done_on) for each in received])


async def store_undone_duties(conn: Connection, received: Sequence[Received[DutyRecordWithdrawn]]) -> None:
    """Keep that what was recorded of a duty was wrong: it is owed again."""
    await _do(conn, [(each.event, each.aggregate_version, None, None) for each in received])


async def _list(conn: Connection, entries: Sequence[tuple[UUID, HouseholdListed | EntityListed]]) -> None:
    await conn.execute(
        _LIST,
        [event.listing_id for _, event in entries],
        [subject for subject, _ in entries],
        [event.list_name for _, event in entries],
        [event.listed_on for _, event in entries],
        [event.ends_on for _, event in entries],
    )


async def _clear(conn: Connection, entries: Sequence[tuple[UUID, HouseholdUnlisted | EntityUnlisted, bool]]) -> None:
    await conn.execute(
        _CLEAR,
        [event.listing_id for _, event, _ in entries],
        [subject for subject, _, _ in entries],
        [event.list_name for _, event, _ in entries],
        [date.min if never_held else event.cleared_on for _, event, never_held in entries],
    )


async def _do(
    conn: Connection,
    entries: Sequence[tuple[DutyDone | DutyRecordWithdrawn, int, date | None, date | None]],
) -> None:
    of_loans = [each for each in entries if each[0].loan_id is not None]
    await conn.execute(
        _DO,
        [event.duty_id for event, *_ in of_loans],
        [event.loan_id for event, *_ in of_loans],
        [event.kind for event, *_ in of_loans],
        [due_on for _, _, due_on, _ in of_loans],
        [done_on for *_, done_on in of_loans],
        [version for _, version, _, _ in of_loans],
    )
