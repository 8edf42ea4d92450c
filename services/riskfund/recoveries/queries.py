"""Named reads of recoveries."""

from uuid import UUID

from services.riskfund.claims.queries import seen_of_claims
from services.riskfund.recoveries.refusals import RecoveryUnknown
from services.riskfund.recoveries.schemas import RecoveryOut, RecoveryState
from shared.db import Connection
from shared.scope import Scope

_RECOVERY = f"""
SELECT * FROM (
SELECT r.id, r.claim_id, r.loan_id, r.village_code, r.bank_code, r.bank_reference, r.recovered_on, r.amount,
       r.principal, r.interest, r.fund_share, r.bank_share, r.guarantor_share, r.beyond_loss, r.due_on,
       b.returned_on, b.bank_reference AS return_reference, b.is_late, r.reversed_on, m.moved_on AS paid_back_on,
       CASE WHEN r.state = 'open' THEN coalesce(v.fund_due, r.fund_share) ELSE 0.00 END AS fund_due,
       CASE WHEN m.id IS NULL THEN coalesce(v.fund_owes, 0.00) ELSE 0.00 END AS fund_owes,
       CASE WHEN v.fund_owes > 0 THEN v.due_on END AS fund_owes_by,
       CASE WHEN v.fund_owes > 0 AND m.id IS NULL THEN 'owed_back' WHEN v.fund_owes > 0 THEN 'paid_back'
            ELSE r.state END AS state
FROM recovery r LEFT JOIN recovery_return b ON b.recovery_id = r.id
LEFT JOIN recovery_reversal v ON v.recovery_id = r.id
LEFT JOIN fund_movement m ON m.recovery_id = r.id AND m.state = 'booked'
WHERE {seen_of_claims("r", "r.claim_id")}
) r WHERE true
"""  # noqa: S608 - only our own text is interpolated
_GET = f"{_RECOVERY} AND r.id = $5"
_LIST = f"""
{_RECOVERY} AND ($5::text IS NULL OR r.village_code ^@ $5) AND ($6::text IS NULL OR r.state = $6)
  AND ($7::uuid IS NULL OR r.id > $7) ORDER BY r.id LIMIT $8
"""


async def get_recovery(conn: Connection, recovery_id: UUID, scope: Scope) -> RecoveryOut:
    """Return one recovery.

    Raises:
        RecoveryUnknown: it does not exist, or the caller may not see it.
    """
    row = await conn.fetchrow(_GET, *scope.columns, recovery_id)
    if row is None:
        raise RecoveryUnknown(recovery_id)
    return RecoveryOut(**dict(row))


async def list_recoveries(
    conn: Connection, scope: Scope, region: str | None, state: RecoveryState | None, after: UUID | None, limit: int
) -> list[RecoveryOut]:
    """Return recoveries in the caller's sight, ordered by id."""
    rows = await conn.fetch(_LIST, *scope.columns, region, state and str(state), after, limit)
    return [RecoveryOut(**dict(row)) for row in rows]
