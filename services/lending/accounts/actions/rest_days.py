"""Restating loans by days of rest that become known, or are put right, after something was due on them.

Everywhere by a release that knows more of China's days, in one county by days of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from services.lending.loans.actions import differing_rest_days, refresh_rest_days, store_own_rest_days
from shared.db import Connection

# Who paid on the due day or before owes the same however long a rest is.
_TOUCHED: Final = """
SELECT l.id FROM loan l WHERE l.claim_id IS NULL AND l.cancelled_on IS NULL AND ($2::text IS NULL OR county_code = $2)
  AND EXISTS (
    SELECT FROM installment i WHERE i.loan_id = l.id
      AND (i.due_on = ANY ($1::date[]) OR i.due_on + l.grace_days = ANY ($1::date[]))
      AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due
        OR EXISTS (SELECT FROM repayment_part p JOIN repayment r ON r.id = p.repayment_id
          WHERE r.loan_id = i.loan_id AND p.installment_number = i.number AND r.paid_on > i.due_on)
        OR EXISTS (SELECT FROM remission_part m WHERE m.loan_id = i.loan_id AND m.installment_number = i.number)))
"""
AT_ONCE: Final = 500


async def take_rest_days(conn: Connection, calendar: Iterable[tuple[date, date]], today: date) -> int:
    """Store China's days of rest, and restate every loan that was counted otherwise; return how many.

    A due day of rest is met on the next working day, whenever the rest became known (Civil Code, Article 203). Safe to
    run twice: days that are stored already change nothing.
    """
    past = [day for day in await refresh_rest_days(conn, calendar) if day < today]
    touched = await touched_by(conn, past)
    await _restate(conn, touched, today)
    return len(touched)


async def take_own_rest_days(conn: Connection, county_code: str, own: Mapping[date, date], today: date) -> int:
    """Store what a county's days of rest are where they are not China's, and restate its loans that were counted
    otherwise; return how many. Safe to run twice.
    """
    days = await differing_rest_days(conn, county_code, own)
    touched = await touched_by(conn, [day for day in days if day < today], county_code)
    await lock(conn, touched)  # before what is known of the days is stamped
    await store_own_rest_days(conn, county_code, own)
    await _restate(conn, touched, today)
    return len(touched)


async def touched_by(conn: Connection, days: Sequence[date], county_code: str | None = None) -> list[UUID]:
    """Return the loans, by id, that owe otherwise when some days rest longer or shorter; None: in every county."""
    if not days:
        return []
    return sorted(row["id"] for row in await conn.fetch(_TOUCHED, list(days), county_code))


async def _restate(conn: Connection, loan_ids: Sequence[UUID], today: date) -> None:
    for start in range(0, len(loan_ids), AT_ONCE):
        some = loan_ids[start : start + AT_ONCE]
        await lock(conn, some)
        await restate(conn, [Change(loan_id, RestatementCause.REST_DAYS, today) for loan_id in some])
