"""A campaign's progress by township and by week, and its three rates side by side (DY-1, DY-4, ZJ-1)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.registry.credit.rating.queries import ensure_visible
from services.registry.credit.rating.refusals import CampaignUnknown
from services.registry.credit.rating.rules.shares import percent
from services.registry.credit.rating.schemas import ProgressOut, StageCounts, TownshipProgress, WeekProgress
from services.registry.policy.packs.queries import pack_by_id
from shared.access import Principal
from shared.db import Connection

WEEKS_MAX: Final = 104  # two years; what happens later belongs to the next campaign
_CAMPAIGN = """
SELECT id AS campaign_id, county_code, bank_code, year, state, as_of, pack_id, public_notice_started_on
FROM rating_campaign WHERE id = $1
"""
# One row a household: $1 campaign, $2 its county, $3 the day asked about, $4 months until a survey is stale, $5 the
# bank whose loans count (null: every bank's), $6 the first day of public notice or null, $7 the states of poor
# households, which are those that may borrow. A household below the lowest grade has been rated too, with that
# result, and so has one of a grade without a credit limit.
_HOUSEHOLDS: Final = """
WITH survey AS (
  SELECT c.household_id, max(c.collected_on) AS collected_on FROM credit_survey c
  JOIN household h ON h.id = c.household_id AND h.county_code = $2 WHERE c.collected_on <= $3 GROUP BY 1
), lent AS (
  SELECT k.household_id, k.disbursed_on, k.principal FROM household_loan k
  JOIN rating r ON r.campaign_id = $1 AND r.household_id = k.household_id AND r.grade IS NOT NULL
  WHERE k.disbursed_on BETWEEN r.valid_from AND $3 AND k.principal IS NOT NULL
    AND ($5::text IS NULL OR k.bank_code = $5)
), final AS (
  SELECT EXISTS (SELECT FROM rating_campaign WHERE id = $1 AND finalised_on <= $3) AS reached
), stage AS (
  SELECT h.id, left(h.village_code, 9) AS township_code, p.state = ANY ($7::text[]) AS poor,
         s.household_id IS NOT NULL AND final.reached AS final,
         CASE WHEN v.collected_on + make_interval(months => $4) > $3 THEN v.collected_on END AS surveyed_on,
         s.household_id IS NOT NULL AS scored, w.reviewed_on,
         w.reviewed_on IS NOT NULL AND $6::date <= $3 AS on_public_notice, r.valid_from AS rated_on,
         nullif(r.credit_limit, 0) AS credit_limit
  FROM final CROSS JOIN household h
  LEFT JOIN LATERAL (
    SELECT state FROM household_state_change g WHERE g.household_id = h.id AND g.effective_from <= $3
    ORDER BY g.effective_from DESC, g.id DESC LIMIT 1
  ) p ON true
  LEFT JOIN survey v ON v.household_id = h.id
  LEFT JOIN rating_score s ON s.campaign_id = $1 AND s.household_id = h.id
  LEFT JOIN rating_review w ON w.id = s.review_id AND w.reviewed_on <= $3
  LEFT JOIN rating r ON r.campaign_id = $1 AND r.household_id = h.id AND r.grade IS NOT NULL AND r.valid_from <= $3
  WHERE h.county_code = $2 AND coalesce(h.ended_on > $3, true)
)
"""
_BY_TOWNSHIP: Final = f"""{_HOUSEHOLDS}, place AS (
  SELECT g.township_code, count(*) AS household_count, count(surveyed_on) AS surveyed_count,
         count(*) FILTER (WHERE scored) AS scored_count, count(reviewed_on) AS reviewed_count,
         count(*) FILTER (WHERE on_public_notice) AS on_public_notice_count, count(rated_on) AS rated_count,
         count(credit_limit) AS credit_limit_count, coalesce(sum(credit_limit), 0.00)::numeric(18,
           2) AS credit_limit_total,
         count(*) FILTER (WHERE poor) AS poor_count, count(rated_on) FILTER (WHERE poor) AS poor_credit_count,
         count(*) FILTER (WHERE poor AND final) AS poor_rated_count,
         count(credit_limit) FILTER (WHERE poor) AS poor_credit_limit_count
  FROM stage g GROUP BY GROUPING SETS ((g.township_code), ())
), loan AS (
  SELECT g.township_code, count(*) AS loan_count, sum(l.principal)::numeric(18, 2) AS loan_total,
         count(DISTINCT l.household_id) AS lent_count,
         count(DISTINCT l.household_id) FILTER (WHERE g.poor AND g.credit_limit IS NOT NULL) AS poor_lent_count
  FROM lent l JOIN stage g ON g.id = l.household_id GROUP BY GROUPING SETS ((g.township_code), ())
)
SELECT p.*, coalesce(l.loan_count, 0) AS loan_count, coalesce(l.loan_total, 0.00) AS loan_total,
       coalesce(l.lent_count, 0) AS lent_count, coalesce(l.poor_lent_count, 0) AS poor_lent_count
