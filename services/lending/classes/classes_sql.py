"""The classification of loans on a day: days past due, the pack's band for them, and what officers set (LG-43).

One text for a county's month, a region's report and a single loan; they differ in which loans are asked for and in how
`lateness` and what is `misused` is found. $1 the day, $2 to $5 the bands: pack, product, days past due from which a
class holds, the class; one without days is what a misused loan is at best.

Days past due are counted as `accounts.rules.lateness` says: the day after the oldest unpaid due is met counts 1, a due
within its grace is not late yet. Only principal and interest make a loan late. What was paid or remitted after the day
counts as unpaid on it. A loan that the bank wrote off by the day is a loss. A loan is misused from the first day of a
misuse that stands until it was put right or repaid.
"""

from typing import Final

from services.lending.loans.rest_days_sql import timeliness

ORDER: Final = "ARRAY['normal', 'special_mention', 'substandard', 'doubtful', 'loss']"


def outstanding(condition: str, is_written_off: str = "coalesce(l.written_off_on <= $1, false)") -> str:
    """Return the loans of a condition that were lent and not closed on the day, with what was paid after it.

    Money that came before a due and was held pays it on its day: until then the principal is outstanding.
    """
    return f"""
open AS MATERIALIZED (
  SELECT l.id AS loan_id, l.pack_id, l.product_code, l.grace_days, l.county_code, l.village_code, l.bank_code,
    {is_written_off} AS is_written_off,
    l.principal_outstanding + CASE WHEN l.compensated_on > $1 THEN l.principal_compensated ELSE 0.00 END AS owed_now
  FROM loan l WHERE {condition} AND l.disbursed_on <= $1 AND l.cancelled_on IS NULL
    AND (l.closed_on IS NULL OR l.closed_on > $1)
), later AS MATERIALIZED (
  SELECT loan_id, number, sum(principal) AS principal, sum(interest + principal) AS amount FROM (
    SELECT r.loan_id, p.installment_number AS number, p.principal, p.interest
    FROM open o JOIN repayment r ON r.loan_id = o.loan_id AND r.paid_on > $1
    JOIN repayment_part p ON p.repayment_id = r.id
    UNION ALL
    SELECT m.loan_id, m.installment_number, m.principal, m.interest
    FROM open o JOIN remission_part m ON m.loan_id = o.loan_id AND m.remitted_on > $1
  ) met GROUP BY 1, 2
), paid_later AS (
  SELECT loan_id, sum(principal) AS principal FROM (
    SELECT l.loan_id, l.principal FROM later l
    JOIN installment i ON i.loan_id = l.loan_id AND i.number = l.number AND i.due_on <= $1
    UNION ALL
    SELECT o.loan_id, i.principal_paid + i.principal_remitted FROM open o
    JOIN installment i ON i.loan_id = o.loan_id AND i.due_on > $1 AND i.principal_paid > 0
  ) p GROUP BY 1
)"""  # noqa: S608 - our own text


