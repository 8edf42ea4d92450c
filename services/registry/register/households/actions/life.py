"""What happens to a household on the register, written by the room that owns it; changes, lists and regions call it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.register.households.vocabulary import EndReason
from shared.db import Connection

# In the order of their ids, so that two changes of the same households cannot wait for each other.
_LOCK = """
SELECT id, county_code, number, village_code, poverty_state, poverty_state_from, registered_on, member_count,
       labourer_count, civil_capacity, able_to_work, credit_record, phone_sealed, residence_code, group_name, ended_on,
       end_reason, version
FROM household WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE
"""
_PHONE = "UPDATE household SET phone_sealed = $2 WHERE id = $1"
_RESIDENCE = "UPDATE household SET residence_code = $2 WHERE id = $1"
_GROUP = "UPDATE household SET group_name = $2 WHERE id = $1"
# A household that lived in the village it now moves to lives in its own village again; its group was of the other.
_MOVE = """
UPDATE household SET village_code = $2, residence_code = nullif(residence_code, $2), group_name = NULL WHERE id = $1
"""
_VILLAGE = """
INSERT INTO household_village (household_id, village_code, valid_from, cause, recorded_by) VALUES ($1, $2, $3, $4, $5)
"""
_RECODE = """
WITH moved AS (
  UPDATE household h SET village_code = m.to_code, county_code = left(m.to_code, 6) FROM household_region_move m
  WHERE h.id = m.id AND m.from_code <> m.to_code RETURNING h.id, m.to_code
)
INSERT INTO household_village (household_id, village_code, valid_from, cause, recorded_by)
SELECT id, to_code, $1, 'region_change', $2 FROM moved
"""
_END = """
UPDATE household SET ended_on = $2, end_reason = $3, merged_into_id = $4 WHERE id = $1 AND ended_on IS NULL
"""
_END_HELPERS = """
UPDATE helper_assignment SET valid_until = greatest(valid_from, $2), end_reason = 'household ended', ended_by = $3,
  ended_at = now()
WHERE household_id = $1 AND valid_until IS NULL
"""
_COUNT_VERSION = "UPDATE household SET version = version + 1 WHERE id = $1 RETURNING version, village_code"
_COUNT_VERSIONS = """
UPDATE household h SET version = h.version + p.count
FROM unnest($1::uuid[], $2::integer[]) AS p (id, count) WHERE h.id = p.id RETURNING h.id, h.version - p.count AS before
"""
# What bars the household that is absorbed bars the one that absorbs it from then on.
_ABSORB_EXCLUSIONS = """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by)
SELECT uuid7(), $2, kind, greatest(valid_from, $3), $4, $5 FROM household_exclusion
WHERE household_id = $1 AND valid_until IS NULL
ON CONFLICT (household_id, kind) WHERE valid_until IS NULL DO NOTHING
"""
_ABSORB_DEBTS = """
INSERT INTO family_debt (id, household_id, member_id, bank_code, kind, valid_from, recorded_by)
SELECT uuid7(), $2, now_there.id, d.bank_code, d.kind, d.valid_from, $3
FROM family_debt d LEFT JOIN member was ON was.id = d.member_id
LEFT JOIN member now_there ON now_there.resident_id_index = was.resident_id_index AND now_there.household_id = $2
  AND now_there.left_on IS NULL
WHERE d.household_id = $1 AND d.valid_until IS NULL
ON CONFLICT (household_id, bank_code, kind, member_id) WHERE valid_until IS NULL DO NOTHING
"""
_REGISTER_SPLIT = """
INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from, registered_on,
  member_count, labourer_count, civil_capacity, able_to_work, credit_record, split_from_id, group_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14)
ON CONFLICT (county_code, number) DO NOTHING RETURNING id
"""
_STATES = """
INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
SELECT $1, s.state, s.effective_from, $4, $5
FROM unnest($2::text[], $3::date[]) WITH ORDINALITY AS s (state, effective_from, place) ORDER BY s.place
"""
# Whoever was barred is barred in either household until the poverty office has looked at each.
_COPY_EXCLUSIONS = """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by)
SELECT uuid7(), $2, kind, greatest(valid_from, $3), $4, $5 FROM household_exclusion
WHERE household_id = $1 AND valid_until IS NULL
"""
# The debts of members who go are family debts of their new household, but for those of its head.
_TAKE_DEBTS = """
WITH gone AS (
  UPDATE family_debt SET valid_until = greatest(valid_from, $3), end_reason = $4, ended_by = $5, ended_at = now()
  WHERE household_id = $1 AND member_id = ANY ($6::uuid[]) AND valid_until IS NULL
  RETURNING member_id, bank_code, kind, valid_from
)
INSERT INTO family_debt (id, household_id, member_id, bank_code, kind, valid_from, recorded_by)
SELECT uuid7(), $2, there.id, g.bank_code, g.kind, g.valid_from, $5
FROM gone g JOIN member was ON was.id = g.member_id
JOIN member there ON there.resident_id_index = was.resident_id_index AND there.household_id = $2
  AND there.left_on IS NULL AND NOT there.is_head
