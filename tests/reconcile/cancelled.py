"""A disbursement taken back in a county that was lived through, by the service's own statements."""

from typing import TYPE_CHECKING, Final

from services.lending.applications.disbursed_sql import REOPENED
from services.lending.loans import postings_sql
from shared.dates import today_in_china

if TYPE_CHECKING:
    import asyncpg

# A loan on which only money was booked; it becomes one on which nothing was, as if it had been found at once.
_LOAN: Final = """
SELECT l.id, l.application_id, l.village_code FROM loan l WHERE l.claim_id IS NULL
  AND NOT EXISTS (SELECT FROM default_report r WHERE r.loan_id = l.id)
  AND NOT EXISTS (SELECT FROM repayment r WHERE r.loan_id = l.id AND r.reversed_on IS NOT NULL)
ORDER BY l.id LIMIT 1
"""
_FORGET: Final = (
    "DELETE FROM repayment_part p USING repayment r WHERE r.id = p.repayment_id AND r.loan_id = $1",
    "DELETE FROM repayment WHERE loan_id = $1",
    "DELETE FROM bank_reference WHERE loan_id = $1 AND entry <> 'disbursement'",
    "DELETE FROM outbox WHERE aggregate_id = $1 AND aggregate_version > 1",
    "UPDATE installment SET principal_paid = 0, interest_paid = 0, penalty_paid = 0 WHERE loan_id = $1",
    """UPDATE loan SET version = 1, state = 'active', closed_on = NULL, principal_repaid = 0, interest_paid = 0,
         penalty_paid = 0, held = 0 WHERE id = $1""",
)
_PUBLISHED: Final = """
INSERT INTO outbox (event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code,
  data) VALUES (uuid7(), 'disbursement-reversed', 1, 'loan', $1, 2, $2, '{}')
"""
_DECIDED: Final = """
INSERT INTO disbursement_reversal (id, loan_id, cause, reason, proposed_on, proposed_by, state, decided_on, decided_by,
  decided_at) VALUES (uuid7(), $1, 'returned', 'planted', $2, 'one', 'confirmed', $2, 'two', now())
"""


async def take_back(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Take one loan's disbursement back as the service does, its decision and its event included."""
    loan, on = await connection.fetchrow(_LOAN), today_in_china()
    assert loan is not None
    for statement in _FORGET:
        await connection.execute(statement, loan["id"])
    for each in (postings_sql.ACCRUALS_GONE, postings_sql.UNSIGNED_GONE):
        await connection.execute(each, [loan["id"]])
    await connection.execute(postings_sql.CANCELLED, loan["id"], on)
    await connection.execute(REOPENED, loan["application_id"], on)
    await connection.execute(_PUBLISHED, loan["id"], loan["village_code"])
    await connection.execute(_DECIDED, loan["id"], on)
