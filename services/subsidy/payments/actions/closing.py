"""Let what a batch does not pay be paid by no later run of it."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.payments.queries import OWED
from shared.db import Connection

# What the batch still owes each household is taken off its lines, the first ones first, and paid by no later run.
_CLOSE: Final = f"""
WITH owed AS MATERIALIZED (
  SELECT o.household_id, o.amount FROM ({OWED}) o
  WHERE o.household_id NOT IN (SELECT household_id FROM payment_instruction WHERE batch_id = $1 AND state = 'paid')
), line AS (
  SELECT l.id, l.loan_id, l.household_id, l.amount - coalesce(r.amount, 0) AS amount FROM subsidy_line l
  LEFT JOIN (SELECT line_id, sum(amount) AS amount FROM payment_reduction GROUP BY 1) r ON r.line_id = l.id
  WHERE l.batch_id = $1 AND l.amount > coalesce(r.amount, 0)
), closed AS (
  INSERT INTO payment_reduction (id, termination_id, line_id, loan_id, amount)
  SELECT uuid7(), $2, id, loan_id, amount FROM (
    SELECT l.id, l.loan_id, least(l.amount, greatest(0, o.amount - (sum(l.amount) OVER (
      PARTITION BY l.household_id ORDER BY l.id) - l.amount))) AS amount
    FROM line l JOIN owed o USING (household_id)) c
  WHERE amount > 0 RETURNING amount
)
SELECT coalesce(sum(amount), 0.00) FROM closed
"""  # noqa: S608 - our own text


async def close_rest(conn: Connection, batch_id: UUID, termination_id: UUID) -> Decimal:
    """Take what a batch still owes off its lines, for a termination that two persons decided; return how much it is."""
    closed: Decimal = await conn.fetchval(_CLOSE, batch_id, termination_id)
    return closed
