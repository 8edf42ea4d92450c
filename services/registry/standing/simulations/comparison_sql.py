"""The applications of a period, judged again under another pack, in one statement that also keeps what it found.

Facts are those of the day of the question. Where re-scoring the last campaign under the pack gives a household another
grade or credit limit, and the household lent by the campaign's own result, the new credit limit stands in for the old
one; credit limits that a group reviewed or that grew by repaying stay.

Arguments: $1 rules of the pack, $2 county, $3 region, $4 from, $5 until (excluded), $6 simulation, $7 pack, $8 officer,
$9 campaign or null, $10 steps of the pack's rating scheme, $11 its grades, $12 grades of the campaign's scheme, $13 the
pack's largest loan, $14 its regions, $15 its code. Applications that a pack of a smaller region judged stay with it.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.registry.standing.eligibility.facts_sql import STORED_COLUMNS
from services.registry.standing.eligibility.judgement_sql import JUDGED, rules_given
from shared.policy.rating_terms import RatingScheme
from shared.policy.vocabulary import BetterWhen

# The same points as `rating.scoring.score`, from the facts that the campaign scored.
_RESCORED: Final = """
step AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($10::jsonb)
    AS s (code text, per text, higher_is_better boolean, threshold numeric, points numeric)
), band AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($11::jsonb) AS b (code text, score_min numeric, credit_limit numeric)
), band_before AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($12::jsonb) AS b (code text, credit_limit numeric)
), subject AS MATERIALIZED (
  SELECT household_id, facts, preliminary_grade FROM rating_score
  WHERE campaign_id = $9 AND village_code ^@ $3 AND facts <> '{}'
), indicator AS (
  SELECT s.household_id, i.code, (s.facts ->> i.code)::numeric AS value,
         CASE WHEN i.per IS NULL THEN 1 ELSE (s.facts ->> i.per)::numeric END AS per
  FROM subject s CROSS JOIN (SELECT DISTINCT code, per FROM step) i
), earned AS (
  SELECT f.household_id, f.code, max(t.points) AS points
  FROM indicator f JOIN step t ON t.code = f.code
  WHERE f.per > 0 AND CASE WHEN t.higher_is_better THEN f.value >= t.threshold * f.per
                           ELSE f.value <= t.threshold * f.per END
  GROUP BY f.household_id, f.code
), total AS (
  SELECT household_id, sum(points) AS score FROM earned GROUP BY household_id
), rescored AS MATERIALIZED (
  SELECT s.household_id, s.preliminary_grade AS grade_before, b.credit_limit AS credit_limit_before,
         g.code AS grade_after, g.credit_limit AS credit_limit_after
  FROM subject s
  LEFT JOIN total t ON t.household_id = s.household_id
  LEFT JOIN band_before b ON b.code = s.preliminary_grade
  LEFT JOIN LATERAL (
    SELECT code, credit_limit FROM band WHERE coalesce(t.score, 0) >= score_min ORDER BY score_min DESC LIMIT 1
  ) g ON true
)"""
_APPLICATIONS: Final = f"""
application AS MATERIALIZED (
  SELECT DISTINCT ON (q.household_id, q.as_of, q.loan_request) q.id, q.household_id, q.village_code, q.as_of,
    q.loan_request, q.facts,
         q.reasons, q.eligible, (q.loan_request ->> 'amount')::numeric AS amount,
           (q.facts ->> 'credit_limit')::numeric AS credit_limit
  FROM eligibility_question q JOIN policy_pack p ON p.id = q.pack_id
  WHERE q.county_code = $2 AND q.village_code ^@ $3 AND q.as_of >= $4 AND q.as_of < $5
    AND (SELECT max(length(x)) FROM unnest($14::text[]) AS x
         WHERE q.village_code ^@ x OR coalesce(q.facts ->> 'residence_code' ^@ x, false))
      >= CASE WHEN p.code = $15 THEN 0 ELSE (
           SELECT coalesce(max(length(x)), 0) FROM jsonb_array_elements_text(p.regions) AS x
           WHERE q.village_code ^@ x OR coalesce(q.facts ->> 'residence_code' ^@ x, false)) END
  ORDER BY q.household_id, q.as_of, q.loan_request, q.requested_at DESC, q.id DESC
), facts AS (
  SELECT a.id AS question_id, $7::uuid::text AS rules_key, a.as_of, k.*
  FROM application a
  LEFT JOIN rescored s ON s.household_id = a.household_id AND s.grade_before = a.facts ->> 'grade'
    AND s.credit_limit_before = a.credit_limit AND (s.grade_after,
      s.credit_limit_after) IS DISTINCT FROM (s.grade_before, s.credit_limit_before)
  CROSS JOIN LATERAL jsonb_to_record(a.facts || a.loan_request || CASE
    WHEN s.household_id IS NULL THEN '{{}}'
    WHEN s.grade_after IS NULL THEN '{{"grade": null, "credit_limit": null, "valid_from": null, "valid_until": null}}'
    ELSE jsonb_build_object('grade', s.grade_after, 'credit_limit',
      s.credit_limit_after::text) END) AS k ({STORED_COLUMNS})
), judged AS MATERIALIZED (
  SELECT question_id, credit_limit, reasons FROM ({JUDGED}) AS everything
), compared AS MATERIALIZED (
  SELECT a.id, a.village_code, a.amount, a.eligible AS before, cardinality(j.reasons) = 0 AS after,
         a.reasons AS reasons_before, j.reasons AS reasons_after, a.credit_limit AS credit_limit_before,
           j.credit_limit AS credit_limit_after,
         CASE WHEN a.eligible AND cardinality(j.reasons) > 0 THEN 'newly_refused'
              WHEN NOT a.eligible AND cardinality(j.reasons) = 0 THEN 'newly_eligible'
              WHEN a.reasons <> j.reasons THEN 'other_reasons'
              WHEN a.credit_limit IS DISTINCT FROM j.credit_limit THEN 'other_limit' END AS change
  FROM application a JOIN judged j ON j.question_id = a.id
)"""  # noqa: S608 - our own texts
# Amounts are written as text: JSON numbers would come back as binary fractions.
_RESULT: Final = """
counted AS (
  SELECT jsonb_build_object(
    'applications', jsonb_build_object('count', count(*), 'amount', coalesce(sum(amount), 0.00)::text),
    'eligible_before', jsonb_build_object('count', count(*) FILTER (WHERE before),
      'amount', coalesce(sum(amount) FILTER (WHERE before), 0.00)::text),
    'eligible_after', jsonb_build_object('count', count(*) FILTER (WHERE after),
      'amount', coalesce(sum(amount) FILTER (WHERE after), 0.00)::text),
    'newly_eligible', jsonb_build_object('count', count(*) FILTER (WHERE change = 'newly_eligible'),
      'amount', coalesce(sum(amount) FILTER (WHERE change = 'newly_eligible'), 0.00)::text),
    'newly_refused', jsonb_build_object('count', count(*) FILTER (WHERE change = 'newly_refused'),
      'amount', coalesce(sum(amount) FILTER (WHERE change = 'newly_refused'), 0.00)::text),
    'above_maximum', jsonb_build_object(
      'count', count(*) FILTER (WHERE amount > $13 AND NOT 'amount-above-maximum' = ANY (reasons_before)),
      'amount', coalesce(sum(amount - $13) FILTER (
        WHERE amount > $13 AND NOT 'amount-above-maximum' = ANY (reasons_before)), 0.00)::text)
  ) AS totals FROM compared
), by_reason AS (
  SELECT coalesce(jsonb_agg(jsonb_build_object('code', code, 'before', before, 'after', after, 'added', added,
    'added_amount', added_amount::text, 'removed', removed, 'removed_amount', removed_amount::text)), '[]') AS rows
  FROM (
    SELECT r.code, count(*) FILTER (WHERE r.before) AS before, count(*) FILTER (WHERE r.after) AS after,
           count(*) FILTER (WHERE r.after AND NOT r.before) AS added,
           coalesce(sum(c.amount) FILTER (WHERE r.after AND NOT r.before), 0.00) AS added_amount,
           count(*) FILTER (WHERE r.before AND NOT r.after) AS removed,
           coalesce(sum(c.amount) FILTER (WHERE r.before AND NOT r.after), 0.00) AS removed_amount
    FROM compared c
    CROSS JOIN LATERAL (
      SELECT code, code = ANY (c.reasons_before) AS before, code = ANY (c.reasons_after) AS after
      FROM (SELECT DISTINCT unnest(c.reasons_before || c.reasons_after) AS code) d
    ) r
    GROUP BY r.code
  ) g
), by_township AS (
  SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY township_code), '[]') AS rows
  FROM (
    SELECT left(village_code, 9) AS township_code, count(*) AS applications,
           count(*) FILTER (WHERE before) AS eligible_before, count(*) FILTER (WHERE after) AS eligible_after,
           count(*) FILTER (WHERE change = 'newly_eligible') AS newly_eligible,
           count(*) FILTER (WHERE change = 'newly_refused') AS newly_refused
    FROM compared GROUP BY 1
  ) g
), credit_limits AS (
  SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
    'campaign_id', $9::uuid, 'households', count(*),
    'changed', count(*) FILTER (WHERE (grade_before, credit_limit_before) IS DISTINCT FROM (grade_after,
      credit_limit_after)),
    'credit_limits_before', coalesce(sum(credit_limit_before), 0.00)::text, 'credit_limits_after',
      coalesce(sum(credit_limit_after), 0.00)::text,
    'grades', (SELECT jsonb_agg(to_jsonb(g) ORDER BY grade_before NULLS LAST, grade_after NULLS LAST) FROM (
       SELECT grade_before, grade_after, count(*) AS households FROM rescored GROUP BY 1, 2) g)
  ) END AS rescoring FROM rescored
)"""
SIMULATE: Final = f"""
WITH rules AS MATERIALIZED (
  {rules_given(1)}
), {_RESCORED}, {_APPLICATIONS}, {_RESULT}, simulation AS (
  INSERT INTO pack_simulation (id, pack_id, county_code, region_code, period_from, period_until, result, run_by)
  SELECT $6, $7, $2, $3, $4, $5, c.totals || jsonb_build_object('reasons', r.rows, 'townships', t.rows,
           'rescoring', l.rescoring), $8
  FROM counted c, by_reason r, by_township t, credit_limits l
  RETURNING id
)
INSERT INTO pack_simulation_finding (simulation_id, question_id, change, credit_limit_before, credit_limit_after,
  reasons_after)
SELECT s.id, c.id, c.change, c.credit_limit_before, c.credit_limit_after, c.reasons_after
FROM compared c CROSS JOIN simulation s WHERE c.change IS NOT NULL
"""  # noqa: S608 - our own texts


def steps_given(scheme: RatingScheme) -> list[Mapping[str, Any]]:
    """Return the steps of a rating scheme as argument $10."""
    return [
        {
            "code": indicator.code,
            "per": indicator.per,
            "higher_is_better": indicator.better_when is BetterWhen.HIGHER,
            "threshold": step.threshold,
            "points": step.points,
        }
        for indicator in scheme.indicators
        for step in indicator.steps
    ]


def grades_given(scheme: RatingScheme) -> list[Mapping[str, Any]]:
    """Return the grades of a rating scheme as argument $11 or $12."""
    return [
        {"code": each.code, "score_min": each.score_min, "credit_limit": each.credit_limit} for each in scheme.grades
    ]
