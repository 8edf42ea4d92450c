"""The day's job: periods whose run is late become a duty of who prepares, are published once, and end (SX-5)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from services.subsidy.periods.queries import periods_waiting
from services.subsidy.periods.rules import Period
from services.subsidy.periods.schemas import LatePeriodsRunOut, PeriodOut
from shared.access import Principal
from shared.db import Connection
from shared.events.subsidy import SubsidyPeriodCaughtUp, SubsidyPeriodLate
from shared.jobs import JobRunIn, run_once
from shared.outbox import bulk_insert, current_traceparent
from shared.policy.copies import find_current_pack
from shared.scope import Scope

JOB: Final = "note-late-periods"
_OPEN: Final = """
SELECT period_from, period_until, late_from FROM late_period WHERE county_code = $1 AND done_on IS NULL
"""


def _recorded(event: type[SubsidyPeriodLate | SubsidyPeriodCaughtUp], day: str) -> str:
    data = {name: f"p.{name}" for name in ("county_code", "period_from", "period_until", "late_from", "office")}
    return bulk_insert(
        event,
        source="changed p",
        aggregate_id="p.id",
        aggregate_version="p.version",
        region_code="p.county_code",
        traceparent="$2::text",
        data={
            "period_id": "p.id",
            **data,
            "loans_waiting": "p.loans_waiting",
            "interest_waiting": "p.interest_waiting::text",
            day: "$1::date",
        },
    )


# A period that is late again, because its batch went back, is noted anew.
_NOTE: Final = f"""
WITH changed AS (
  INSERT INTO late_period (id, county_code, period_from, period_until, late_from, office, loans_waiting,
    interest_waiting, noted_on, version)
  SELECT uuid7(), $3, p.period_from, p.period_until, p.late_from, $4, p.loans_waiting, p.interest_waiting, $1::date, 1
  FROM unnest($5::date[], $6::date[], $7::date[], $8::int[], $9::numeric[])
    AS p (period_from, period_until, late_from, loans_waiting, interest_waiting)
  ON CONFLICT (county_code, period_from, period_until) DO UPDATE SET noted_on = excluded.noted_on, done_on = NULL,
    office = excluded.office, loans_waiting = excluded.loans_waiting, interest_waiting = excluded.interest_waiting,
    version = late_period.version + 1 WHERE late_period.done_on IS NOT NULL
  RETURNING *
), events AS ({_recorded(SubsidyPeriodLate, "noticed_on")})
SELECT count(*)::int FROM changed
"""  # noqa: S608 - our own text
_DONE: Final = f"""
WITH changed AS (
  UPDATE late_period l SET done_on = $1::date, loans_waiting = 0, interest_waiting = 0, version = version + 1
  FROM unnest($4::date[], $5::date[]) AS p (period_from, period_until)
  WHERE l.county_code = $3 AND l.done_on IS NULL AND l.noted_on <= $1::date
    AND (l.period_from, l.period_until) = (p.period_from, p.period_until)
  RETURNING l.*
), events AS ({_recorded(SubsidyPeriodCaughtUp, "done_on")})
SELECT count(*)::int FROM changed
"""  # noqa: S608 - our own text


async def note_late_periods(conn: Connection, officer: Principal, body: JobRunIn) -> LatePeriodsRunOut:
    """Note every period of the county that is late on a day, once, and end those for which nothing waits any more.

    Raises: OutsideRegion. Clause: SX-5.
    """
    found = await run_once(conn, officer, JOB, body, lambda: _run(conn, body.county_code, body.as_of))
    return LatePeriodsRunOut(job=JOB, county_code=body.county_code, as_of=body.as_of, **found)


async def _run(conn: Connection, county_code: str, as_of: date) -> dict[str, Any]:
    kept = await find_current_pack(conn, county_code, as_of)
    if kept is None:
        return {"late_count": 0, "done_count": 0}
    opened = [Period(row[0], row[1], row[2]) for row in await conn.fetch(_OPEN, county_code)]
    found = await periods_waiting(conn, Scope.within([county_code]), kept, county_code, as_of, opened)
    late = [each for each in found if each.state == "late"]
    done = [each for each in found if each.state == "done"]
    first = (as_of, current_traceparent(), county_code)
    office = str(kept.pack.subsidy_rule().preparer)
    names = ("period_from", "period_until", "late_from", "loans_waiting", "interest_waiting")
    noted = await conn.fetchval(_NOTE, *first, office, *_columns(late, names))
    ended = await conn.fetchval(_DONE, *first, *_columns(done, names[:2]))
    return {"late_count": noted, "done_count": ended}


def _columns(periods: Sequence[PeriodOut], names: Sequence[str]) -> list[list[Any]]:
    return [[getattr(each, name) for each in periods] for name in names]
