"""What becomes final with a campaign, each in one statement: ratings, ratings taken away, credit areas, totals."""

from datetime import date
from typing import Final
from uuid import UUID

from shared.db import Connection
from shared.policy.rating_terms import RatingScheme

# The two things that move a campaign's credit limit (FJ-10, FJ-12): a credit limit earned by repaying on time is kept
# while its own rating is valid, unless the pack says otherwise; and the credit limit of a household on a list is
# frozen: it does not rise.
_STANDING = """
CROSS JOIN LATERAL (
  SELECT EXISTS (SELECT FROM listing l WHERE l.household_id = s.household_id AND l.listed_on <= $3
                   AND coalesce(l.cleared_on > $3, true)) AS listed
) f
LEFT JOIN LATERAL (
  SELECT t.grade, t.credit_limit, t.valid_until FROM rating t
  WHERE t.household_id = s.household_id AND t.bank_code IS NOT DISTINCT FROM $2 AND t.valid_from <= $3
  ORDER BY t.valid_from DESC, t.id DESC LIMIT 1
) former ON true
LEFT JOIN LATERAL (
  SELECT t.grade, t.credit_limit FROM rating t
  WHERE t.household_id = s.household_id AND t.bank_code IS NOT DISTINCT FROM $2 AND t.cause = 'repaid_on_time'
    AND t.valid_from <= $3 AND t.valid_until > $3 AND NOT f.listed
  ORDER BY t.credit_limit DESC, t.valid_from DESC, t.id DESC LIMIT 1
) earned ON true
"""


def _rated(scored: str, cause: str, by: str, ends: str) -> str:
    """Return the statement that rates the households of `scored`: $1 by which, $2 bank, $3 from, $4 until, $5 and $6
    the grades and their limits, $7 whether an earned limit is kept.
    """
    return f"""
WITH given AS MATERIALIZED (
  SELECT * FROM unnest($5::text[], $6::numeric[]) WITH ORDINALITY AS g (code, credit_limit, place)
)
INSERT INTO rating
  (household_id, village_code, bank_code, grade, credit_limit, score, cause, {by}, valid_from, valid_until)
SELECT s.household_id, s.village_code, $2,
       CASE WHEN $7 AND earned.credit_limit > g.credit_limit AND e.place < g.place THEN earned.grade ELSE s.grade END,
       CASE WHEN f.listed AND former.credit_limit IS NOT NULL THEN least(g.credit_limit, former.credit_limit)
            WHEN $7 THEN greatest(g.credit_limit, earned.credit_limit) ELSE g.credit_limit END,
       s.score, '{cause}', $1, $3, $4
FROM {scored} s JOIN given g ON g.code = s.grade
{_STANDING}
LEFT JOIN given e ON e.code = earned.grade
{ends}
"""  # noqa: S608 - our own texts


RATE: Final = _rated("rating_score", "campaign", "campaign_id", "WHERE s.campaign_id = $1 ORDER BY s.household_id")
# One household, scored at a visit: $8 household, $9 village, $10 grade, $11 score.
RATE_AT_VISIT: Final = _rated(
    "(SELECT $8::uuid AS household_id, $9::text AS village_code, $10::text AS grade, $11::numeric AS score)",
    "visit",
    "visit_id",
    "RETURNING grade, credit_limit",
)
# A household below the lowest band loses the rating it still has; without this its old credit limit would live on.
TAKE_AWAY: Final = f"""
INSERT INTO rating (household_id, village_code, bank_code, score, cause, campaign_id, valid_from, valid_until)
SELECT s.household_id, s.village_code, $2, s.score, 'campaign', $1, $3, $4
FROM rating_score s
{_STANDING}
WHERE s.campaign_id = $1 AND s.grade IS NULL AND former.grade IS NOT NULL AND former.valid_until > $3
  AND NOT ($5 AND earned.credit_limit IS NOT NULL)
ORDER BY s.household_id
"""  # noqa: S608 - our own text
# Measured against every household on file that day, surveyed or not; the row itself tells a credit area. Who has a
# grade without a credit limit is no credit household.
_GRADE_AREAS = """
INSERT INTO area_grade (campaign_id, level, region_code, group_name, household_count, credit_count, share_min)
SELECT $1, a.level, a.region_code, a.group_name, count(*), count(s.household_id), a.share_min
FROM household h
LEFT JOIN rating_score s ON s.campaign_id = $1 AND s.household_id = h.id AND s.grade = ANY ($6::text[])
CROSS JOIN LATERAL (
  SELECT t.level, v.region_code, v.group_name, t.share_min
  FROM unnest($4::text[], $5::numeric[]) AS t (level, share_min)
  JOIN (VALUES ('group', h.village_code, h.group_name), ('village', h.village_code, ''),
               ('township', left(h.village_code, 9), '')) AS v (level, region_code, group_name) USING (level)
  WHERE v.group_name IS NOT NULL
) a
WHERE h.county_code = $2 AND coalesce(h.ended_on > $3, true)
GROUP BY a.level, a.region_code, a.group_name, a.share_min
"""
TOTALS: Final = """
SELECT (SELECT count(*) FROM household WHERE county_code = $2 AND coalesce(ended_on > $3, true)) AS household_count,
       r.rated_count, r.credit_limit_total, a.*
FROM (SELECT count(*) AS rated_count, coalesce(sum(credit_limit), 0.00)::numeric(18, 2) AS credit_limit_total
      FROM rating WHERE campaign_id = $1 AND grade IS NOT NULL) r
CROSS JOIN (
  SELECT count(*) FILTER (WHERE level = 'group') AS group_count,
         count(*) FILTER (WHERE level = 'group' AND is_credit) AS credit_group_count,
         count(*) FILTER (WHERE level = 'village') AS village_count,
         count(*) FILTER (WHERE level = 'village' AND is_credit) AS credit_village_count,
         count(*) FILTER (WHERE level = 'township') AS township_count,
         count(*) FILTER (WHERE level = 'township' AND is_credit) AS credit_township_count
  FROM area_grade WHERE campaign_id = $1
) a
"""


async def grade_areas(conn: Connection, campaign_id: UUID, county_code: str, on: date, scheme: RatingScheme) -> None:
    """Store each group's, village's and township's share of credit households and whether it reaches the pack's."""
    levels, shares = (
        [each.level for each in scheme.area_thresholds],
        [each.share_min for each in scheme.area_thresholds],
    )
    credit = [grade.code for grade in scheme.grades if grade.credit_limit]
    await conn.execute(_GRADE_AREAS, campaign_id, county_code, on, levels, shares, credit)
