"""Which lines of a batch would be others if it were prepared now: too high (FJ-6) or too low (SX-5).

With $1 the rules, $2 the day and $3 the batch. Lines lack something where their loan is owed more on interest that has
lines; interest that was paid since and has no line yet makes no line wrong.
"""

from typing import Final

from services.subsidy.batches.comparison_sql import COMPARED, LINES_TOO_HIGH
from shared.scope import seen

_CHANGED: Final = f"""
WITH concerned AS MATERIALIZED (
  SELECT DISTINCT loan_id FROM subsidy_line WHERE batch_id = $3::uuid AND kind <> 'clawback'
), {COMPARED}, {LINES_TOO_HIGH}, lacking AS MATERIALIZED (
  SELECT loan_id, least(min(open), sum(difference)) AS amount FROM compared
  WHERE has_line GROUP BY loan_id HAVING least(min(open), sum(difference)) > 0
), too_low AS MATERIALIZED (
  SELECT s.id AS line_id, s.loan_id, least(k.amount, c.difference) AS amount
  FROM lacking k JOIN compared c ON c.loan_id = k.loan_id AND c.difference > 0
  JOIN subsidy_line s ON s.batch_id = $3 AND s.repayment_id = c.repayment_id
    AND s.installment_number = c.installment_number
), changed AS (
  SELECT line_id, loan_id, -amount AS difference FROM too_high UNION ALL SELECT line_id, loan_id, amount FROM too_low
)"""  # noqa: S608 - our own text
# Of the batch as a whole: how many loans have lines that are too high or too low, and by how much.
CHANGES: Final = f"""
{_CHANGED}
SELECT count(DISTINCT loan_id) FILTER (WHERE difference < 0)::int AS loans_too_high,
  coalesce(-sum(difference) FILTER (WHERE difference < 0), 0.00) AS too_much,
  count(DISTINCT loan_id) FILTER (WHERE difference > 0)::int AS loans_too_low,
  coalesce(sum(difference) FILTER (WHERE difference > 0), 0.00) AS lacking
FROM changed
"""  # noqa: S608 - our own text
CHANGED_LINES: Final = f"""
{_CHANGED}
SELECT c.line_id, c.loan_id, l.household_id, a.contract_number, l.amount, l.amount + c.difference AS due_today
FROM changed c JOIN subsidy_line l ON l.id = c.line_id JOIN subsidy_account a ON a.loan_id = c.loan_id
WHERE {seen("l.village_code", "a.bank_code", regions="$4", banks="$5")} AND ($6::uuid IS NULL OR c.line_id > $6)
ORDER BY c.line_id LIMIT $7
"""  # noqa: S608 - our own text
