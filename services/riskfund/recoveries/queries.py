"""Named reads of recoveries."""

from uuid import UUID

from services.riskfund.claims.queries import seen_of_claims
from services.riskfund.recoveries.refusals import RecoveryUnknown
from services.riskfund.recoveries.schemas import RecoveryOut, RecoveryState
from shared.db import Connection
from shared.scope import Scope

_RECOVERY = f"""
SELECT r.id, r.claim_id, r.loan_id, r.village_code, r.bank_code, r.bank_reference, r.recovered_on, r.amount,
       r.principal, r.interest, r.fund_share, r.bank_share, r.guarantor_share, r.beyond_loss, r.due_on,
       r.state, b.returned_on,
       b.bank_reference AS return_reference, b.is_late
FROM recovery r LEFT JOIN recovery_return b ON b.recovery_id = r.id
WHERE {seen_of_claims("r", "r.claim_id")}
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
