"""What was granted against what the rule gives by the facts known now, part by part and loan by loan (SX-5, FJ-6).

`COMPARED` reads the relation `concerned(loan_id)`, $1 the rules as JSON (`due_sql.rule_rows`) and $2 the day whose
rules hold for what no line has yet. It yields one row `compared` for each part that counts or has lines: `difference`
is what is due less what was granted and not taken back; beside it stands all of `due` where the part counts. Where
a part of a loan was granted too much, `open` is the sum of the loan's differences: above zero the loan is owed that
much, below zero that much too much was granted; else it is infinite, for nothing bounds what the loan is owed. What
counts is the loan's sum: interest that was booked otherwise, under another repayment or instalment, was granted once
and is granted no second time. A line keeps the rules of the day of its batch: a correction of the pack makes no
earlier line wrong.
"""

from typing import Final

from services.subsidy.batches.due_sql import DUE, OF_DUE, PART, PART_NAMES

# Taken back: claw-backs as far as they follow from the facts, and what was not paid out because of them.
_GRANTED: Final = f"""
taken_back AS MATERIALIZED (
  SELECT line_id, sum(clawed_back) AS clawed_back, sum(reduced) AS reduced, sum(given_up) AS given_up FROM (
    SELECT c.line_id, c.by_facts AS clawed_back, 0.00 AS reduced, least(c.by_facts, c.written_off_amount) AS given_up
    FROM concerned JOIN clawback c USING (loan_id)
    WHERE c.state <> 'refused'
    UNION ALL
    SELECT r.line_id, 0.00, r.amount, 0.00 FROM concerned JOIN payment_reduction r USING (loan_id)) t
  GROUP BY line_id
), granted AS MATERIALIZED (
  SELECT l.repayment_id, l.installment_number, l.loan_id, l.household_id, l.village_code,
    sum(l.amount - coalesce(t.reduced + t.clawed_back, 0)) AS amount,
    coalesce(sum(t.given_up), 0.00) AS given_up, bool_or(l.kind = 'interest') AS has_line,
    max(l.number) AS last_number, bool_or(l.kind = 'interest' AND NOT b.asks_who_paid) AS whoever_paid,
    min(b.prepared_on) FILTER (WHERE l.kind = 'interest') AS ruled_on
  FROM concerned
  JOIN subsidy_line l USING (loan_id)
  JOIN subsidy_batch b ON b.id = l.batch_id
  LEFT JOIN taken_back t ON t.line_id = l.id
  WHERE l.live AND l.repayment_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), paired AS (
  -- All of both sides: a join that PostgreSQL can only hash or merge, however few rows it expects of `granted`.
  SELECT p.*, g.ruled_on, g.whoever_paid
  FROM (SELECT {PART} FROM concerned JOIN interest_payment p USING (loan_id) WHERE p.superseded_by IS NULL) p
  FULL JOIN granted g ON g.repayment_id = p.repayment_id AND g.installment_number = p.installment_number
  OFFSET 0
), candidate AS MATERIALIZED (
  -- What was granted before it was asked who had paid stays granted whoever had.
  SELECT {PART_NAMES}, CASE WHEN whoever_paid IS NOT TRUE THEN payer END AS payer,
    coalesce(ruled_on, $2::date) AS ruled_on
  FROM paired WHERE repayment_id IS NOT NULL
)"""  # noqa: S608 - our own texts
_DIFFERENCES: Final = f"""
difference AS MATERIALIZED (
  SELECT coalesce(d.loan_id, g.loan_id) AS loan_id, coalesce(d.repayment_id, g.repayment_id) AS repayment_id,
    coalesce(d.installment_number, g.installment_number) AS installment_number,
    coalesce(d.household_id, g.household_id) AS household_id, coalesce(d.village_code, g.village_code) AS village_code,
    coalesce(g.has_line, false) AS has_line, g.last_number, coalesce(d.amount, 0.00) AS due,
    -- A rate that is not published yet makes no line wrong.
    CASE WHEN d.cap_missing AND g.has_line THEN 0
      ELSE lack.amount - least(greatest(lack.amount, 0), coalesce(g.given_up, 0)) END AS difference,
    coalesce(d.reasons, ARRAY['restated']) AS reasons, d.loan_id IS NOT NULL AS counts,
    {", ".join(f"d.{name}" for name in OF_DUE)}
  FROM due d
  FULL JOIN granted g ON g.repayment_id = d.repayment_id AND g.installment_number = d.installment_number
  -- What two officers gave up stays with the household: it lowers what is found to be lacking later.
  CROSS JOIN LATERAL (SELECT coalesce(d.amount, 0.00) - coalesce(g.amount, 0.00) AS amount OFFSET 0) lack
), bounded AS MATERIALIZED (
  SELECT loan_id, sum(difference) AS open FROM difference
  WHERE loan_id IN (SELECT loan_id FROM difference WHERE difference < 0) GROUP BY loan_id
), compared AS (
  SELECT d.*, coalesce(b.open, 'Infinity') AS open FROM difference d LEFT JOIN bounded b USING (loan_id)
)"""  # noqa: S608 - our own texts
COMPARED: Final = ",".join((_GRANTED, DUE, _DIFFERENCES))

# $3 a batch: its lines that give too much by the facts known now, the last ones first, and how much of each.
LINES_TOO_HIGH: Final = """
too_high AS MATERIALIZED (
  SELECT * FROM (
    SELECT l.id AS line_id, l.loan_id, l.household_id, least(l.left, greatest(0,
      o.too_much - (sum(l.left) OVER (PARTITION BY l.loan_id ORDER BY l.id DESC) - l.left))) AS amount
    FROM (
      SELECT s.*, s.amount - coalesce(t.reduced + t.clawed_back, 0) AS left
      FROM subsidy_line s LEFT JOIN taken_back t ON t.line_id = s.id WHERE s.batch_id = $3 AND s.amount > 0) l
    JOIN (SELECT DISTINCT loan_id, -open AS too_much FROM compared WHERE open < 0) o USING (loan_id)) e
  WHERE amount > 0
)"""
TOO_HIGH: Final = f"""
concerned AS MATERIALIZED (
  SELECT DISTINCT loan_id FROM subsidy_line WHERE batch_id = $3::uuid AND amount > 0
), {COMPARED}, {LINES_TOO_HIGH}"""  # noqa: S608 - our own text