_OVERDUE: Final = f"""
  SELECT i.loan_id, timely.met_on
  FROM open l JOIN {{source}} {timeliness("l.grace_days", "l.county_code")}
  WHERE i.cancelled_on IS NULL AND i.due_on < $1 AND timely.late_after_on < $1
"""  # noqa: S608 - our own text
_PAID_LATER: Final = (
    "later p ON p.loan_id = l.loan_id JOIN installment i ON i.loan_id = p.loan_id AND i.number = p.number"
)
# Two parts, so that what is paid leaves before it is joined with anything.
LATENESS: Final = f"""
lateness AS MATERIALIZED (
  SELECT loan_id, min(met_on) + 1 AS overdue_from FROM (
    {_OVERDUE.format(source="installment i ON i.loan_id = l.loan_id")}
      AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
    UNION ALL {_OVERDUE.format(source=_PAID_LATER)} AND p.amount > 0
  ) unpaid GROUP BY loan_id
)"""  # noqa: S608 - our own text
# Of one loan as its account was computed for the day: $6 the day since which it is overdue, or null.
LATENESS_OF_ONE: Final = """
lateness AS (SELECT o.loan_id, $6::date AS overdue_from FROM open o WHERE $6 IS NOT NULL)
"""
MISUSED: Final = """
misused AS (
  SELECT o.loan_id, max(i.due_on) AS since FROM open o JOIN installment i ON i.loan_id = o.loan_id
  WHERE i.of_misuse AND i.due_on <= $1 AND (i.misused_until IS NULL OR i.misused_until > $1) GROUP BY o.loan_id
)"""
# Of one loan likewise: $8 the day since which it is misused, or null.
MISUSED_OF_ONE: Final = "misused AS (SELECT o.loan_id, $8::date AS since FROM open o WHERE $8 IS NOT NULL)"
CLASSED: Final = f"""
given AS (
  SELECT * FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[])
    AS g (pack_id, product_code, days_from, loan_class)
), band AS (
  SELECT *, lead(days_from) OVER (PARTITION BY pack_id, product_code ORDER BY days_from) AS days_until
  FROM given WHERE days_from IS NOT NULL
), set_by_officers AS (
  SELECT DISTINCT ON (v.loan_id) v.loan_id, v.id, v.loan_class
  FROM open o JOIN class_review v ON v.loan_id = o.loan_id AND v.state = 'confirmed' AND v.decided_on <= $1
  ORDER BY v.loan_id, v.decided_on DESC, v.decided_at DESC
), ruled AS (
  SELECT o.*, f.overdue_from, coalesce($1 - f.overdue_from + 1, 0) AS days_past_due,
    o.owed_now + coalesce(p.principal, 0.00) AS principal_outstanding, m.since AS misused_since
  FROM open o LEFT JOIN lateness f USING (loan_id) LEFT JOIN paid_later p USING (loan_id)
  LEFT JOIN misused m USING (loan_id)
), classed AS (
  SELECT r.loan_id, r.village_code, r.bank_code, r.overdue_from, r.days_past_due, r.principal_outstanding,
    r.misused_since, c.by_rule, c.rule_ground, v.id AS set_by, v.loan_class AS set_class,
    array_position({ORDER}, v.loan_class) > array_position({ORDER}, c.by_rule) AS is_worse
  FROM ruled r LEFT JOIN band b ON b.pack_id = r.pack_id AND b.product_code = r.product_code
    AND r.days_past_due >= b.days_from AND (b.days_until IS NULL OR r.days_past_due < b.days_until)
  LEFT JOIN given g ON r.misused_since IS NOT NULL AND g.pack_id = r.pack_id AND g.product_code = r.product_code
    AND g.days_from IS NULL AND array_position({ORDER}, g.loan_class) > array_position({ORDER}, b.loan_class)
  CROSS JOIN LATERAL (
    SELECT CASE WHEN r.is_written_off THEN 'loss' ELSE coalesce(g.loan_class, b.loan_class) END AS by_rule,
      CASE WHEN r.is_written_off THEN 'written_off' WHEN g.loan_class IS NOT NULL THEN 'misused' END AS rule_ground) c
  LEFT JOIN set_by_officers v USING (loan_id)
), classified AS (
  SELECT loan_id, village_code, bank_code, overdue_from, days_past_due, principal_outstanding, misused_since, by_rule,
    rule_ground, set_class,
    CASE WHEN is_worse THEN set_class ELSE by_rule END AS loan_class, CASE WHEN is_worse THEN set_by END AS review_id
  FROM classed
)"""  # noqa: S608 - our own text
# A county's month: $6 county, $7 run, $8 business date, $9 who runs it.
RUN: Final = f"""
WITH {outstanding("l.county_code = $6::text")}, {LATENESS}, {MISUSED}, {CLASSED}, run AS (
  INSERT INTO class_run (id, county_code, classified_on, loans, principal_outstanding, classes, run_as_of, run_by)
  SELECT $7::uuid, $6::text, $1::date, coalesce(sum(loans), 0), coalesce(sum(amount), 0.00),
    coalesce(jsonb_agg(jsonb_build_object('loan_class', loan_class, 'loans', loans, 'principal_outstanding',
      amount::text) ORDER BY array_position({ORDER}, loan_class)), '[]'), $8::date, $9::text
  FROM (SELECT loan_class, count(*) AS loans, sum(principal_outstanding) AS amount FROM classified GROUP BY 1) c
  RETURNING loans, principal_outstanding, classes
), put AS (
  INSERT INTO loan_class (loan_id, classified_on, run_id, days_past_due, principal_outstanding, by_rule,
    rule_ground, loan_class, review_id)
  SELECT loan_id, $1, $7, days_past_due, principal_outstanding, by_rule, rule_ground, loan_class, review_id
  FROM classified
)
SELECT * FROM run
"""  # noqa: S608 - our own texts
ONE: Final = f"""
WITH {outstanding("l.id = $7::uuid")}, {LATENESS_OF_ONE}, {MISUSED_OF_ONE}, {CLASSED} SELECT * FROM classified
"""  # noqa: S608 - our own texts
# Of some loans, $6, as if none of them was written off.
BEFORE_WRITE_OFF: Final = f"""
WITH {outstanding("l.id = ANY ($6::uuid[])", "false")}, {LATENESS}, {MISUSED}, {CLASSED}
SELECT loan_id, loan_class FROM classified
"""  # noqa: S608 - our own texts
