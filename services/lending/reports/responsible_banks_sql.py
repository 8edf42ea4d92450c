"""The figures of responsible banks, each one statement (LG-47).

The first reads $1 region prefixes, $2 beside each the bank whose rows it opens or null for all, $3 the day, and $4 the
villages in force on it. What was lent and filed in a village counts for the bank that answers for it on that day; what
was repaid, compensated, or remitted within tolerance is not outstanding.
"""

from typing import Final

from services.lending.lenders.responsible_sql import responsible_bank
from shared.scope import seen

_SCOPE = seen("village_code", "bank_code")

BY_BANK: Final = f"""
WITH village AS MATERIALIZED (
  SELECT code, {responsible_bank("code", "$3::date")} AS bank_code FROM unnest($4::text[]) AS code
), lent AS MATERIALIZED (
  SELECT * FROM loan WHERE {_SCOPE} AND disbursed_on <= $3::date AND cancelled_on IS NULL
    AND village_code = ANY ($4::text[])
), repaid AS (
  SELECT p.loan_id, sum(p.principal) AS principal FROM lent l JOIN (
    SELECT loan_id, paid_on AS met_on, principal FROM repayment
    UNION ALL SELECT loan_id, remitted_on, principal FROM remission_part
  ) p ON p.loan_id = l.id WHERE p.met_on <= $3::date GROUP BY 1
), loans AS (
  SELECT v.bank_code, count(*) AS loans, count(DISTINCT l.household_id) AS households,
    count(*) FILTER (WHERE l.bank_code <> v.bank_code) AS loans_of_others,
    sum(l.principal - coalesce(p.principal, 0)
      - CASE WHEN l.compensated_on <= $3::date THEN l.principal_compensated ELSE 0 END) AS outstanding
  FROM village v JOIN lent l ON l.village_code = v.code LEFT JOIN repaid p ON p.loan_id = l.id GROUP BY 1
), filed AS (
  SELECT v.bank_code, count(*) AS applications, count(*) FILTER (WHERE a.bank_code <> v.bank_code) AS at_others
  FROM village v JOIN application a ON a.village_code = v.code
  WHERE {seen("a.village_code", "a.bank_code")} AND a.filed_on <= $3::date AND a.source = 'filed' GROUP BY 1
), held AS (
  SELECT bank_code, count(*) AS villages, min(left(code, 6)) AS county_code FROM village
  WHERE bank_code IS NOT NULL GROUP BY 1
)
SELECT h.bank_code, b.name AS bank_name, h.villages, coalesce(l.households, 0) AS households_lent,
  coalesce(l.loans, 0) AS loans, coalesce(l.loans_of_others, 0) AS loans_of_other_banks,
  coalesce(l.outstanding, 0.00) AS outstanding, coalesce(f.applications, 0) AS applications,
  coalesce(f.at_others, 0) AS applications_at_other_banks
FROM held h JOIN lender b ON (b.county_code, b.code) = (h.county_code, h.bank_code)
LEFT JOIN loans l USING (bank_code) LEFT JOIN filed f USING (bank_code) ORDER BY h.bank_code
"""  # noqa: S608 - our own texts

WITHOUT_BANK: Final = f"""
SELECT code FROM unnest($1::text[]) AS code WHERE {responsible_bank("code", "$2::date")} IS NULL ORDER BY code
"""  # noqa: S608 - our own texts

PROPOSED: Final = """
SELECT count(*) FROM responsibility r WHERE r.state = 'proposed' AND r.proposed_on <= $2 AND EXISTS (
  SELECT FROM responsibility_region g
  WHERE g.responsibility_id = r.id AND (g.region_code ^@ $1 OR $1 ^@ g.region_code))
"""
