"""Marking overdue loans (逾期认定): set-based, once per overdue episode, and the same result for a repeated date."""

from typing import Any

from services.lending.jobs.schemas import JobRunIn, OverdueRunOut
from services.lending.loans.postings_sql import OVERDUE
from shared.access import Principal, Right
from shared.db import Connection
from shared.events.lending import LoanOverdue
from shared.outbox import bulk_insert, current_traceparent

JOB = "mark-overdue"


# One run at a time for a county and date, on whichever replica; the second finds the first one's result.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('job/' || $1::text || '/' || $2::text, 0))"
_STORED = "SELECT result FROM job_run WHERE job = $1 AND scope = $2 AND business_date = $3"
_STORE = "INSERT INTO job_run (job, scope, business_date, result) VALUES ($1, $2, $3, $4)"

# Looking at everything due before the day, not only the day before, catches up on days that were missed.
_LATE = """
l.county_code = $1::text AND l.state = 'active' AND l.overdue_from IS NULL AND i.cancelled_on IS NULL
AND i.due_on + l.grace_days < $2::date AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
"""
_LOCK = f"""
SELECT count(*) FROM (
  SELECT id FROM loan WHERE id IN (SELECT l.id FROM loan l JOIN installment i ON i.loan_id = l.id WHERE {_LATE})
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
  SELECT l.id, l.household_id, l.village_code, l.version, min(i.due_on) + 1 AS since_on,
    sum(i.interest_due - i.interest_paid + i.principal_due - i.principal_paid) AS amount
  FROM loan l JOIN installment i ON i.loan_id = l.id WHERE {_LATE}
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
    officer.ensure_region(Right.JOBS_RUN, body.county_code)
    await conn.execute(_ONE_AT_A_TIME, JOB, body.county_code)
    stored = await conn.fetchval(_STORED, JOB, body.county_code, body.as_of)
    if stored is None:
        stored = await _mark(conn, body)
        await conn.execute(_STORE, JOB, body.county_code, body.as_of, stored)
    return OverdueRunOut(job=JOB, county_code=body.county_code, as_of=body.as_of, **stored)


async def _mark(conn: Connection, body: JobRunIn) -> dict[str, Any]:
    # The locks come first, so that the next statement sees what repayments left when they let go of them.
    await conn.fetchval(_LOCK, body.county_code, body.as_of)
    return dict(await conn.fetchrow(_MARK, body.county_code, body.as_of, current_traceparent()))
