"""Named reads: a county's own days as they were entered, and as they hold."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.county_days.refusals import CountyDaysUnknown
from services.lending.county_days.schemas import CountyDayKind, CountyDaysOut
from services.lending.proposals.schemas import CorrectionState
from shared.db import Connection

_SHOWN: Final = """
SELECT id, county_code, kind, days, document, reason, state, proposed_on, proposed_by, decided_on, decided_by,
  decision_reason
FROM county_days WHERE county_code ^@ ANY ($1::text[])
"""
_ONE: Final = f"{_SHOWN} AND id = $2"
_LISTED: Final = f"""
{_SHOWN} AND ($2::text IS NULL OR county_code = $2) AND ($3::text IS NULL OR state = $3)
  AND ($4::uuid IS NULL OR id > $4) ORDER BY id LIMIT $5
"""
_CONFIRMED: Final = """
SELECT kind, unnest(days) AS day FROM county_days WHERE county_code = $1 AND state = 'confirmed' ORDER BY decided_at, id
"""
_COUNTIES: Final = "SELECT DISTINCT county_code FROM county_days WHERE state = 'confirmed' ORDER BY 1"


async def get_county_days(conn: Connection, regions: Sequence[str], county_days_id: UUID) -> CountyDaysOut:
    """Return days of a county. Raises: CountyDaysUnknown."""
    row = await conn.fetchrow(_ONE, list(regions), county_days_id)
    if row is None:
        raise CountyDaysUnknown(county_days_id)
    return CountyDaysOut(**row)


async def list_county_days(
    conn: Connection,
    regions: Sequence[str],
    *,
    county_code: str | None,
    state: CorrectionState | None,
    after: UUID | None,
    limit: int,
) -> list[CountyDaysOut]:
    """Return up to `limit` entries after one id, by id."""
    rows = await conn.fetch(_LISTED, list(regions), county_code, state, after, limit)
    return [CountyDaysOut(**row) for row in rows]


async def own_days(conn: Connection, county_code: str) -> dict[date, bool]:
    """Return whether a county rests on each day that it has of its own; what was confirmed last counts."""
    found: dict[date, bool] = {}
    for row in await conn.fetch(_CONFIRMED, county_code):
        found = with_days(found, CountyDayKind(row["kind"]), [row["day"]])
    return found


def with_days(own: dict[date, bool], kind: CountyDayKind, days: Sequence[date]) -> dict[date, bool]:
    """Return a county's own days after some of them are said to be of a kind."""
    kept: dict[date, Any] = {day: rests for day, rests in own.items() if day not in days}
    if kind is CountyDayKind.AS_NATIONAL:
        return kept
    return {**kept, **dict.fromkeys(days, kind is CountyDayKind.REST)}


async def counties_with_own_days(conn: Connection) -> list[str]:
    """Return the counties that ever had days of their own."""
    return [row["county_code"] for row in await conn.fetch(_COUNTIES)]
