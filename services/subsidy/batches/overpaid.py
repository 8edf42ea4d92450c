"""Find lines that paid more than the rule gives by what is known today: each is clawed back or explained (DZ-7)."""

from datetime import date
from itertools import pairwise
from typing import Final
from uuid import UUID

from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.due_sql import DUE
from services.subsidy.batches.schemas import OverpaidLine
from shared.db import Connection
from shared.scope import Scope, seen

_OVERPAID: Final = f"""
WITH candidate AS MATERIALIZED (
  SELECT l.repayment_id, l.installment_number FROM subsidy_line l
  JOIN subsidy_batch b ON b.id = l.batch_id
  JOIN subsidy_account a ON a.loan_id = l.loan_id
  WHERE l.live AND l.amount > 0 AND b.county_code = $2 AND b.state IN ('approved', 'paying', 'settled')
    AND b.prepared_on >= $7 AND b.prepared_on < $8
    AND {seen("l.village_code", "a.bank_code", regions="$3", banks="$4")}
), {DUE}
SELECT l.id AS line_id, l.batch_id, d.household_id, d.loan_id, d.village_code, l.amount, d.amount AS due_today,
  l.amount - d.amount AS overpaid, d.reasons, c.id AS clawback_id
FROM due d
JOIN subsidy_line l
  ON l.repayment_id = d.repayment_id AND l.installment_number = d.installment_number AND l.live
LEFT JOIN clawback c ON c.line_id = l.id AND c.state <> 'refused'
WHERE d.amount < l.amount AND ($5::uuid IS NULL OR l.id > $5) ORDER BY l.id LIMIT $6
"""  # noqa: S608 - our own text

_CORRECTED_ON: Final = """
SELECT DISTINCT c.effective_from FROM pack_correction c JOIN policy_pack p USING (pack_id)
WHERE p.county_code = $1 ORDER BY c.effective_from
"""


async def list_overpaid_lines(
    conn: Connection, scope: Scope, county_code: str, after: UUID | None, limit: int
) -> list[OverpaidLine]:
    """Return up to `limit` approved or paid lines of a county that pay more than the rule gives by today's facts.

    The rule is that of the day of each batch: a correction of the pack makes no earlier line wrong.
    """
    corrected_on = [row["effective_from"] for row in await conn.fetch(_CORRECTED_ON, county_code)]
    found: list[OverpaidLine] = []
    for first_on, until_on in pairwise((date.min, *corrected_on, date.max)):
        rules = await rules_of_county(conn, county_code, first_on)
        batches = (first_on, until_on)
        rows = await conn.fetch(_OVERPAID, rules, county_code, scope.regions, scope.banks, after, limit, *batches)
        found += [OverpaidLine(**row) for row in rows]
    return sorted(found, key=lambda line: line.line_id)[:limit]
