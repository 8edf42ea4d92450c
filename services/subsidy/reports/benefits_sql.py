"""What a region's projects, grants, loans and agreements come to over a period (ZJ-11)."""

from typing import Final

# $1 the regions asked about, $2 the first day and $3 the day after the last. Steps that were struck do not count.
PROJECTS: Final = """
SELECT p.kind, count(*)::int AS projects, sum(m.amount) AS amount, sum(m.paid) AS paid
FROM project p
JOIN (SELECT project_id, max(happened_on) AS approved_on FROM project_step
      WHERE step = 'approval' AND outcome = 'approve' AND NOT struck GROUP BY 1) s ON s.project_id = p.id
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0.00) AS amount, coalesce(sum(paid), 0.00) AS paid
  FROM project_money WHERE project_id = p.id) m
WHERE p.region_code ^@ ANY ($1::text[]) AND s.approved_on >= $2 AND s.approved_on < $3
GROUP BY p.kind ORDER BY p.kind
"""
GRANTS: Final = """
SELECT count(*)::int AS grants, count(DISTINCT g.household_id)::int AS households,
  coalesce(sum(g.amount), 0.00) AS amount,
  coalesce(sum(g.amount) FILTER (WHERE g.state = 'paid'), 0.00) AS paid
FROM household_grant g JOIN grant_list l ON l.id = g.list_id JOIN project p ON p.id = g.project_id
WHERE p.region_code ^@ ANY ($1::text[]) AND g.state IN ('approved', 'paid') AND l.decided_on >= $2 AND l.decided_on < $3
"""
LOANS: Final = """
SELECT product_code, count(*)::int AS loans, count(DISTINCT household_id)::int AS households, sum(principal) AS amount
FROM subsidy_account
WHERE village_code ^@ ANY ($1::text[]) AND reversed_on IS NULL AND disbursed_on >= $2 AND disbursed_on < $3
GROUP BY product_code ORDER BY product_code
"""
AGREEMENTS: Final = """
SELECT a.kind, count(DISTINCT a.id)::int AS agreements, count(DISTINCT s.household_id)::int AS households,
  coalesce(sum(s.grant_amount), 0.00) AS grant_amount, coalesce(sum(s.loan_amount), 0.00) AS loan_amount
FROM agreement a LEFT JOIN agreement_share s ON (s.agreement_id, s.version) = (a.id, a.version)
WHERE a.region_code ^@ ANY ($1::text[]) AND a.state IN ('in_force', 'terminated')
  AND a.confirmed_on >= $2 AND a.confirmed_on < $3
GROUP BY a.kind ORDER BY a.kind
"""
# Each household once, by whatever way it benefits.
HOUSEHOLDS: Final = """
SELECT count(*)::int FROM (
  SELECT g.household_id FROM household_grant g
  JOIN grant_list l ON l.id = g.list_id JOIN project p ON p.id = g.project_id
  WHERE p.region_code ^@ ANY ($1::text[]) AND g.state IN ('approved', 'paid')
    AND l.decided_on >= $2 AND l.decided_on < $3
  UNION
  SELECT household_id FROM subsidy_account
  WHERE village_code ^@ ANY ($1::text[]) AND reversed_on IS NULL AND disbursed_on >= $2 AND disbursed_on < $3
  UNION
  SELECT s.household_id FROM agreement a JOIN agreement_share s ON (s.agreement_id, s.version) = (a.id, a.version)
  WHERE a.region_code ^@ ANY ($1::text[]) AND a.state IN ('in_force', 'terminated')
    AND a.confirmed_on >= $2 AND a.confirmed_on < $3) h
"""
