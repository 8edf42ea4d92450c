"""Take a direct grant back that was wrongly paid: its household owes it, to be paid back, in parts too, or given up."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from shared.db import Connection
from shared.policy.copies import find_current_pack

_OWE: Final = """
INSERT INTO clawback (id, grant_id, programme_id, county_code, household_id, village_code, amount, reason, decided_on,
  due_on, state, proposed_by, approved_by, approved_on)
SELECT uuid7(), g.id, t.programme_id, g.county_code, g.household_id, (
    SELECT village_code FROM household_state s WHERE s.household_id = g.household_id ORDER BY version DESC LIMIT 1),
  t.amount, $4, $5, $6, 'approved', $7, $8, $9
FROM household_grant g CROSS JOIN unnest($2::uuid[], $3::numeric[]) AS t (programme_id, amount) WHERE g.id = $1
"""
_TAKEN: Final = """
SELECT c.programme_id, sum(c.amount) AS amount FROM clawback c JOIN household_grant g ON g.id = c.grant_id
WHERE g.project_id = $1 GROUP BY 1
"""


async def owe_grant(
    conn: Connection,
    grant: dict[str, Any],
    parts: Sequence[tuple[UUID, Decimal]],
    proposed: dict[str, Any],
    by: str,
    on: date,
) -> None:
    """Let a household owe a grant from the day on which a second person took it back, to each programme its part.

    It is due within the days in which the county's pack wants a wrong subsidy back; at once where there is no pack.

    Args:
        parts: what each programme had paid of it, in yuan.
        proposed: the proposal with its `reason`, `proposed_by` and `proposed_on`.
    """
    found = await find_current_pack(conn, grant["county_code"], on)
    days = found.pack.subsidy_rule().clawback_days if found else 0
    programmes, amounts = [each for each, _ in parts], [amount for _, amount in parts]
    why = proposed["reason"], proposed["proposed_on"], on + timedelta(days=days), proposed["proposed_by"], by, on
    await conn.execute(_OWE, grant["id"], programmes, amounts, *why)


async def taken_of_grants(conn: Connection, project_id: UUID) -> dict[UUID, Decimal]:
    """Return what each programme's households owe or owed of a project's grants that were taken back, in yuan."""
    return {row["programme_id"]: row["amount"] for row in await conn.fetch(_TAKEN, project_id)}
