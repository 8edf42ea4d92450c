"""Why a loan is at risk on a day; one text for the list and for its export (LG-49).

$1 the day, $2 to $5 the bands of `classes_sql`, $6 regions, $7 banks, $8 and $9 loans whose plan is broken and since
when, $10 one reason or null, $11 a part of the region or null, $12 and $13 loans whose write-off lost its ground and
since when they are written off. A reason holds from the first day on which it was so.
"""

from typing import Final

from services.lending.classes import classes_sql
from shared.scope import seen

# What villages report and is no risk, or says nothing by itself, makes no reason; good news later takes the worse back,
# but nobody comes back from the dead.
REASONS: Final = """
reason AS (
  SELECT c.loan_id, 'overdue' AS reason, c.overdue_from AS since, c.days_past_due::text AS detail
  FROM classified c WHERE c.days_past_due > 0
  UNION ALL
  SELECT c.loan_id, 'class_below_normal', coalesce(v.decided_on, CASE c.rule_ground WHEN 'misused'
    THEN c.misused_since WHEN 'written_off' THEN l.written_off_on END, c.overdue_from), c.loan_class
  FROM classified c JOIN loan l ON l.id = c.loan_id LEFT JOIN class_review v ON v.id = c.review_id
  WHERE c.loan_class <> 'normal'
  UNION ALL
  SELECT c.loan_id, 'money_misused', c.misused_since, NULL FROM classified c WHERE c.misused_since IS NOT NULL
  UNION ALL
  SELECT l.id, CASE WHEN s.subject_id = l.entity_id THEN 'entity_listed' ELSE 'household_listed' END, s.listed_on,
    s.list_name
  FROM classified c JOIN loan l ON l.id = c.loan_id
  JOIN risk_listing s ON s.subject_id IN (l.household_id, l.entity_id)
  WHERE s.listed_on <= $1 AND (s.ends_on IS NULL OR s.ends_on > $1) AND (s.cleared_on IS NULL OR s.cleared_on > $1)
  UNION ALL
  SELECT n.loan_id, CASE n.news_kind WHEN 'death' THEN 'borrower_died' WHEN 'illness' THEN 'borrower_ill'
    ELSE n.news_kind END, n.observed_on, NULL
  FROM classified c JOIN borrower_news n ON n.loan_id = c.loan_id
  WHERE n.sent_on <= $1 AND (n.withdrawn_on IS NULL OR n.withdrawn_on > $1)
    AND n.news_kind NOT IN ('going_well', 'other') AND (n.news_kind = 'death' OR NOT EXISTS (
      SELECT FROM borrower_news good WHERE good.loan_id = n.loan_id AND good.news_kind = 'going_well'
        AND good.observed_on > n.observed_on AND good.sent_on <= $1
        AND (good.withdrawn_on IS NULL OR good.withdrawn_on > $1)))
  UNION ALL
  SELECT r.loan_id, 'borrower_died', r.died_on, NULL FROM classified c JOIN default_report r ON r.loan_id = c.loan_id
  WHERE r.died_on IS NOT NULL AND r.reported_on <= $1 AND (r.withdrawn_on IS NULL OR r.withdrawn_on > $1)
  UNION ALL
  SELECT h.loan_id, 'borrower_died', h.died_on, NULL FROM classified c JOIN heir_record h ON h.loan_id = c.loan_id
  WHERE h.state = 'confirmed' AND h.inheritance <> 'not_heir' AND h.decided_on <= $1 AND NOT EXISTS (
    SELECT FROM heir_record later WHERE later.replaces = h.id AND later.state = 'confirmed' AND later.decided_on <= $1)
  UNION ALL
  SELECT d.loan_id, 'duty_missed', d.due_on + 1, d.kind FROM classified c JOIN risk_duty d ON d.loan_id = c.loan_id
  WHERE d.due_on < $1 AND (d.done_on IS NULL OR d.done_on > $1)
  UNION ALL
  SELECT b.loan_id, 'plan_broken', b.since, NULL
  FROM unnest($8::uuid[], $9::date[]) AS b (loan_id, since) JOIN classified c ON c.loan_id = b.loan_id
  UNION ALL
  SELECT g.loan_id, 'write_off_groundless', g.since, NULL
  FROM unnest($12::uuid[], $13::date[]) AS g (loan_id, since) JOIN classified c ON c.loan_id = g.loan_id
  UNION ALL
  SELECT l.id, 'without_cover', l.disbursed_on, NULL FROM classified c JOIN loan l ON l.id = c.loan_id
  WHERE l.conditions @> '[{"consequence": "without_cover"}]'
), once AS (
  SELECT DISTINCT ON (loan_id, reason, detail) loan_id, reason, since, detail FROM reason
  ORDER BY loan_id, reason, detail, since
), at_risk AS (
  SELECT loan_id, jsonb_agg(jsonb_build_object('reason', reason, 'since', since, 'detail', detail)
      ORDER BY since, reason, detail) AS reasons,
    string_agg(concat_ws(' ', reason, since::text, detail), '; ' ORDER BY since, reason, detail) AS reasons_in_line
  FROM once GROUP BY loan_id HAVING $10::text IS NULL OR bool_or(reason = $10)
)"""
_LENT: Final = f"""
(l.compensated_on IS NULL OR l.compensated_on > $1) AND ($11::text IS NULL OR l.village_code ^@ $11)
AND {seen("l.village_code", "l.bank_code", regions="$6", banks="$7")}"""
_FOUND: Final = f"""
WITH {classes_sql.outstanding(_LENT)},
{classes_sql.LATENESS}, {classes_sql.MISUSED}, {classes_sql.CLASSED}, {REASONS}
SELECT l.id AS loan_id, l.contract_number, l.household_number, l.village_code, l.bank_code, l.matures_on,
  c.principal_outstanding, c.days_past_due, coalesce(c.loan_class, 'normal') AS loan_class"""
_FROM: Final = "FROM at_risk r JOIN classified c USING (loan_id) JOIN loan l ON l.id = r.loan_id"
LISTED: Final = f"{_FOUND}, r.reasons {_FROM} WHERE $14::uuid IS NULL OR l.id > $14 ORDER BY l.id LIMIT $15"
EXPORTED: Final = f"{_FOUND}, r.reasons_in_line AS reasons {_FROM} ORDER BY l.village_code, l.contract_number"
