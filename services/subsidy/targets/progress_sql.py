"""What programmes' loans come to on a day, many programmes in one statement."""

from typing import Final

# Modes in which the household itself uses the money, alone or together with others (DZ-1, SX-4).
OWN_USE: Final = ("direct", "joint")

# The relation `chosen` holds the programmes; $6 the day. What is later than a programme's last day is not its own, but
# figures are counted after it too.
PROGRESS: Final = """
asked AS (
  SELECT id, county_code, regions, starts_on, ends_on, least($6::date, ends_on) AS on_day FROM chosen
), returned AS (
  SELECT a.id, p.loan_id, sum(p.amount) AS amount
  FROM asked a JOIN subsidy_account l ON l.county_code = a.county_code AND l.village_code ^@ ANY (a.regions)
  JOIN principal_payment p ON p.loan_id = l.loan_id AND p.superseded_by IS NULL AND p.paid_on <= a.on_day
  GROUP BY 1, 2
), loan AS (
  SELECT a.id, l.household_id, left(l.village_code, 9) AS township_code, l.principal,
    l.mode = ANY ($7::text[]) AS own_use, l.disbursed_on >= a.starts_on AS within,
    l.matures_on >= a.starts_on AND l.matures_on <= a.ends_on AND l.matures_on < $6 AS matured,
    CASE WHEN l.closed_on <= a.on_day THEN 0
      ELSE greatest(0, l.principal - coalesce(r.amount, 0)) END AS balance,
    EXISTS (SELECT FROM loan_default d WHERE d.loan_id = l.loan_id AND NOT d.withdrawn
      AND d.confirmed_on <= a.on_day AND coalesce(d.lifted_on > a.on_day, true)) AS in_default
  FROM asked a JOIN subsidy_account l ON l.county_code = a.county_code AND l.village_code ^@ ANY (a.regions)
    AND l.disbursed_on <= a.on_day AND l.reversed_on IS NULL
  LEFT JOIN returned r ON (r.id, r.loan_id) = (a.id, l.loan_id)
), progress AS (
  SELECT id, count(DISTINCT household_id) FILTER (WHERE within)::int AS households,
    count(DISTINCT township_code) FILTER (WHERE within)::int AS townships,
    coalesce(sum(principal) FILTER (WHERE within), 0.00) AS loan_amount, sum(balance) AS balance,
    coalesce(sum(balance) FILTER (WHERE own_use), 0) AS balance_of_households,
    coalesce(sum(balance) FILTER (WHERE in_default), 0) AS balance_in_default,
    coalesce(sum(principal) FILTER (WHERE matured), 0) AS matured,
    coalesce(sum(principal - balance) FILTER (WHERE matured), 0) AS matured_repaid
  FROM loan GROUP BY id
), subsidy AS (
  SELECT b.programme_id AS id, sum(i.amount) AS subsidy_amount FROM chosen c
  JOIN subsidy_batch b ON b.programme_id = c.id
  JOIN payment_instruction i ON i.batch_id = b.id AND i.state = 'paid' AND i.settled_on <= $6 GROUP BY 1
), figure AS (
  SELECT DISTINCT ON (f.programme_id, f.kind) f.programme_id AS id, f.kind, f.amount, f.out_of
  FROM chosen c JOIN programme_figure f ON f.programme_id = c.id AND f.state = 'confirmed' AND f.counted_on <= $6
  ORDER BY f.programme_id, f.kind, f.counted_on DESC, f.decided_at DESC
), measured AS (
  SELECT c.id, coalesce(p.households, 0) AS households, coalesce(p.townships, 0) AS townships,
    coalesce(p.loan_amount, 0.00) AS loan_amount, coalesce(s.subsidy_amount, 0.00) AS subsidy_amount,
    coalesce(p.balance, 0) AS balance, coalesce(p.balance_of_households, 0) AS balance_of_households,
    coalesce(p.balance_in_default, 0) AS balance_in_default, coalesce(p.matured, 0) AS matured,
    coalesce(p.matured_repaid, 0) AS matured_repaid, f.out_of AS asked, f.amount AS satisfied, i.amount AS income
  FROM chosen c LEFT JOIN progress p USING (id) LEFT JOIN subsidy s USING (id)
  LEFT JOIN figure f ON f.id = c.id AND f.kind = 'satisfaction'
  LEFT JOIN figure i ON i.id = c.id AND i.kind = 'expected_income'
)"""
