"""Named reads of the accounts between banks and guarantors: the one statement that says who owes whom."""

from datetime import date
from typing import Any
from uuid import UUID

from services.riskfund.claims.queries import seen_of_claims
from services.riskfund.guarantees.refusals import GuarantorAccountUnknown
from services.riskfund.guarantees.schemas import (
    AccountState,
    GuarantorAccountDetail,
    GuarantorAccountOut,
    GuarantorTransferOut,
)
from shared.db import Connection
from shared.scope import Scope


def accounts(day: str) -> str:
    """Return the SQL of every guarantor's account at the end of a day (a parameter): one row a claim (DZ-3).

    What the guarantor bears, less what it paid and its part of recoveries, more what it got back. The order in which
    these came makes no difference. Money back is late when its recovery's last day has passed. A recovery taken back
    counts on no day; what others' parts are by it (a fen, or more of a loss that is not wholly back) counts from then.
    """
    return f"""
SELECT c.id AS claim_id, c.loan_id, c.village_code, c.bank_code, c.guarantor_code, c.state AS claim_state, b.borne,
       c.guarantor_due_on AS due_on, t.received, r.recovered_share, t.returned, greatest(n.net, 0.00) AS owes,
       greatest(-n.net, 0.00) AS owed_back,
       least(greatest(t.received + r.late_share - b.borne - t.returned, 0.00), greatest(-n.net, 0.00))
         AS owed_back_late,
       CASE WHEN n.net > 0 AND {day} > c.guarantor_due_on THEN 'overdue' WHEN n.net > 0 THEN 'owes'
            WHEN n.net < 0 THEN 'owed_back' ELSE 'settled' END AS state
FROM claim c
CROSS JOIN LATERAL (SELECT CASE WHEN c.state IN ('approved', 'paid') AND c.approved_on <= {day}
                                THEN c.guarantor_amount ELSE 0.00 END AS borne) b
CROSS JOIN LATERAL (
  SELECT coalesce(sum(amount) FILTER (WHERE direction = 'to_bank'), 0.00) AS received,
         coalesce(sum(amount) FILTER (WHERE direction = 'to_guarantor'), 0.00) AS returned
  FROM guarantor_transfer WHERE claim_id = c.id AND withdrawn_on IS NULL AND transferred_on <= {day}) t
CROSS JOIN LATERAL (
  SELECT coalesce(sum(share), 0.00) AS recovered_share,
         coalesce(sum(share) FILTER (WHERE due_on < {day}), 0.00) AS late_share
  FROM (SELECT guarantor_share AS share, due_on FROM recovery
        WHERE claim_id = c.id AND recovered_on <= {day} AND reversed_on IS NULL
        UNION ALL
        SELECT g.guarantor_share - v.guarantor_share, v.due_on
        FROM recovery_reversal v JOIN recovery g ON g.id = v.recovery_id
        WHERE v.claim_id = c.id AND v.reversed_on <= {day}) parts) r
CROSS JOIN LATERAL (SELECT b.borne - t.received - r.recovered_share + t.returned AS net) n
WHERE c.guarantor_code IS NOT NULL AND c.filed_on <= {day}
"""  # noqa: S608 - only our own text is interpolated


_SEEN = f"SELECT a.* FROM ({accounts('$5::date')}) a WHERE {seen_of_claims('a', 'a.claim_id')}"  # noqa: S608 - our own
_GET = f"{_SEEN} AND a.claim_id = $6"
_LIST = f"""
{_SEEN} AND ($6::text IS NULL OR a.village_code ^@ $6) AND ($7::text IS NULL OR a.state = $7)
  AND ($8::uuid IS NULL OR a.claim_id > $8) ORDER BY a.claim_id LIMIT $9
"""
_TRANSFERS = """
SELECT id, direction, amount, transferred_on, bank_reference, recorded_by, withdrawn_on, withdrawn_by,
       withdrawal_reason
FROM guarantor_transfer WHERE claim_id = $1 ORDER BY transferred_on, id
"""


async def list_accounts(
    conn: Connection,
    scope: Scope,
    on: date,
    region: str | None,
    state: AccountState | None,
    after: UUID | None,
    limit: int,
) -> list[GuarantorAccountOut]:
    """Return accounts in the caller's sight at the end of a day, ordered by claim."""
    rows = await conn.fetch(_LIST, *scope.columns, on, region, state and str(state), after, limit)
    return [GuarantorAccountOut(**dict(row)) for row in rows]


async def get_account(conn: Connection, claim_id: UUID, scope: Scope, on: date) -> GuarantorAccountDetail:
    """Return one claim's account at the end of a day, with every transfer.

    Raises:
        GuarantorAccountUnknown: no guarantor bears a part of such a claim, or the caller may not see it.
    """
    row: Any = await conn.fetchrow(_GET, *scope.columns, on, claim_id)
    if row is None:
        raise GuarantorAccountUnknown(claim_id)
    transfers = [GuarantorTransferOut(**dict(each)) for each in await conn.fetch(_TRANSFERS, claim_id)]
    return GuarantorAccountDetail(**dict(row), transfers=transfers)
