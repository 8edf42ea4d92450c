"""Mark households on the register: lifted, stably lifted, monitored … from a day on (FJ-6)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.register.households.refusals import HouseholdHasEnded, HouseholdsUnknown
from services.registry.register.households.schemas import StatusChangesIn, StatusChangesOut
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.events.registry import HouseholdStatusChanged

# In the order of their ids, so that two changes of overlapping sets cannot wait for each other.
_LOCK = """
SELECT id, number, village_code, ended_on, end_reason FROM household
WHERE id = ANY ($1::uuid[]) AND village_code ^@ ANY ($2::text[]) ORDER BY id FOR UPDATE
"""
_CHANGE = """
WITH present AS (
  SELECT h.id, (SELECT c.state FROM household_state_change c
                WHERE c.household_id = h.id AND c.effective_from <= $3
                ORDER BY c.effective_from DESC, c.id DESC LIMIT 1) AS state
  FROM household h WHERE h.id = ANY ($1::uuid[])
), changed AS (
  UPDATE household h SET version = h.version + 1,
    poverty_state = CASE WHEN $3 >= h.poverty_state_from THEN $2 ELSE h.poverty_state END,
    poverty_state_from = greatest(h.poverty_state_from, $3)
  FROM present p WHERE p.id = h.id AND p.state IS DISTINCT FROM $2
  RETURNING h.id, h.village_code, h.version
), history AS (
  INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
  SELECT id, $2, $3, $4, $5 FROM changed
)
""" + outbox.bulk_insert(  # noqa: S608 - our own text
    HouseholdStatusChanged,
    source="changed c",
    aggregate_id="c.id",
    aggregate_version="c.version",
    region_code="c.village_code",
    data={
        "household_id": "c.id",
        "village_code": "c.village_code",
        "state": "$2::text",
        "effective_from": "$3::date",
    },
    traceparent="$6",
)


async def lock_to_mark(
    conn: Connection, officer: Principal, household_ids: Collection[UUID], ended_by: date = date.max
) -> list[Record]:
    """Lock the households that an officer marks; each is there and has not ended by that day.

    Raises:
        HouseholdsUnknown: some are not on file in the officer's region.
        HouseholdHasEnded: one of them had ended by that day.
    """
    rows: list[Record] = await conn.fetch(_LOCK, household_ids, officer.regions_for(Right.HOUSEHOLDS_MARK))
    if unknown := sorted(set(household_ids) - {row["id"] for row in rows}):
        raise HouseholdsUnknown(unknown)
    for row in rows:
        if row["ended_on"] is not None and row["ended_on"] <= ended_by:
            raise HouseholdHasEnded(row["number"], row["ended_on"], row["end_reason"])
    return rows


async def mark_households(conn: Connection, officer: Principal, body: StatusChangesIn) -> StatusChangesOut:
    """Enter the state of many households from one day on, with one fact for each that changes.

    Raises:
        HouseholdsUnknown: some are not on file in the officer's region; nothing was changed.
        HouseholdHasEnded: one of them had ended by that day.
    """
    asked = set(body.household_ids)
    await lock_to_mark(conn, officer, asked, body.effective_from)
    done = await conn.execute(
        _CHANGE,
        list(asked),
        body.state,
        body.effective_from,
        body.reason,
        officer.subject,
        outbox.current_traceparent(),
    )
    changed = int(done.split()[-1])
    return StatusChangesOut(
        state=body.state,
        effective_from=body.effective_from,
        changed_count=changed,
        unchanged_count=len(asked) - changed,
    )
