"""Named reads of village finance officers."""

from datetime import date
from typing import Final
from uuid import UUID

from services.registry.register.finance_officers.refusals import FinanceOfficerUnknown
from services.registry.register.finance_officers.schemas import FinanceOfficerCoverage, FinanceOfficerOut
from shared.access import Principal, Right
from shared.db import Connection

MISSING_MAX: Final = 500  # villages named in one answer; the count is of all
_OFFICERS = """
SELECT f.id, f.village_code, g.name AS village_name, f.officer, f.officer_name, f.evidence, f.appointed_on,
       f.appointed_by, f.appointed_at, f.ended_on, f.end_cause, f.end_reason, f.ended_by
FROM finance_officer f JOIN region g ON g.code = f.village_code
"""
_LIST = f"""{_OFFICERS}
WHERE f.village_code ^@ $1 AND f.village_code ^@ ANY ($2::text[])
  AND ($3::date IS NULL OR (f.appointed_on <= $3 AND coalesce(f.ended_on > $3, true)))
  AND ($4::uuid IS NULL OR f.id > $4)
ORDER BY f.id LIMIT $5
"""
_ONE = f"{_OFFICERS} WHERE f.id = $1"
_COVERAGE = """
SELECT count(*) AS village_count, count(f.id) AS served_count,
       (array_agg(g.code ORDER BY g.code) FILTER (WHERE f.id IS NULL))[1:$4] AS missing
FROM region g
LEFT JOIN finance_officer f ON f.village_code = g.code AND f.appointed_on <= $3 AND coalesce(f.ended_on > $3, true)
WHERE g.level = 'village' AND g.code ^@ $1 AND g.code ^@ ANY ($2::text[])
  AND coalesce(g.valid_from <= $3, true) AND coalesce(g.valid_until > $3, true)
"""


async def get_officer(conn: Connection, appointment_id: UUID) -> FinanceOfficerOut:
    """Return one appointment.

    Raises:
        FinanceOfficerUnknown
    """
    row = await conn.fetchrow(_ONE, appointment_id)
    if row is None:
        raise FinanceOfficerUnknown(appointment_id)
    return FinanceOfficerOut(**row)


async def list_officers(
    conn: Connection, caller: Principal, *, region: str, as_of: date | None, after: UUID | None, limit: int
) -> list[FinanceOfficerOut]:
    """Return up to `limit` appointments; with `as_of` only of those who serve on that day."""
    scopes = caller.regions_for(Right.FINANCE_OFFICERS_READ)
    return [FinanceOfficerOut(**row) for row in await conn.fetch(_LIST, region, scopes, as_of, after, limit)]


async def coverage(conn: Connection, caller: Principal, region: str, as_of: date) -> FinanceOfficerCoverage:
    """Return how many villages that exist on a day have a finance officer, and which have none (FJ-7).

    Raises:
        OutsideRegion: the caller reads no appointments there.
    """
    caller.ensure_region(Right.FINANCE_OFFICERS_READ, region)
    scopes = caller.regions_for(Right.FINANCE_OFFICERS_READ)
    row = await conn.fetchrow(_COVERAGE, region, scopes, as_of, MISSING_MAX)
    assert row is not None
    return FinanceOfficerCoverage(region_code=region, as_of=as_of, **{**row, "missing": row["missing"] or []})
