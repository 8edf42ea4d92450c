"""What a household was paid twice it owes: to be paid back, in parts too, or given up."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from shared.db import Connection
from shared.policy.copies import pack_of_version

_LINE: Final = """
SELECT l.village_code, a.pack_version, a.product_code FROM subsidy_line l
JOIN subsidy_account a ON a.loan_id = l.loan_id
WHERE l.batch_id = $1 AND l.household_id = $2 ORDER BY l.id LIMIT 1
"""
_OWE: Final = """
INSERT INTO clawback (id, instruction_id, county_code, household_id, village_code, amount, reason, decided_on, due_on,
  state, proposed_by, approved_by, approved_on)
VALUES (uuid7(), $1, $2, $3, $4, $5, $6, $7, $8, 'approved', $9, $10, $11)
"""


async def owe_second_payment(
    conn: Connection, instruction: Mapping[str, Any], proposed: Mapping[str, Any], by: str, on: date
) -> None:
    """Let a household owe what an instruction paid beyond what it was owed, from the second person's decision on.

    It is due within the days in which the loan's pack wants a wrong subsidy back (DZ-7).
    """
    line: Any = await conn.fetchrow(_LINE, instruction["batch_id"], instruction["household_id"])
    kept = await pack_of_version(conn, line["village_code"], line["pack_version"], on, line["product_code"])
    due_on = on + timedelta(days=kept.pack.subsidy_rule().clawback_days)
    owed = instruction["county_code"], instruction["household_id"], line["village_code"], instruction["amount"]
    why = proposed["reason"], proposed["proposed_on"], due_on, proposed["proposed_by"], by, on
    await conn.execute(_OWE, instruction["id"], *owed, *why)
