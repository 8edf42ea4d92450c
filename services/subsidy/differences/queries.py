"""Find lines that gave more or less than the rule gives by what is known today: each is settled or explained (DZ-7)."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.comparison_sql import COMPARED
from services.subsidy.batches.plans import hashed
from services.subsidy.differences.schemas import OverpaidLine, UnderpaidLine
from shared.db import Connection
from shared.scope import Scope, seen

_CONCERNED: Final = f"""
concerned AS MATERIALIZED (
  SELECT DISTINCT l.loan_id FROM subsidy_line l
  JOIN subsidy_account a ON a.loan_id = l.loan_id
  WHERE l.live AND a.county_code = $3 AND {seen("l.village_code", "a.bank_code", regions="$4", banks="$5")}
)"""  # noqa: S608 - our own text
# Of a part that has several lines the last ones gave too much; of a loan no more than the loan as a whole. What was
# clawed back of a line stays what it gave too much, whatever interest the loan pays afterwards.
_OVERPAID: Final = f"""
WITH {_CONCERNED}, {COMPARED}, gross AS (
  SELECT l.id, l.batch_id, l.household_id, l.loan_id, l.village_code, s.reasons, b.state,
    l.amount - coalesce(t.reduced, 0) AS amount, coalesce(t.clawed_back, 0) AS clawed_back, s.open,
    -s.difference + sum(coalesce(t.clawed_back, 0)) OVER part AS too_much,
    sum(l.amount - coalesce(t.reduced, 0)) OVER (part ORDER BY l.id DESC) - l.amount + coalesce(t.reduced, 0) AS later
  FROM compared s
  JOIN subsidy_line l ON l.repayment_id = s.repayment_id AND l.installment_number = s.installment_number AND l.live
  JOIN subsidy_batch b ON b.id = l.batch_id
  LEFT JOIN taken_back t ON t.line_id = l.id
  WINDOW part AS (PARTITION BY l.repayment_id, l.installment_number)
), of_part AS (
  SELECT o.*, least(over, clawed_back) AS settled, over - least(over, clawed_back) AS left_over
  FROM (SELECT g.*, least(amount, greatest(0, too_much - later)) AS over FROM gross g) o
), of_line AS (
  SELECT p.*, settled + least(left_over, greatest(0, -open - (sum(left_over) OVER (PARTITION BY loan_id
    ORDER BY id DESC) - left_over))) AS overpaid
  FROM of_part p
)
SELECT f.id AS line_id, f.batch_id, f.household_id, f.loan_id, f.village_code, f.amount,
  f.amount - f.overpaid AS due_today, f.overpaid, f.reasons, c.id AS clawback_id, c.amount AS clawed_back
FROM of_line f
CROSS JOIN LATERAL (
  SELECT (array_agg(c.id ORDER BY c.id DESC))[1] AS id, coalesce(sum(c.amount), 0.00) AS amount
  FROM clawback c WHERE c.line_id = f.id AND c.state <> 'refused') c
WHERE f.overpaid > 0 AND f.state IN ('approved', 'paying', 'settled') AND ($6::uuid IS NULL OR f.id > $6)
ORDER BY f.id LIMIT $7
"""  # noqa: S608 - our own text
_UNDERPAID: Final = f"""
WITH {_CONCERNED}, {COMPARED}, of_part AS (
  SELECT s.*, least(difference, greatest(0, open - (sum(difference) OVER (PARTITION BY loan_id
    ORDER BY paid_on, installment_number, repayment_id) - difference))) AS underpaid
  FROM compared s WHERE has_line AND difference > 0
)
SELECT l.id AS line_id, l.batch_id, l.household_id, l.loan_id, l.village_code, l.amount,
  l.amount + p.underpaid AS due_today, p.underpaid, p.reasons
FROM of_part p
JOIN subsidy_line l ON l.repayment_id = p.repayment_id AND l.installment_number = p.installment_number AND l.live
  AND l.kind = 'interest'
WHERE p.underpaid > 0 AND ($6::uuid IS NULL OR l.id > $6) ORDER BY l.id LIMIT $7
"""  # noqa: S608 - our own text
_TOO_MUCH: Final = f"""
WITH concerned AS (SELECT $3::uuid AS loan_id), {COMPARED} SELECT greatest(0, -min(open)) FROM compared
"""  # noqa: S608 - our own text


async def list_overpaid_lines(
    conn: Connection, scope: Scope, county_code: str, today: date, after: UUID | None, limit: int
) -> list[OverpaidLine]:
    """Return up to `limit` approved or paid lines of a county that gave more than the rule gives by today's facts."""
    rules = await rules_of_county(conn, county_code)
    async with hashed(conn):
        rows = await conn.fetch(_OVERPAID, rules, today, county_code, scope.regions, scope.banks, after, limit)
    return [OverpaidLine(**row) for row in rows]


async def list_underpaid_lines(
    conn: Connection, scope: Scope, county_code: str, today: date, after: UUID | None, limit: int
) -> list[UnderpaidLine]:
    """Return up to `limit` lines of a county that gave less than the rule gives by today's facts (应贴尽贴)."""
    rules = await rules_of_county(conn, county_code)
    async with hashed(conn):
        rows = await conn.fetch(_UNDERPAID, rules, today, county_code, scope.regions, scope.banks, after, limit)
    return [UnderpaidLine(**row) for row in rows]


async def too_much_granted(conn: Connection, county_code: str, loan_id: UUID, on: date) -> Decimal:
    """Return what a loan was granted too much by the facts known now and nobody claws back yet, in yuan."""
    rules = await rules_of_county(conn, county_code)
    found: Decimal = await conn.fetchval(_TOO_MUCH, rules, on, loan_id)
    return found
