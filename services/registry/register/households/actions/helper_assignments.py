"""Who helps which household (帮扶责任人): assigned, replaced and ended; one at a time for a household (FJ-5, DZ-5c)."""

from collections import Counter
from datetime import date
from uuid import UUID

from services.registry.register.households.refusals import (
    HelperAssignmentUnknown,
    HouseholdHasEnded,
    HouseholdNamedTwice,
    HouseholdsUnknown,
    PeriodAlreadyEnded,
)
from services.registry.register.households.schemas import (
    HelperAssignmentOut,
    HelperAssignmentsIn,
    HelperAssignmentsOut,
    TerminationIn,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_LOCK = """
SELECT h.id, h.number, h.ended_on, h.end_reason, a.valid_from
FROM household h LEFT JOIN helper_assignment a ON a.household_id = h.id AND a.valid_until IS NULL
WHERE h.id = ANY ($1::uuid[]) AND h.village_code ^@ ANY ($2::text[]) ORDER BY h.id FOR UPDATE OF h
"""
_ASKED = """
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS asked (household_id, helper, helper_name, organisation)
"""
# Whoever helps already goes on; anyone else is replaced on that day.
_REPLACE = f"""
UPDATE helper_assignment a SET valid_until = $5, end_reason = $6, ended_by = $7, ended_at = now()
{_ASKED} WHERE a.household_id = asked.household_id AND a.valid_until IS NULL AND a.helper <> asked.helper
"""  # noqa: S608 - our own FROM clause
_ASSIGN = f"""
INSERT INTO helper_assignment (id, household_id, helper, helper_name, organisation, valid_from, assigned_by)
SELECT uuid7(), household_id, helper, helper_name, organisation, $5, $6 {_ASKED}
ON CONFLICT (household_id) WHERE valid_until IS NULL DO NOTHING
"""
_SELECT = """
SELECT a.id, a.household_id, h.number AS household_number, h.village_code, a.helper, a.helper_name, a.organisation,
       a.valid_from, a.assigned_by, a.assigned_at, a.valid_until, a.end_reason, a.ended_by, a.ended_at
FROM helper_assignment a JOIN household h ON h.id = a.household_id
"""
_LIST = f"""{_SELECT}
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR a.helper = $3)
  AND ($4::date IS NULL OR (a.valid_from <= $4 AND (a.valid_until IS NULL OR $4 < a.valid_until)))
  AND ($5::uuid IS NULL OR a.id > $5)
ORDER BY a.id LIMIT $6
"""
_OF_HOUSEHOLD = f"{_SELECT} WHERE a.household_id = $1 ORDER BY a.valid_from, a.id"
_ONE = f"{_SELECT} WHERE a.id = $1 AND h.village_code ^@ ANY ($2::text[]) FOR UPDATE OF a"
_END = """
UPDATE helper_assignment SET valid_until = $2, end_reason = $3, ended_by = $4, ended_at = now()
WHERE id = $1 AND valid_until IS NULL
"""


async def assign_helpers(conn: Connection, officer: Principal, body: HelperAssignmentsIn) -> HelperAssignmentsOut:
    """Assign helpers to many households from a day on; a household's former helper is replaced on that day.

    Raises:
        HouseholdNamedTwice: the batch names a household twice.
        HouseholdsUnknown: some are not on file in the officer's region; nothing was assigned.
        HouseholdHasEnded: one of them has ended.
        DateBeforeStep: a helper to be replaced began after that day.
    """
    ids = [each.household_id for each in body.assignments]
    if twice := [each for each, count in Counter(ids).items() if count > 1]:
        raise HouseholdNamedTwice(twice)
    rows = await conn.fetch(_LOCK, ids, officer.regions_for(Right.HELPERS_ASSIGN))
    if unknown := sorted(set(ids) - {row["id"] for row in rows}):
        raise HouseholdsUnknown(unknown)
    for row in rows:
        if row["ended_on"] is not None:
            raise HouseholdHasEnded(row["number"], row["ended_on"], row["end_reason"])
        if row["valid_from"] is not None:
            ensure_not_before("valid_from", body.valid_from, "replaced_from_on", row["valid_from"])
    columns = (
        ids,
        [each.helper for each in body.assignments],
        [each.helper_name for each in body.assignments],
        [each.organisation for each in body.assignments],
    )
    replaced = await conn.execute(_REPLACE, *columns, body.valid_from, body.reason, officer.subject)
    assigned = int((await conn.execute(_ASSIGN, *columns, body.valid_from, officer.subject)).split()[-1])
    return HelperAssignmentsOut(
        valid_from=body.valid_from,
        assigned_count=assigned,
        replaced_count=int(replaced.split()[-1]),
        unchanged_count=len(ids) - assigned,
    )


async def end_assignment(
    conn: Connection, officer: Principal, assignment_id: UUID, body: TerminationIn
) -> HelperAssignmentOut:
    """End an assignment without a successor.

    Raises:
        HelperAssignmentUnknown: there is none in the officer's region.
        PeriodAlreadyEnded, DateBeforeStep: it ended before, or began later.
    """
    scopes = officer.regions_for(Right.HELPERS_ASSIGN)
    row = await conn.fetchrow(_ONE, assignment_id, scopes)
    if row is None:
        raise HelperAssignmentUnknown(assignment_id)
    if row["valid_until"] is not None:
        raise PeriodAlreadyEnded(row["valid_until"], row["ended_by"])
    ensure_not_before("valid_until", body.valid_until, "valid_from", row["valid_from"])
    await conn.execute(_END, assignment_id, body.valid_until, body.reason, officer.subject)
    ended = await conn.fetchrow(_ONE, assignment_id, scopes)
    assert ended is not None
    return HelperAssignmentOut(**ended)


async def list_assignments(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    helper: str | None,
    as_of: date | None,
    after: UUID | None,
    limit: int,
) -> list[HelperAssignmentOut]:
    """Return up to `limit` assignments of a region in the order in which they were made."""
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    return [HelperAssignmentOut(**row) for row in await conn.fetch(_LIST, region, scopes, helper, as_of, after, limit)]


async def helpers_of(conn: Connection, household_id: UUID) -> list[HelperAssignmentOut]:
    """Return everyone who helps or helped a household, the first one first."""
    return [HelperAssignmentOut(**row) for row in await conn.fetch(_OF_HOUSEHOLD, household_id)]
