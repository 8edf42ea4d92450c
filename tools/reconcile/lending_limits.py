"""Limits of borrowing: what a household owes at once, and each loan within its pack (L3)."""

import json
from datetime import date
from decimal import Decimal

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

# Money given back on a day counts before money lent on it: the bank's file of the day was read in that order.
# A loan from before the platform counts from the day it was onboarded, and is itself bound by its legacy rule.
# A loan that was restated counts as it was published, so that a correction makes no earlier decision wrong.
_OWED = """
WITH restated AS MATERIALIZED (
  SELECT DISTINCT aggregate_id AS loan_id FROM outbox WHERE event_name = 'loan-restated'
), published AS (
  SELECT household_id, published_on, outstanding,
    lag(outstanding, 1, principal) OVER (PARTITION BY loan_id ORDER BY version) AS before
  FROM (
    SELECT l.id AS loan_id, l.household_id, l.principal, e.aggregate_version AS version,
      (coalesce(e.data->>'paid_on', e.data->>'restated_on'))::date AS published_on,
      coalesce(e.data->>'principal_outstanding', e.data->'after'->>'principal_outstanding')::numeric AS outstanding
    FROM outbox e JOIN restated r ON r.loan_id = e.aggregate_id JOIN loan l ON l.id = r.loan_id
    WHERE e.event_name IN ('repayment-recorded', 'loan-restated')
  ) event
)
SELECT o.id::text, 'owed by the household after this loan', least(o.owed, o.cap), o.owed
FROM (
  SELECT m.id, m.is_legacy, c.cap,
    sum(m.amount) OVER (PARTITION BY m.household_id ORDER BY m.moved_on, m.rank, m.id) AS owed
  FROM (
    SELECT household_id, coalesce(onboarded_on, disbursed_on) AS moved_on, 1 AS rank, principal AS amount, id, pack_id,
      product_code, onboarded_on IS NOT NULL AS is_legacy
    FROM loan LEFT JOIN legacy_loan ON loan_id = id
    UNION ALL
    SELECT l.household_id, r.paid_on, 0, -r.principal, NULL, NULL, NULL, false
    FROM repayment r JOIN loan l ON l.id = r.loan_id WHERE NOT r.loan_id IN (SELECT loan_id FROM restated)
    UNION ALL
    SELECT household_id, published_on, CASE WHEN outstanding <= before THEN 0 ELSE 2 END, outstanding - before, NULL,
      NULL, NULL, false
    FROM published
    UNION ALL
    SELECT l.household_id, coalesce(e.data->>'reversed_on', e.data->>'recovered_on')::date,
      CASE e.event_name WHEN 'recovery-reversed' THEN 2 ELSE 0 END,
      CASE e.event_name WHEN 'recovery-reversed' THEN 1 ELSE -1 END * (e.data->>'principal')::numeric,
      NULL, NULL, NULL, false
    FROM outbox e JOIN loan l ON l.id = e.aggregate_id
    WHERE e.event_name IN ('recovery-recorded', 'recovery-reversed')
  ) m
  LEFT JOIN unnest($1::uuid[], $2::text[], $3::numeric[]) AS c (pack_id, product_code, cap)
    ON c.pack_id = m.pack_id AND c.product_code = m.product_code
) o WHERE o.id IS NOT NULL AND NOT o.is_legacy
"""
_OPEN = """
WITH reopened AS MATERIALIZED (
  SELECT aggregate_id AS loan_id, (data->'before'->>'closed_on')::date AS closed_on,
    (data->>'restated_on')::date AS reopened_on
  FROM outbox WHERE event_name = 'loan-restated' AND data->'before'->>'closed_on' IS NOT NULL
    AND data->'after'->>'closed_on' IS DISTINCT FROM data->'before'->>'closed_on'
  UNION ALL
  SELECT r.aggregate_id, max((c.data->>'closed_on')::date), max((r.data->>'reversed_on')::date)
  FROM outbox r JOIN outbox c ON c.aggregate_id = r.aggregate_id AND c.event_name = 'loan-closed'
    AND c.aggregate_version < r.aggregate_version
  WHERE r.event_name = 'recovery-reversed' AND (r.data->>'reopened')::boolean GROUP BY r.event_id, r.aggregate_id
)
SELECT l.id::text, 'loans open at once', least(n.open, c.most), n.open
FROM loan l
LEFT JOIN unnest($1::uuid[], $2::text[], $3::int[]) AS c (pack_id, product_code, most)
  ON c.pack_id = l.pack_id AND c.product_code = l.product_code
CROSS JOIN LATERAL (
  SELECT count(*)::int AS open FROM loan o LEFT JOIN legacy_loan e ON e.loan_id = o.id
  WHERE o.household_id = l.household_id AND coalesce(e.onboarded_on, o.disbursed_on) <= l.disbursed_on
    AND (o.closed_on IS NULL OR o.closed_on > l.disbursed_on)
    AND NOT EXISTS (SELECT FROM reopened r WHERE r.loan_id = o.id
      AND l.disbursed_on BETWEEN r.closed_on AND r.reopened_on)
) n
WHERE l.granted_under = 'current'
"""
_LIMITS = """
SELECT l.id::text, v.what, true, v.is_so
FROM loan l
JOIN application a ON a.id = l.application_id
LEFT JOIN unnest($1::uuid[], $2::text[], $3::numeric[], $4::numeric[], $5::int[], $6::int[]) AS c
  (pack_id, product_code, amount_min, amount_max, months_min, months_max)
  ON c.pack_id = l.pack_id AND c.product_code = l.product_code
CROSS JOIN LATERAL (VALUES
  ('amount within the pack', l.granted_under <> 'current' OR l.principal BETWEEN c.amount_min AND c.amount_max),
  ('amount within the household''s credit_limit', a.credit_limit IS NULL OR l.principal <= a.credit_limit),
  ('term within the pack', l.granted_under <> 'current' OR l.term_months BETWEEN c.months_min AND c.months_max),
  ('signed under the pack of its application',
    (l.pack_id, l.pack_version, l.product_code) = (a.pack_id, a.pack_version, a.product_code)),
  ('used as it was applied for', (l.mode, l.entity_id) IS NOT DISTINCT FROM (a.mode, a.entity_id)),
  ('an legacy rule only for a loan from before the platform',
    (a.source = 'legacy_loan') = (l.granted_under <> 'current'))
) AS v (what, is_so)
"""
_LEGACY_LIMITS = """
SELECT l.id::text, v.what, true, v.is_so
FROM loan l
JOIN unnest($1::uuid[], $2::text[], $3::date[]) AS c (pack_id, product_code, banned_after)
  ON c.pack_id = l.pack_id AND c.product_code = l.product_code
CROSS JOIN LATERAL (VALUES
  ('within an earlier rule', l.granted_under NOT IN ('legacy_amount', 'legacy_day') OR EXISTS (
    SELECT FROM jsonb_to_recordset($4::jsonb) AS r (pack_id uuid, amount_above numeric, amount_max numeric,
      term_months_max int, granted_from date, granted_until date)
    WHERE r.pack_id = l.pack_id AND coalesce(l.principal > r.amount_above, l.granted_under = 'legacy_day')
      AND l.principal <= r.amount_max AND l.term_months <= r.term_months_max
      AND l.disbursed_on BETWEEN coalesce(r.granted_from, '-infinity') AND r.granted_until)),
  ('used by an entity only until the ban', l.mode IN ('direct', 'joint') OR coalesce(
    l.disbursed_on <= c.banned_after, true))
) AS v (what, is_so)
"""


