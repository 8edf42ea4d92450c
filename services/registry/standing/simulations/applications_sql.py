"""The applications of a period and the households of a campaign, as a simulation reads them."""

from typing import Final

# Of an application that was asked about again the last answer counts. Applications that a pack of a smaller region
# judged stay with it. Beside each stands what the campaign scored of its household, if there is one.
# Arguments: $1 county, $2 region, $3 from, $4 until (excluded), $5 regions of the pack, $6 its code, $7 campaign.
APPLICATIONS: Final = """
WITH application AS MATERIALIZED (
  SELECT DISTINCT ON (q.household_id, q.as_of, q.loan_request) q.id, q.household_id, q.village_code, q.as_of,
         q.loan_request, q.facts, q.reasons
  FROM eligibility_question q JOIN policy_pack p ON p.id = q.pack_id
  WHERE q.county_code = $1 AND q.village_code ^@ $2 AND q.as_of >= $3 AND q.as_of < $4
    AND (SELECT max(length(x)) FROM unnest($5::text[]) AS x
         WHERE q.village_code ^@ x OR coalesce(q.facts ->> 'residence_code' ^@ x, false))
      >= CASE WHEN p.code = $6 THEN 0 ELSE (
           SELECT coalesce(max(length(x)), 0) FROM jsonb_array_elements_text(p.regions) AS x
           WHERE q.village_code ^@ x OR coalesce(q.facts ->> 'residence_code' ^@ x, false)) END
  ORDER BY q.household_id, q.as_of, q.loan_request, q.requested_at DESC, q.id DESC
)
SELECT a.*, s.facts AS scored, s.preliminary_grade
FROM application a
LEFT JOIN rating_score s ON s.campaign_id = $7 AND s.household_id = a.household_id AND s.facts <> '{}'
"""
# Arguments: $1 campaign, $2 region.
SCORED: Final = """
SELECT facts AS scored, preliminary_grade FROM rating_score
WHERE campaign_id = $1 AND village_code ^@ $2 AND facts <> '{}'
"""
FINDINGS: Final = """
INSERT INTO pack_simulation_finding (simulation_id, question_id, change, credit_limit_before, credit_limit_after,
  reasons_after)
SELECT $1, f.* FROM jsonb_to_recordset($2::jsonb)
  AS f (question_id uuid, change text, credit_limit_before numeric, credit_limit_after numeric, reasons_after jsonb)
"""
SIMULATION: Final = """
INSERT INTO pack_simulation (id, pack_id, county_code, region_code, period_from, period_until, result, run_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
