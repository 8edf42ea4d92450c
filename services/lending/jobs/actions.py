"""Marking overdue loans (逾期认定): set-based, once per overdue episode, and the same result for a repeated date.

Before that floating contracts take the day's rate, and money held pays what falls due: both say what is overdue.
"""

from typing import Any

from services.lending.accounts.actions.held_money import use_held_money
from services.lending.jobs.schemas import OverdueRunOut
from services.lending.loans.postings_sql import OVERDUE
from services.lending.loans.rest_days_sql import timeliness
from services.lending.rate_changes.actions import reprice
from shared.access import Principal
from shared.db import Connection
from shared.events.lending import LoanOverdue
from shared.jobs import JobRunIn, run_once
from shared.outbox import bulk_insert, current_traceparent

JOB = "mark-overdue"

# Looking at everything due before the day, not only the day before, catches up on days that were missed.
_LATE = """
l.county_code = $1::text AND l.state = 'active' AND l.overdue_from IS NULL AND i.cancelled_on IS NULL
AND i.due_on < $2::date AND timely.late_after_on < $2::date
AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
"""
_INSTALLMENTS = f"FROM loan l JOIN installment i ON i.loan_id = l.id {timeliness('l.grace_days', 'l.county_code')}"
_LOCK = f"""
SELECT array_agg(id) FROM (
  SELECT id FROM loan WHERE id IN (SELECT l.id {_INSTALLMENTS} WHERE {_LATE})
  ORDER BY id FOR NO KEY UPDATE
) locked
"""  # noqa: S608 - our own texts
_RECORD_EVENTS = bulk_insert(
    LoanOverdue,
    source="late p",
    aggregate_id="p.id",
    aggregate_version="p.version + 1",
    region_code="p.village_code",
    traceparent="$3::text",
    data={
        "loan_id": "p.id",
        "household_id": "p.household_id",
        "village_code": "p.village_code",
        "overdue_from": "p.since_on",
        "noticed_on": "$2::date",
        "amount_overdue": "p.amount::text",
    },
)
_MARK = f"""
WITH late AS MATERIALIZED (
  SELECT l.id, l.household_id, l.village_code, l.version, min(timely.met_on) + 1 AS since_on,
    sum(i.interest_due - i.interest_paid + i.principal_due - i.principal_paid) AS amount
  {_INSTALLMENTS} WHERE l.id = ANY ($4::uuid[]) AND {_LATE}
  GROUP BY l.id
), {OVERDUE}, events AS ({_RECORD_EVENTS})
SELECT count(*) AS loans_marked, coalesce(sum(amount), 0.00)::text AS amount_overdue,
  count(*) + (SELECT count(*) FROM loan WHERE county_code = $1::text AND overdue_from IS NOT NULL
    AND state IN ('active', 'defaulted')) AS loans_overdue
FROM late
"""  # noqa: S608 - our own texts


async def mark_overdue(conn: Connection, officer: Principal, body: JobRunIn) -> OverdueRunOut:
    """Mark every loan of the county with something unpaid after its due date and grace, and tell it once an episode.

    Raises: OutsideRegion. Clause: FJ-12.
    """
    found = await run_once(conn, officer, JOB, body, lambda: _mark(conn, body))
    return OverdueRunOut(job=JOB, county_code=body.county_code, as_of=body.as_of, **found)


async def _mark(conn: Connection, body: JobRunIn) -> dict[str, Any]:
    repriced = await reprice(conn, body.county_code, body.as_of)
    await use_held_money(conn, body.county_code, body.as_of)
    # The locks come first, so that the next statement sees what repayments left when they let go of them.
    locked = await conn.fetchval(_LOCK, body.county_code, body.as_of)
    marked = await conn.fetchrow(_MARK, body.county_code, body.as_of, current_traceparent(), locked or [])
    return {**marked, "loans_repriced": repriced}