@check("L3", "户贷限额", "No household ever owed more than its cap; amount, credit limit and term within the pack")
async def ceilings(world: World, found: Findings) -> None:
    """Replay every household's debt and compare each loan with its pack."""
    packs = [each for pack in world.packs.by_id.values() for each in pack.each_product()]
    ids = [pack.pack_id for pack in packs], [pack.product_code for pack in packs]
    await found.sql(world["lending"], _OWED, *ids, [_yuan(pack("lending.household_cap")) for pack in packs])
    await found.sql(world["lending"], _OPEN, *ids, [pack("lending.open_loans_max") for pack in packs])
    await found.sql(
        world["lending"],
        _LIMITS,
        *ids,
        [_yuan(pack("lending.amount_min")) for pack in packs],
        [_yuan(pack("lending.amount_max")) for pack in packs],
        [pack("lending.term_months_min") for pack in packs],
        [pack("lending.term_months_max") for pack in packs],
    )
    await found.sql(
        world["lending"],
        _LEGACY_LIMITS,
        *ids,
        [_day(pack("entities.enterprise_use_banned_after")) for pack in packs],
        json.dumps([{"pack_id": pack.pack_id, **rule} for pack in packs for rule in pack.legacy_rules()]),
    )


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _yuan(value: object) -> object:
    return None if value is None else Decimal(str(value))
