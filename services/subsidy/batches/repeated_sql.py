"""How much of a payment is for days that the loan paid before: amounts are compared, not days (应贴尽贴, SX-5).

Instalments of a loan may overlap: interest paid ahead for one of them, then a settlement up to a day before its end.
Of overlapping instalments no more counts than the contract bears for their days, each day once, in the order of the
payments; what is above it repeats days. Each day bears the rate it had. `spec.repeated` writes the rule out. A year
has 1 603 080 parts, the least common multiple of 360, 365 and 366, so that all sums are exact before the one
rounding.
"""

from typing import Final

# 30/360: the last day of a month is its 30th.
_COMMERCIAL: Final = (
    "date_part('year', {0})::int * 360 + date_part('month', {0})::int * 30"
    " + CASE WHEN date_part('day', {0} + 1) = 1 THEN 30 ELSE least(date_part('day', {0})::int, 30) END"
)
_DAY_PARTS: Final = f"""CASE a.day_count
      WHEN 'ACT/360' THEN 4453 WHEN 'ACT/365' THEN 4392
      WHEN '30/360' THEN 4453 * ({_COMMERCIAL.format("(d.day + 1)")} - ({_COMMERCIAL.format("d.day")}))
      ELSE CASE WHEN date_part('day', make_date(date_part('year', d.day)::int, 3, 1) - 1) = 29 THEN 4380 ELSE 4392 END
    END"""

# Reads `candidate`; yields `counted` for the parts of loans with overlapping instalments, and for no others.
REPEATED: Final = f"""
several AS MATERIALIZED (
  SELECT loan_id FROM candidate GROUP BY loan_id HAVING min(installment_number) < max(installment_number)
), crowded AS MATERIALIZED (
  SELECT DISTINCT p.loan_id FROM several JOIN candidate p USING (loan_id)
  WHERE EXISTS (
    SELECT 1 FROM interest_payment e
    WHERE e.loan_id = p.loan_id AND e.superseded_by IS NULL AND e.installment_number <> p.installment_number
      AND e.period_from < p.period_until AND p.period_from < e.period_until)
), spell AS (
  SELECT p.*, p.period_from < max(p.period_until) OVER (PARTITION BY p.loan_id
    ORDER BY p.period_from, p.period_until, p.repayment_id, p.installment_number
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS goes_on
  FROM crowded JOIN interest_payment p USING (loan_id) WHERE p.superseded_by IS NULL
), cluster AS (
  SELECT s.*, count(*) FILTER (WHERE goes_on IS NOT TRUE) OVER (PARTITION BY loan_id
    ORDER BY period_from, period_until, repayment_id, installment_number) AS place
  FROM spell s
), paid_so_far AS (
  SELECT c.*, sum(amount) OVER paid AS paid,
    range_agg(daterange(period_from, greatest(period_until, period_from + 1))) OVER paid AS days,
    min(installment_number) OVER whole < max(installment_number) OVER whole AS is_crowded
  FROM cluster c
  WINDOW whole AS (PARTITION BY loan_id, place), paid AS (PARTITION BY loan_id, place
    ORDER BY paid_on, kind = 'prepayment', bank_reference, installment_number, repayment_id)
), borne AS (
  SELECT s.*, b.borne FROM paid_so_far s JOIN subsidy_account a USING (loan_id)
  CROSS JOIN LATERAL (
    SELECT round(a.principal * coalesce(sum({_DAY_PARTS} * v.annual_rate), 0) / (1603080 * 100.0), 2) AS borne
    FROM (
      SELECT c.annual_rate, s.days * datemultirange(daterange(c.from_on, lead(c.from_on) OVER (ORDER BY c.from_on)))
        AS days
      FROM account_rate c WHERE c.loan_id = s.loan_id AND c.superseded_by IS NULL
      UNION ALL
      SELECT a.annual_rate, s.days WHERE NOT EXISTS (
        SELECT 1 FROM account_rate c WHERE c.loan_id = s.loan_id AND c.superseded_by IS NULL)) v
    CROSS JOIN LATERAL unnest(v.days) AS r
    CROSS JOIN LATERAL (SELECT lower(r) + n AS day FROM generate_series(0, upper(r) - lower(r) - 1) AS n) d) b
), covered_so_far AS (
  SELECT b.*, paid + least(0, min(borne - paid) OVER (PARTITION BY loan_id, place
    ORDER BY paid_on, kind = 'prepayment', bank_reference, installment_number, repayment_id)) AS covered
  FROM borne b WHERE is_crowded
), repeated AS MATERIALIZED (
  SELECT repayment_id, installment_number, covered - lag(covered, 1, 0.00) OVER (PARTITION BY loan_id, place
    ORDER BY paid_on, kind = 'prepayment', bank_reference, installment_number, repayment_id) AS counted
  FROM covered_so_far
)"""  # noqa: S608 - our own text
