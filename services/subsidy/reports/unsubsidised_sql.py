"""Which loans' interest of a year still awaits its subsidy, by the facts known now (应贴尽贴, SX-5)."""

from typing import Final

from services.subsidy.batches.comparison_sql import COMPARED
from shared.scope import seen

# $1 the rules, $2 today, $3 and $4 what the caller sees, $5 the county, $6 and $7 the year's days; $8 rows at most.
# A loan lacks what its interest of the year is owed and no line grants, never more than the loan as a whole is owed;
# besides, what lines grant and no bank has confirmed yet. Where nothing of a batch is left to pay to a household after
# claw-backs, its lines are settled with the approval.
UNSUBSIDISED: Final = f"""
WITH concerned AS MATERIALIZED (
  SELECT DISTINCT p.loan_id FROM interest_payment p JOIN subsidy_account a USING (loan_id)
  WHERE p.superseded_by IS NULL AND a.county_code = $5 AND p.paid_on >= $6 AND p.paid_on < $7
    AND {seen("a.village_code", "a.bank_code", regions="$3", banks="$4")}
), {COMPARED}, of_year AS (
  SELECT c.loan_id, sum(c.interest) AS interest, coalesce(sum(c.due) FILTER (WHERE NOT c.cap_missing), 0.00) AS due,
    greatest(0, least(coalesce(sum(c.difference) FILTER (WHERE NOT c.cap_missing), 0.00), min(c.open))) AS without_line,
    bool_or(c.cap_missing) AS cap_missing
  FROM compared c WHERE c.paid_on >= $6 AND c.paid_on < $7 GROUP BY c.loan_id
), unpaid AS (
  SELECT l.loan_id, sum(l.amount - coalesce(t.reduced + t.clawed_back, 0)) AS in_batch
  FROM concerned
  JOIN subsidy_line l USING (loan_id)
  JOIN subsidy_batch b ON b.id = l.batch_id
  JOIN interest_payment p ON (p.repayment_id, p.installment_number, p.loan_version)
    = (l.repayment_id, l.installment_number, l.part_version) AND p.paid_on >= $6 AND p.paid_on < $7
  LEFT JOIN taken_back t ON t.line_id = l.id
  WHERE l.live AND l.amount > 0 AND NOT EXISTS (
      SELECT FROM payment_instruction i
      WHERE i.batch_id = l.batch_id AND i.household_id = l.household_id AND i.state = 'paid')
    AND NOT (b.state IN ('approved', 'paying', 'settled') AND 0 >= (
      SELECT sum(o.amount) FROM subsidy_line o WHERE o.batch_id = l.batch_id AND o.household_id = l.household_id))
  GROUP BY l.loan_id
), waiting AS (
  SELECT y.loan_id, y.interest, y.due, y.without_line, coalesce(u.in_batch, 0.00) AS in_batch, y.cap_missing
  FROM of_year y LEFT JOIN unpaid u USING (loan_id)
  WHERE y.without_line > 0 OR u.in_batch > 0 OR y.cap_missing
)
SELECT w.*, a.contract_number, a.household_id, a.village_code, a.bank_code, w.without_line + w.in_batch AS outstanding,
  count(*) OVER () AS loan_count, sum(w.without_line) OVER () AS all_without_line,
  sum(w.in_batch) OVER () AS all_in_batch
FROM waiting w JOIN subsidy_account a USING (loan_id)
ORDER BY outstanding DESC, w.loan_id LIMIT $8
"""  # noqa: S608 - our own text
