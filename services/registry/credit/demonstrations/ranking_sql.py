"""Rank villages and households for the yearly choice, by the pack's criteria and then by code: no ties (FJ-10)."""

from collections.abc import Sequence
from typing import Final

from shared.policy.vocabulary import HouseholdCriterion, VillageCriterion

# The order of a pack that names none.
VILLAGE_CRITERIA: Final = (
    VillageCriterion.CREDIT_SHARE,
    VillageCriterion.ON_TIME_SHARE,
    VillageCriterion.AVERAGE_SCORE,
)
HOUSEHOLD_CRITERIA: Final = (
    HouseholdCriterion.FEWEST_LATE,
    HouseholdCriterion.MOST_ON_TIME,
    HouseholdCriterion.SCORE,
    HouseholdCriterion.CREDIT_LIMIT,
)
_VILLAGE_ORDER: Final = {
    VillageCriterion.CREDIT_SHARE: "f.credit_share DESC",
    VillageCriterion.ON_TIME_SHARE: "f.on_time_share DESC",
    VillageCriterion.AVERAGE_SCORE: "f.average_score DESC",
}
_HOUSEHOLD_ORDER: Final = {
    HouseholdCriterion.FEWEST_LATE: "f.late_count",
    HouseholdCriterion.MOST_ON_TIME: "f.on_time_count DESC",
    HouseholdCriterion.SCORE: "f.score DESC",
    HouseholdCriterion.CREDIT_LIMIT: "f.credit_limit DESC",
}
# $1 campaign, $2 day. Credit villages of the campaign; loans repaid by that day.
_VILLAGES: Final = """
WITH repaid AS (
  SELECT village_code, count(*) AS repaid_count, count(*) FILTER (WHERE repaid_on_time) AS on_time_count
  FROM household_loan WHERE closed_on <= $2 GROUP BY 1
), scored AS (
  SELECT village_code, avg(score) AS average_score FROM rating_score
  WHERE campaign_id = $1 AND grade IS NOT NULL GROUP BY 1
), figures AS (
  SELECT a.region_code AS village_code, a.household_count, a.credit_count,
         round(a.credit_count::numeric / a.household_count, 8) AS credit_share,
         coalesce(r.repaid_count, 0) AS repaid_count, coalesce(r.on_time_count, 0) AS on_time_count,
         round(coalesce(r.on_time_count::numeric / r.repaid_count, 0), 8) AS on_time_share,
         round(coalesce(s.average_score, 0), 8) AS average_score
  FROM area_grade a
  LEFT JOIN repaid r ON r.village_code = a.region_code LEFT JOIN scored s ON s.village_code = a.region_code
  WHERE a.campaign_id = $1 AND a.level = 'village' AND a.is_credit
)
"""
# $1 campaign, $2 day, $3 county. Households with a valid rating of the county that are on no list that day. Of loans
# that still run only those that are overdue or in default count, as late.
_HOUSEHOLDS: Final = """
WITH repaid AS (
  SELECT k.household_id, count(*) FILTER (WHERE k.closed_on <= $2 AND k.repaid_on_time) AS on_time_count,
         count(*) FILTER (WHERE CASE WHEN k.closed_on <= $2 THEN NOT k.repaid_on_time
                                     ELSE k.overdue_from <= $2 OR k.defaulted_on <= $2 END) AS late_count
  FROM household_loan k JOIN household h ON h.id = k.household_id AND h.county_code = $3 GROUP BY 1
), latest AS (
  SELECT DISTINCT ON (r.household_id) r.household_id, r.grade, r.credit_limit, r.valid_until
  FROM rating r WHERE r.village_code ^@ $3 AND r.bank_code IS NULL AND r.valid_from <= $2
  ORDER BY r.household_id, r.valid_from DESC, r.id DESC
), figures AS (
  SELECT h.id AS household_id, h.number, h.village_code, l.grade, l.credit_limit, s.score,
         coalesce(p.on_time_count, 0) AS on_time_count, coalesce(p.late_count, 0) AS late_count
  FROM latest l JOIN household h ON h.id = l.household_id
  JOIN rating_score s ON s.campaign_id = $1 AND s.household_id = l.household_id
  LEFT JOIN repaid p ON p.household_id = l.household_id
  WHERE l.credit_limit > 0 AND l.valid_until > $2 AND coalesce(h.ended_on > $2, true)
    AND NOT EXISTS (SELECT FROM listing x WHERE x.household_id = h.id AND x.listed_on <= $2
                      AND coalesce(x.cleared_on > $2, true))
)
"""
COUNT_VILLAGES: Final = f"{_VILLAGES} SELECT count(*) FROM figures"  # noqa: S608 - our own text
COUNT_HOUSEHOLDS: Final = f"{_HOUSEHOLDS} SELECT count(*) FROM figures"  # noqa: S608 - our own text


def choose_villages(criteria: Sequence[VillageCriterion]) -> str:
    """Return the statement that stores the best villages: $3 choice, $4 how many."""
    order = ", ".join(_VILLAGE_ORDER[each] for each in criteria)
    columns = "household_count, credit_count, credit_share, repaid_count, on_time_count, on_time_share, average_score"
    return f"""{_VILLAGES}
INSERT INTO demonstration_village (choice_id, rank, village_code, {columns})
SELECT $3, row_number() OVER (ORDER BY {order}, f.village_code COLLATE "C") AS rank, f.village_code, {columns}
FROM figures f ORDER BY rank LIMIT $4
"""  # noqa: S608 - expressions of our own table


def choose_households(criteria: Sequence[HouseholdCriterion]) -> str:
    """Return the statement that stores the best households: $4 choice, $5 how many."""
    order = ", ".join(_HOUSEHOLD_ORDER[each] for each in criteria)
    columns = "village_code, grade, credit_limit, score, on_time_count, late_count"
    return f"""{_HOUSEHOLDS}
INSERT INTO demonstration_household (choice_id, rank, household_id, {columns})
SELECT $4, row_number() OVER (ORDER BY {order}, f.number COLLATE "C") AS rank, f.household_id, {columns}
FROM figures f ORDER BY rank LIMIT $5
"""  # noqa: S608 - expressions of our own table
