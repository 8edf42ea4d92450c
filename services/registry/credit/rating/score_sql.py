"""The preliminary score of a whole county in one statement; equal to `scoring.score` household by household."""

from typing import Any, Final

from shared.policy.rating_terms import RatingScheme
from shared.policy.vocabulary import BetterWhen

# Steps come as rows. Facts that have their own column in the household table are read from there.
SCORE_COUNTY: Final = """
WITH step AS MATERIALIZED (
  SELECT * FROM unnest($3::text[], $4::text[], $5::boolean[], $6::numeric[], $7::numeric[])
    AS s (code, per, higher_is_better, threshold, points)
), subject AS MATERIALIZED (
  SELECT h.id, h.village_code, h.group_name, s.collected_on,
         s.answers || jsonb_build_object('member_count', h.member_count, 'labourer_count', h.labourer_count) AS answers
  FROM household h
  JOIN LATERAL (
    SELECT collected_on, answers FROM credit_survey
    WHERE household_id = h.id ORDER BY collected_on DESC LIMIT 1
  ) s ON true
  WHERE h.county_code = $2 AND coalesce(h.ended_on > $10, true)
), fact AS (
  SELECT s.id, i.code, (s.answers ->> i.code)::numeric AS value,
         CASE WHEN i.per IS NULL THEN 1 ELSE (s.answers ->> i.per)::numeric END AS per
  FROM subject s CROSS JOIN (SELECT DISTINCT code, per FROM step) i
), earned AS (
  SELECT f.id, f.code, max(t.points) AS points
  FROM fact f JOIN step t ON t.code = f.code
  WHERE f.per > 0 AND CASE WHEN t.higher_is_better THEN f.value >= t.threshold * f.per
                           ELSE f.value <= t.threshold * f.per END
  GROUP BY f.id, f.code
), total AS (
  SELECT id, sum(points) AS score FROM earned GROUP BY id
), scored AS (
  SELECT s.*, coalesce(t.score, 0) AS score FROM subject s LEFT JOIN total t ON t.id = s.id
)
INSERT INTO rating_score
  (campaign_id, household_id, village_code, group_name, collected_on, facts, score, preliminary_grade, grade)
SELECT $1, t.id, t.village_code, t.group_name, t.collected_on, t.answers, t.score, g.code, g.code
FROM scored t
LEFT JOIN LATERAL (
  SELECT code FROM unnest($8::text[], $9::numeric[]) AS band (code, score_min)
  WHERE t.score >= score_min ORDER BY score_min DESC LIMIT 1
) g ON true
"""


def scheme_arguments(scheme: RatingScheme) -> tuple[list[Any], ...]:
    """Return the scheme as the array arguments $3 to $9 of SCORE_COUNTY."""
    steps = [(indicator, step) for indicator in scheme.indicators for step in indicator.steps]
    return (
        [indicator.code for indicator, _ in steps],
        [indicator.per for indicator, _ in steps],
        [indicator.better_when is BetterWhen.HIGHER for indicator, _ in steps],
        [step.threshold for _, step in steps],
        [step.points for _, step in steps],
        [grade.code for grade in scheme.grades],
        [grade.score_min for grade in scheme.grades],
    )
