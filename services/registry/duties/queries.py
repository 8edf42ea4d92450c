"""Named reads of duties: what is open, late and done, for an office, a region, or everything below it."""

from datetime import date
from typing import Final
from uuid import UUID

from services.registry.duties.refusals import DutyUnknown
from services.registry.duties.rules.kinds import DutyKind
from services.registry.duties.schemas import (
    DutyCount,
    DutyDetail,
    DutyOut,
    DutyRecordOut,
    DutyReport,
    DutyState,
)
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.vocabulary import Office

# What was done counts from its own day on, and what ended from the day of its end.
_STATE: Final = """
CASE WHEN r.done_on <= $1 THEN 'done' WHEN d.ended_on <= $1 THEN 'ended' WHEN d.due_on < $1 THEN 'late' ELSE 'open' END
"""
_DUTIES: Final = f"""
SELECT d.id, d.version, d.kind, d.region_code, g.name AS region_name, d.offices, d.loan_id, d.household_id,
       d.bank_code, d.entity_id, d.pictures, d.opens_on, d.due_on, d.due_on - $1::date AS days_left,
       {_STATE} AS state, r.done_on, d.ordered, d.ordered_by, d.ended_on, d.end_cause, d.end_reason
FROM duty d JOIN region g ON g.code = d.region_code
LEFT JOIN duty_record r ON r.duty_id = d.id AND r.withdrawn_on IS NULL
"""  # noqa: S608 - our own expression
_LIST: Final = f"""{_DUTIES}
WHERE d.region_code ^@ $2 AND d.region_code ^@ ANY ($3::text[]) AND d.opens_on <= $1
  AND ($4::text IS NULL OR d.kind = $4) AND ($5::text IS NULL OR $5 = ANY (d.offices))
  AND ($6::text IS NULL OR {_STATE} = $6) AND ($7::date IS NULL OR d.due_on <= $7)
  AND ($8::uuid IS NULL OR d.loan_id = $8) AND ($9::uuid IS NULL OR d.entity_id = $9)
  AND ($10::uuid IS NULL OR d.id > $10)
ORDER BY d.id LIMIT $11
"""
_ONE: Final = f"{_DUTIES} WHERE d.id = $2"
RECORDS: Final = """
SELECT id, duty_id, done_on, text, household_count, amount, satisfied_percent, visit, person, used_as_agreed, risk,
       results, evidence, document_ids, recorded_by, recorded_office, recorded_at, withdrawn_on, withdrawal_reason,
       withdrawn_by
FROM duty_record
"""
_RECORDS_OF: Final = f"{RECORDS} WHERE duty_id = $1 ORDER BY id"
_ONE_RECORD: Final = f"{RECORDS} WHERE id = $1"
# The regions directly below the one asked about; what belongs to that one itself stands under its own code.
_COUNTS: Final = f"""
WITH found AS (
  SELECT CASE WHEN length(d.region_code) > length($2) THEN left(d.region_code, $4) ELSE d.region_code END AS area_code,
         d.kind, d.due_on, r.done_on, {_STATE} AS state
  FROM duty d LEFT JOIN duty_record r ON r.duty_id = d.id AND r.withdrawn_on IS NULL
  WHERE d.region_code ^@ $2 AND d.region_code ^@ ANY ($3::text[]) AND d.opens_on <= $1
)
SELECT s.area_code, g.name AS area_name, s.kind,
       count(*) FILTER (WHERE s.state = 'open') AS open_count, count(*) FILTER (WHERE s.state = 'late') AS late_count,
       count(*) FILTER (WHERE s.state = 'done' AND s.done_on <= s.due_on) AS done_in_time_count,
       count(*) FILTER (WHERE s.state = 'done' AND s.done_on > s.due_on) AS done_late_count,
       count(*) FILTER (WHERE s.state = 'ended') AS ended_count
FROM found s JOIN region g ON g.code = s.area_code
GROUP BY s.area_code, g.name, s.kind ORDER BY s.area_code, s.kind
"""  # noqa: S608 - our own expression
_NEXT_LEVEL: Final = {2: 4, 4: 6, 6: 9, 9: 12, 12: 12}


async def list_duties(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    as_of: date,
    kind: DutyKind | None,
    office: Office | None,
    state: DutyState | None,
    due_through: date | None,
    loan_id: UUID | None,
    entity_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[DutyOut]:
    """Return up to `limit` duties of a region and everything below it as they stand on a day."""
    scopes = officer.regions_for(Right.DUTIES_READ)
    about = (kind, office, state, due_through, loan_id, entity_id)
    rows = await conn.fetch(_LIST, as_of, region, scopes, *about, after, limit)
    return [DutyOut(**row) for row in rows]


async def get_duty(conn: Connection, officer: Principal, duty_id: UUID, as_of: date) -> DutyDetail:
    """Return a duty with everything that was recorded of it.

    Raises:
        DutyUnknown: there is none in the officer's region.
    """
    row = await conn.fetchrow(_ONE, as_of, duty_id)
    if row is None or not row["region_code"].startswith(tuple(officer.regions_for(Right.DUTIES_READ))):
        raise DutyUnknown(duty_id)
    records = [DutyRecordOut(**each) for each in await conn.fetch(_RECORDS_OF, duty_id)]
    return DutyDetail(**row, records=records)


async def get_order(conn: Connection, duty_id: UUID, as_of: date) -> DutyOut:
    """Return a duty that was just ordered or taken back."""
    row = await conn.fetchrow(_ONE, as_of, duty_id)
    assert row is not None
    return DutyOut(**row)


async def get_record(conn: Connection, record_id: UUID) -> DutyRecordOut:
    """Return a record that was just written or withdrawn."""
    row = await conn.fetchrow(_ONE_RECORD, record_id)
    assert row is not None
    return DutyRecordOut(**row)


async def duty_report(conn: Connection, officer: Principal, region_code: str, as_of: date) -> DutyReport:
    """Return how duties stand on a day, for the region and each area directly below it (FJ-2).

    Raises:
        OutsideRegion: the officer reads no duties there.
    """
    officer.ensure_region(Right.DUTIES_READ, region_code)
    scopes = officer.regions_for(Right.DUTIES_READ)
    rows = await conn.fetch(_COUNTS, as_of, region_code, scopes, _NEXT_LEVEL[len(region_code)])
    return DutyReport(region_code=region_code, as_of=as_of, counts=[DutyCount(**row) for row in rows])
