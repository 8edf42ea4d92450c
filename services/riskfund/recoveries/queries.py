"""Named reads of recoveries."""

from uuid import UUID

from services.riskfund.access import Scope
from services.riskfund.recoveries.refusals import RecoveryUnknown
from services.riskfund.recoveries.schemas import RecoveryOut, RecoveryState
from shared.db import Connection

_RECOVERY = """
SELECT r.id, r.claim_id, r.loan_id, r.village_code, r.bank_code, r.bank_reference, r.recovered_on, r.amount,
       r.principal, r.interest, r.fund_share, r.bank_share, r.due_on, r.state, b.returned_on,
       b.bank_reference AS return_reference, b.late
FROM recovery r LEFT JOIN recovery_return b ON b.recovery_id = r.id
WHERE r.village_code ^@ ANY($1::text[]) AND ($2::text IS NULL OR r.bank_code = $2)
"""
_GET = f"{_RECOVERY} AND r.id = $3"
_LIST = f"""
{_RECOVERY} AND ($3::text IS NULL OR r.village_code ^@ $3) AND ($4::text IS NULL OR r.state = $4)
  AND ($5::uuid IS NULL OR r.id > $5) ORDER BY r.id LIMIT $6
"""


async def get_recovery(conn: Connection, recovery_id: UUID, scope: Scope) -> RecoveryOut:
    """Return one recovery.

    Raises:
        RecoveryUnknown: it does not exist, or the caller may not see it.
    """
    row = await conn.fetchrow(_GET, scope.regions, scope.bank_code, recovery_id)
    if row is None:
        raise RecoveryUnknown(recovery_id)
    return RecoveryOut(**dict(row))


async def list_recoveries(
    conn: Connection, scope: Scope, region: str | None, state: RecoveryState | None, after: UUID | None, limit: int
) -> list[RecoveryOut]:
    """Return recoveries in the caller's sight, ordered by id."""
    rows = await conn.fetch(_LIST, scope.regions, scope.bank_code, region, state and str(state), after, limit)
    return [RecoveryOut(**dict(row)) for row in rows]
