"""Named reads of recoveries."""

from datetime import date
from typing import Any
from uuid import UUID

from services.riskfund.claims.queries import seen_of_claims
from services.riskfund.claims.refusals import ClaimUnknown
from services.riskfund.recoveries.refusals import RecoveryUnknown
from services.riskfund.recoveries.schemas import JointClaimOut, RecoveryOut, RecoveryState
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
  AND ($7::uuid IS NULL OR r.id > $7)
  AND ($9::date IS NULL OR (r.fund_due > 0 AND r.due_on < $9) OR (r.fund_owes > 0 AND r.fund_owes_by < $9))
ORDER BY r.id LIMIT $8
"""
# As in guarantors' accounts a recovery taken back counts on no day, and what others' parts are by it counts from then.
_JOINT = f"""
SELECT c.id AS claim_id, c.loan_id, c.paid_on, $6::date AS as_of, b.fund - back.fund AS held_by_fund,
       b.bank - back.bank AS held_by_bank, c.guarantor_code, b.guarantor - back.guarantor AS held_by_guarantor
FROM claim c
CROSS JOIN LATERAL (SELECT c.state = 'paid' AND c.paid_on <= $6 AS paid) p
CROSS JOIN LATERAL (SELECT CASE WHEN p.paid THEN c.fund_amount ELSE 0.00 END AS fund,
                           CASE WHEN p.paid THEN c.bank_amount ELSE 0.00 END AS bank,
                           CASE WHEN p.paid THEN c.guarantor_amount ELSE 0.00 END AS guarantor) b
CROSS JOIN LATERAL (
  SELECT coalesce(sum(fund_share), 0.00) AS fund, coalesce(sum(bank_share), 0.00) AS bank,
         coalesce(sum(guarantor_share), 0.00) AS guarantor
  FROM (SELECT fund_share, bank_share, guarantor_share FROM recovery
        WHERE claim_id = c.id AND recovered_on <= $6 AND reversed_on IS NULL
        UNION ALL
        SELECT g.fund_share - v.fund_share, g.bank_share - v.bank_share, g.guarantor_share - v.guarantor_share
        FROM recovery_reversal v JOIN recovery g ON g.id = v.recovery_id
        WHERE v.claim_id = c.id AND v.reversed_on <= $6) parts) back
WHERE {seen_of_claims("c", "c.id")} AND c.id = $5
"""  # noqa: S608 - only our own text is interpolated


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
    conn: Connection,
    scope: Scope,
    region: str | None,
    state: RecoveryState | None,
    after: UUID | None,
    limit: int,
    late_on: date | None,
) -> list[RecoveryOut]:
    """Return recoveries in the caller's sight, ordered by id; `late_on`: only those whose money is late on that day."""
    rows = await conn.fetch(_LIST, *scope.columns, region, state and str(state), after, limit, late_on)
    return [RecoveryOut(**dict(row)) for row in rows]


async def get_joint_claim(conn: Connection, claim_id: UUID, scope: Scope, on: date) -> JointClaimOut:
    """Return who holds how much of a compensated claim at the end of a day (LG-40).

    Raises:
        ClaimUnknown: it does not exist, or the caller may not see it.
    """
    row: Any = await conn.fetchrow(_JOINT, *scope.columns, claim_id, on)
    if row is None:
        raise ClaimUnknown(claim_id)
    return JointClaimOut(**dict(row))
