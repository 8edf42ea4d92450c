"""Using money that is held (暂收款) on the day something falls due, and remitting small lacks of what was paid ahead.

Few loans hold money, and few dues lack something within tolerance; whoever reads instalments finds them met.
"""

from datetime import date
from typing import Final

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from shared.db import Connection

_HELD: Final = """
SELECT l.id FROM loan l WHERE l.county_code = $1::text AND l.held > 0 AND l.claim_id IS NULL AND EXISTS (
  SELECT FROM installment i WHERE i.loan_id = l.id AND i.cancelled_on IS NULL AND i.due_on <= $2::date
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due))
"""
_SMALL: Final = """
SELECT l.id FROM loan l WHERE l.county_code = $1::text AND l.tolerance > 0 AND l.held = 0 AND l.claim_id IS NULL
  AND l.state IN ('active', 'defaulted') AND EXISTS (
    SELECT FROM installment i
    CROSS JOIN LATERAL (SELECT i.interest_paid + i.principal_paid + i.penalty_paid AS paid) p
    WHERE i.loan_id = l.id AND i.cancelled_on IS NULL AND NOT i.of_misuse AND i.due_on <= $2::date AND p.paid > 0
      AND i.interest_due + i.principal_due + i.penalty_due - p.paid BETWEEN 0.01 AND l.tolerance)
"""


async def use_held_money(conn: Connection, county_code: str, as_of: date) -> None:
    """Pay with what a county's loans hold whatever has fallen due by a day, and remit what is within tolerance."""
    for statement, cause in ((_HELD, RestatementCause.HELD_MONEY), (_SMALL, RestatementCause.TOLERANCE)):
        found = [row["id"] for row in await conn.fetch(statement, county_code, as_of)]
        if found:
            await lock(conn, found)
            await restate(conn, [Change(loan_id, cause, as_of) for loan_id in found])