FROM place p LEFT JOIN loan l ON l.township_code IS NOT DISTINCT FROM p.township_code
ORDER BY p.township_code NULLS FIRST
"""  # noqa: S608 - our own text
_BY_WEEK: Final = f"""{_HOUSEHOLDS}, happened AS (
  SELECT surveyed_on AS on_day, 1 AS surveyed, 0 AS reviewed, 0 AS rated, NULL::numeric AS credit_limit,
    NULL::numeric AS loan
  FROM stage WHERE surveyed_on IS NOT NULL
  UNION ALL SELECT reviewed_on, 0, 1, 0, NULL, NULL FROM stage WHERE reviewed_on IS NOT NULL
  UNION ALL SELECT rated_on, 0, 0, 1, credit_limit, NULL FROM stage WHERE rated_on IS NOT NULL
  UNION ALL SELECT disbursed_on, 0, 0, 0, NULL, principal FROM lent
)
SELECT CASE WHEN on_day < $8 THEN 0 ELSE (on_day - $8) / 7 + 1 END AS week,
       sum(surveyed) AS surveyed_count, sum(reviewed) AS reviewed_count, sum(rated) AS rated_count,
       count(credit_limit) AS credit_limit_count, coalesce(sum(credit_limit), 0.00)::numeric(18,
         2) AS credit_limit_total,
       count(loan) AS loan_count, coalesce(sum(loan), 0.00)::numeric(18, 2) AS loan_total
FROM happened GROUP BY 1 HAVING CASE WHEN min(on_day) < $8 THEN 0 ELSE (min(on_day) - $8) / 7 + 1 END <= {WEEKS_MAX}
ORDER BY 1
"""  # noqa: S608 - our own text


async def get_progress(conn: Connection, officer: Principal, campaign_id: UUID, on: date) -> ProgressOut:
    """Return how far a campaign was on a day: households by stage, credit limits and loans, by township and by week
    (DY-1).

    Loans are those paid out to households that this campaign rated, from the day their rating held. The three rates,
    of the poor households that were rated, of these with a credit limit, and of these lent to, stand side by side
    (DY-4).

    Raises:
        CampaignUnknown
    """
    await ensure_visible(conn, officer, campaign_id)
    campaign = await conn.fetchrow(_CAMPAIGN, campaign_id)
    if campaign is None:
        raise CampaignUnknown(campaign_id)
    pack = await pack_by_id(conn, campaign["pack_id"])
    months, poor = (
        pack.rating_scheme().recollect_months,
        [str(each) for each in pack.eligibility_rules().eligible_states],
    )
    shown_on = campaign["public_notice_started_on"]
    asked = (campaign_id, campaign["county_code"], on, months, campaign["bank_code"], shown_on, poor)
    total, *townships = [_counted(dict(row)) for row in await conn.fetch(_BY_TOWNSHIP, *asked)]
    by_week = await conn.fetch(_BY_WEEK, *asked, campaign["as_of"])
    shown = {key: campaign[key] for key in ("campaign_id", "county_code", "bank_code", "year", "state")}
    return ProgressOut(
        **shown,
        as_of=on,
        **{key: value for key, value in total.items() if key in StageCounts.model_fields},
        townships=[TownshipProgress(**each) for each in townships],
        weeks=_weeks([dict(row) for row in by_week], campaign["as_of"], total["household_count"]),
    )


def _counted(row: dict[str, Any]) -> dict[str, Any]:
    shares = (
        ("rated_percent", "rated_count", "household_count"),
        ("poor_credit_percent", "poor_credit_count", "rated_count"),
        ("poor_rated_percent", "poor_rated_count", "poor_count"),
        ("poor_credit_limit_percent", "poor_credit_limit_count", "poor_rated_count"),
        ("poor_lent_percent", "poor_lent_count", "poor_credit_limit_count"),
    )
    return {**row, **{name: percent(row[part], row[whole]) for name, part, whole in shares}}


def _weeks(rows: list[dict[str, Any]], as_of: date, households: int) -> list[WeekProgress]:
    """Return every week up to the last in which something happened, the quiet ones too."""
    by_number = {row["week"]: row for row in rows}
    quiet = dict.fromkeys(("surveyed_count", "reviewed_count", "rated_count", "credit_limit_count", "loan_count"), 0)
    nothing = {**quiet, "credit_limit_total": Decimal("0.00"), "loan_total": Decimal("0.00")}
    weeks, rated = [], 0
    for number in range(max(by_number, default=-1) + 1):
        row = {**nothing, **by_number.get(number, {}), "week": number}
        rated += row["rated_count"]
        starts_on = as_of + timedelta(weeks=number - 1) if number else None
        weeks.append(WeekProgress(**row, starts_on=starts_on, rated_percent=percent(rated, households)))
    return weeks
