"""Using money that is held (暂收款) on the day something falls due; few loans hold any."""

from datetime import date
from typing import Final

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from shared.db import Connection

_HELD: Final = """
SELECT l.id FROM loan l WHERE l.county_code = $1::text AND l.held > 0 AND l.claim_id IS NULL AND EXISTS (
  SELECT FROM installment i WHERE i.loan_id = l.id AND i.cancelled_on IS NULL AND i.due_on <= $2::date
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due))
"""


async def use_held_money(conn: Connection, county_code: str, as_of: date) -> None:
    """Pay with what a county's loans hold whatever has fallen due by a day."""
    found = [row["id"] for row in await conn.fetch(_HELD, county_code, as_of)]
    if found:
        await lock(conn, found)
        await restate(conn, [Change(loan_id, RestatementCause.HELD_MONEY, as_of) for loan_id in found])
