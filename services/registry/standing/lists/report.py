"""The lists in figures: who was listed and cleared in a period, who is listed at its end, what became of appeals."""

from datetime import date

from asyncpg import Record

from services.registry.standing.lists.schemas import ListCounts, ListReport, TownshipListCounts
from shared.access import Principal, Right
from shared.dates import ensure_period
from shared.db import Connection

# Days are [period_from, period_until); what is listed "at the end" holds on the last day of the period.
_REPORT = """
WITH entries AS (
  SELECT left(p.region_code, 9) AS place, l.household_id, l.entity_id, l.list_name, l.clear_cause, l.listed_on,
         l.cleared_on, l.listed_on < $4 AND (l.cleared_on IS NULL OR l.cleared_on >= $4) AS holds
  FROM listing l LEFT JOIN household h ON h.id = l.household_id LEFT JOIN implementing_entity e ON e.id = l.entity_id
  CROSS JOIN LATERAL (SELECT coalesce(h.village_code, e.region_code) AS region_code) p
  WHERE p.region_code ^@ $1 AND p.region_code ^@ ANY ($2::text[]) AND l.listed_on < $4
), appeals AS (
  SELECT left(p.region_code, 9) AS place, r.state, r.filed_on, r.decided_on, r.decision_due_on
  FROM listing_request r LEFT JOIN household h ON h.id = r.household_id
  LEFT JOIN implementing_entity e ON e.id = r.entity_id
  CROSS JOIN LATERAL (SELECT coalesce(h.village_code, e.region_code) AS region_code) p
  WHERE r.kind = 'appeal' AND p.region_code ^@ $1 AND p.region_code ^@ ANY ($2::text[]) AND r.filed_on < $4
), cuts AS (
  SELECT left(village_code, 9) AS place, count(DISTINCT village_code) AS villages_cut FROM village_quota_cut
  WHERE village_code ^@ $1 AND village_code ^@ ANY ($2::text[]) AND effective_on >= $3 AND effective_on < $4
  GROUP BY GROUPING SETS ((1), ())
), restored AS (
  SELECT left(c.village_code, 9) AS place, count(DISTINCT c.village_code) AS villages_restored
  FROM village_quota_restoration t JOIN village_quota_cut c ON c.loan_id = t.loan_id
  WHERE c.village_code ^@ $1 AND c.village_code ^@ ANY ($2::text[]) AND t.effective_on >= $3 AND t.effective_on < $4
  GROUP BY GROUPING SETS ((1), ())
), counted AS (
  SELECT place,
    count(DISTINCT household_id) FILTER (WHERE holds AND list_name = 'dishonesty') AS households_on_dishonesty_list,
    count(DISTINCT household_id) FILTER (WHERE holds AND list_name = 'blacklist') AS households_on_blacklist,
    count(DISTINCT entity_id) FILTER (WHERE holds) AS entities_listed,
    count(*) FILTER (WHERE listed_on >= $3) AS entered,
    count(*) FILTER (WHERE cleared_on >= $3 AND cleared_on < $4 AND clear_cause = 'debt_cleared')
      AS cleared_by_repayment,
    count(*) FILTER (WHERE cleared_on >= $3 AND cleared_on < $4 AND clear_cause = 'appeal_accepted')
      AS cleared_by_appeal,
    count(*) FILTER (WHERE cleared_on >= $3 AND cleared_on < $4 AND clear_cause = 'removal_accepted')
      AS cleared_by_removal,
    count(*) FILTER (WHERE cleared_on >= $3 AND cleared_on < $4 AND clear_cause = 'term_ended') AS cleared_by_term
  FROM entries GROUP BY GROUPING SETS ((place), ())
), heard AS (
  SELECT place,
    count(*) FILTER (WHERE filed_on >= $3) AS appeals_filed,
    count(*) FILTER (WHERE state = 'accepted' AND decided_on >= $3 AND decided_on < $4) AS appeals_accepted,
    count(*) FILTER (WHERE state = 'rejected' AND decided_on >= $3 AND decided_on < $4) AS appeals_rejected,
    count(*) FILTER (WHERE decided_on IS NULL OR decided_on >= $4) AS appeals_open,
    count(*) FILTER (WHERE decision_due_on < least(coalesce(decided_on, $4), $4)
                     AND (decided_on IS NULL OR decided_on >= $3)) AS appeals_late
  FROM appeals GROUP BY GROUPING SETS ((place), ())
), places AS (
  SELECT place FROM counted UNION SELECT place FROM heard UNION SELECT place FROM cuts UNION SELECT place FROM restored
)
SELECT p.place AS code, coalesce(r.name, p.place, '') AS name,
  coalesce(households_on_dishonesty_list, 0) AS households_on_dishonesty_list,
  coalesce(households_on_blacklist, 0) AS households_on_blacklist, coalesce(entities_listed, 0) AS entities_listed,
  coalesce(entered, 0) AS entered, coalesce(cleared_by_repayment, 0) AS cleared_by_repayment,
  coalesce(cleared_by_appeal, 0) AS cleared_by_appeal, coalesce(cleared_by_removal, 0) AS cleared_by_removal,
  coalesce(cleared_by_term, 0) AS cleared_by_term,
  coalesce(appeals_filed, 0) AS appeals_filed, coalesce(appeals_accepted, 0) AS appeals_accepted,
  coalesce(appeals_rejected, 0) AS appeals_rejected, coalesce(appeals_open, 0) AS appeals_open,
  coalesce(appeals_late, 0) AS appeals_late, coalesce(villages_cut, 0) AS villages_cut,
  coalesce(villages_restored, 0) AS villages_restored
FROM places p LEFT JOIN counted c ON c.place IS NOT DISTINCT FROM p.place
LEFT JOIN heard a ON a.place IS NOT DISTINCT FROM p.place LEFT JOIN cuts u ON u.place IS NOT DISTINCT FROM p.place
LEFT JOIN restored b ON b.place IS NOT DISTINCT FROM p.place
LEFT JOIN region r ON r.code = p.place
ORDER BY p.place NULLS FIRST
"""


async def list_report(
    conn: Connection, officer: Principal, region: str, period_from: date, period_until: date
) -> ListReport:
    """Return the lists of a region over [period_from, period_until), by township.

    Raises:
        PeriodEmpty: the period ends before it begins.
        OutsideRegion: the officer reads no reports there.
    """
    officer.ensure_region(Right.REPORTS_READ, region)
    ensure_period("period_from", period_from, "period_until", period_until)
    scopes = officer.regions_for(Right.REPORTS_READ)
    rows = await conn.fetch(_REPORT, region, scopes, period_from, period_until)
    total, townships = rows[0], rows[1:]
    return ListReport(
        region_code=region,
        period_from=period_from,
        period_until=period_until,
        total=ListCounts(**_counts(total)),
        by_township=[TownshipListCounts(**row) for row in townships],
    )


def _counts(row: Record) -> dict[str, int]:
    return {key: value for key, value in row.items() if key not in ("code", "name")}
