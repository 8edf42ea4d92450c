"""Who may not borrow, of the kinds the county's pack names: marked and lifted with a reason and a day (FJ-6)."""

from uuid import UUID

from services.registry.policy.packs.queries import get_packs_in_force
from services.registry.register.households.actions.statuses import lock_to_mark
from services.registry.register.households.refusals import (
    ExclusionKindUnknown,
    ExclusionUnknown,
    PeriodAlreadyEnded,
)
from services.registry.register.households.schemas import ExclusionOut, ExclusionsIn, ExclusionsOut, TerminationIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_MARK = """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by)
SELECT uuid7(), asked, $2, $3, $4, $5 FROM unnest($1::uuid[]) AS asked
ON CONFLICT (household_id, kind) WHERE valid_until IS NULL DO NOTHING
"""
_FIND = """
SELECT x.valid_from, x.valid_until, x.ended_by FROM household_exclusion x JOIN household h ON h.id = x.household_id
WHERE x.id = $1 AND h.village_code ^@ ANY ($2::text[]) FOR UPDATE OF x
"""
_LIFT = """
UPDATE household_exclusion SET valid_until = $2, end_reason = $3, ended_by = $4, ended_at = now()
WHERE id = $1 AND valid_until IS NULL
RETURNING id, household_id, kind, valid_from, reason, recorded_by, recorded_at, valid_until, end_reason,
  ended_by, ended_at
"""


async def mark_excluded(conn: Connection, officer: Principal, body: ExclusionsIn) -> ExclusionsOut:
    """Mark households as excluded from a day on; those that are marked with the kind already stay as they are.

    Raises:
        HouseholdsUnknown: some are not on file in the officer's region; nothing was marked.
        HouseholdHasEnded: one of them has ended.
        ExclusionKindUnknown: the pack that holds where one of them lives does not name the kind.
        NoPackInForce: a village has no pack for that day.
    """
    asked = set(body.household_ids)
    rows = await lock_to_mark(conn, officer, asked)
    packs = await get_packs_in_force(conn, {row["village_code"] for row in rows}, body.valid_from)
    for village_code, found in packs.items():
        known = [term.code for term in found.pack.eligibility_rules().exclusions]
        if body.kind not in known:
            raise ExclusionKindUnknown(body.kind, village_code, known)
    done = await conn.execute(_MARK, list(asked), body.kind, body.valid_from, body.reason, officer.subject)
    marked = int(done.split()[-1])
    return ExclusionsOut(
        kind=body.kind, valid_from=body.valid_from, recorded_count=marked, unchanged_count=len(asked) - marked
    )


async def lift_exclusion(conn: Connection, officer: Principal, exclusion_id: UUID, body: TerminationIn) -> ExclusionOut:
    """Lift an exclusion: from `valid_until` on it no longer holds.

    Raises:
        ExclusionUnknown: there is none in the officer's region.
        PeriodAlreadyEnded, DateBeforeStep: it was lifted before, or began later.
    """
    row = await conn.fetchrow(_FIND, exclusion_id, officer.regions_for(Right.HOUSEHOLDS_MARK))
    if row is None:
        raise ExclusionUnknown(exclusion_id)
    if row["valid_until"] is not None:
        raise PeriodAlreadyEnded(row["valid_until"], row["ended_by"])
    ensure_not_before("valid_until", body.valid_until, "valid_from", row["valid_from"])
    lifted = await conn.fetchrow(_LIFT, exclusion_id, body.valid_until, body.reason, officer.subject)
    assert lifted is not None
    return ExclusionOut(**lifted)