"""


# (connection, household, day, officer): what other rooms do when a household ends; the service's main says which.
WhenEnded = Callable[[Connection, UUID, date, str], Awaitable[None]]
_when_ended: list[WhenEnded] = []


@dataclass(frozen=True, slots=True)
class SplitOff:
    """A household that some members form of their own (分户), as it is put on the register."""

    id: UUID
    county_code: str
    number: str
    village_code: str
    registered_on: date
    states: Sequence[Mapping[str, Any]]  # state and effective_from, in their order; one event each
    member_count: int
    civil_capacity: str
    able_to_work: bool
    credit_record: str
    split_from_id: UUID
    group_name: str | None


def when_a_household_ends(*actions: WhenEnded) -> None:
    """Set what rooms above this one do, in the same transaction, when a household ends."""
    _when_ended[:] = actions


async def lock_households(conn: Connection, ids: Iterable[UUID]) -> dict[UUID, Record]:
    """Lock households in the order of their ids and return them by id."""
    return {row["id"]: row for row in await conn.fetch(_LOCK, sorted(set(ids)))}


async def set_phone(conn: Connection, household_id: UUID, sealed: bytes) -> None:
    """Put another telephone number, sealed, on file."""
    await conn.execute(_PHONE, household_id, sealed)


async def set_residence(conn: Connection, household_id: UUID, residence_code: str | None) -> None:
    """Say where the household lives when that is not its village (MS-2)."""
    await conn.execute(_RESIDENCE, household_id, residence_code)


async def set_group(conn: Connection, household_id: UUID, group_name: str | None) -> None:
    """Say which villagers' group (村民组) the household belongs to (ZJ-1)."""
    await conn.execute(_GROUP, household_id, group_name)


async def move(conn: Connection, household_id: UUID, village_code: str, moved_on: date, recorded_by: str) -> None:
    """Register a household in another village of its county."""
    await conn.execute(_MOVE, household_id, village_code)
    await conn.execute(_VILLAGE, household_id, village_code, moved_on, "moved", recorded_by)


async def recode(conn: Connection, changed_on: date, recorded_by: str) -> str:
    """Give households the codes of the temporary table `household_region_move`; return PostgreSQL's status."""
    status: str = await conn.execute(_RECODE, changed_on, recorded_by)
    return status


async def end(
    conn: Connection, household_id: UUID, ended_on: date, reason: EndReason, ended_by: str, into: UUID | None = None
) -> None:
    """Take a household off the register with its helpers; its rows, counts and loans stay as they are."""
    await conn.execute(_END, household_id, ended_on, reason, into)
    await conn.execute(_END_HELPERS, household_id, ended_on, ended_by)
    for action in _when_ended:
        await action(conn, household_id, ended_on, ended_by)


async def count_version(conn: Connection, household_id: UUID) -> tuple[int, str]:
    """Count one more event about a household; return the event's number and the household's village."""
    row = await conn.fetchrow(_COUNT_VERSION, household_id)
    assert row is not None
    return row["version"], row["village_code"]


async def count_versions(conn: Connection, counts: Mapping[UUID, int]) -> dict[UUID, int]:
    """Count `counts` more events about each household; return the number before the first of them."""
    rows = await conn.fetch(_COUNT_VERSIONS, list(counts), list(counts.values()))
    return {row["id"]: row["before"] for row in rows}


async def absorb(
    conn: Connection, household_id: UUID, into: UUID, effective_on: date, why: str, recorded_by: str
) -> None:
    """Pass open exclusions and family debts of an absorbed household on to the one that absorbs it."""
    await conn.execute(_ABSORB_EXCLUSIONS, household_id, into, effective_on, why, recorded_by)
    await conn.execute(_ABSORB_DEBTS, household_id, into, recorded_by)


async def register_split(conn: Connection, new: SplitOff, why: str, recorded_by: str) -> bool:
    """Put a split-off household on the register; return False when its county uses the number already."""
    made = await conn.fetchval(
        _REGISTER_SPLIT,
        new.id,
        new.county_code,
        new.number,
        new.village_code,
        len(new.states),
        new.states[-1]["state"],
        new.states[-1]["effective_from"],
        new.registered_on,
        new.member_count,
        new.civil_capacity,
        new.able_to_work,
        new.credit_record,
        new.split_from_id,
        new.group_name,
    )
    if made is None:
        return False
    columns = [each["state"] for each in new.states], [each["effective_from"] for each in new.states]
    await conn.execute(_STATES, new.id, *columns, why, recorded_by)
    await conn.execute(_VILLAGE, new.id, new.village_code, new.registered_on, "split", recorded_by)
    return True


async def carry_over(
    conn: Connection, household_id: UUID, to: UUID, split_on: date, why: str, recorded_by: str, going: Sequence[UUID]
) -> None:
    """Copy what bars a household to the one split off from it, and move the debts of the members who go."""
    common = (household_id, to, split_on, why, recorded_by)
    await conn.execute(_COPY_EXCLUSIONS, *common)
    await conn.execute(_TAKE_DEBTS, *common, list(going))
