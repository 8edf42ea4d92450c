"""Loans: every amount follows from rows that were written once (L1, L3, L4, L5, L7, L8, L9)."""

import json
from datetime import date
from decimal import Decimal

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

_AMOUNTS = """
SELECT l.id::text, v.what, v.expected, v.found
FROM loan l
LEFT JOIN disbursement d ON d.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest, sum(penalty) AS penalty
           FROM repayment GROUP BY 1) r ON r.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest FROM recovery GROUP BY 1) c
  ON c.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM penalty_accrual GROUP BY 1) p ON p.loan_id = l.id
CROSS JOIN LATERAL (VALUES
  ('principal paid out by the bank', l.principal, d.amount),
  ('principal repaid', coalesce(r.principal, 0), l.principal_repaid),
  ('interest paid', coalesce(r.interest, 0), l.interest_paid),
  ('penalty paid', coalesce(r.penalty, 0), l.penalty_paid),
  ('penalty accrued', coalesce(p.amount, 0), l.penalty_accrued),
  ('principal recovered', coalesce(c.principal, 0), l.principal_recovered),
  ('interest recovered', coalesce(c.interest, 0), l.interest_recovered),
  ('principal outstanding', l.principal - coalesce(r.principal, 0) - l.principal_compensated, l.principal_outstanding)
) AS v (what, expected, found)
"""


@check("L1", "贷款本息恒等", "Lent − repaid − compensated = outstanding, from rows, for every loan")
async def amounts(world: World, found: Findings) -> None:
    """Recompute every loan's running amounts."""
    await found.sql(world["lending"], _AMOUNTS)


# Money given back on a day counts before money lent on it: the bank's file of the day was read in that order.
# A loan from before the platform counts from the day it was onboarded, and is itself bound by its legacy rule.
_OWED = """
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
    FROM repayment r JOIN loan l ON l.id = r.loan_id
    UNION ALL
    SELECT l.household_id, r.recovered_on, 0, -r.principal, NULL, NULL, NULL, false
    FROM recovery r JOIN loan l ON l.id = r.loan_id
  ) m
  LEFT JOIN unnest($1::uuid[], $2::text[], $3::numeric[]) AS c (pack_id, product_code, cap)
    ON c.pack_id = m.pack_id AND c.product_code = m.product_code
) o WHERE o.id IS NOT NULL AND NOT o.is_legacy
"""
_OPEN = """
SELECT l.id::text, 'loans open at once', least(n.open, c.most), n.open
FROM loan l
LEFT JOIN unnest($1::uuid[], $2::text[], $3::int[]) AS c (pack_id, product_code, most)
  ON c.pack_id = l.pack_id AND c.product_code = l.product_code
CROSS JOIN LATERAL (
  SELECT count(*)::int AS open FROM loan o LEFT JOIN legacy_loan e ON e.loan_id = o.id
  WHERE o.household_id = l.household_id AND coalesce(e.onboarded_on, o.disbursed_on) <= l.disbursed_on
    AND (o.closed_on IS NULL OR o.closed_on > l.disbursed_on)
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


_LIFE = """
SELECT l.id::text, v.what, v.expected, v.found
FROM loan l
LEFT JOIN (
  SELECT aggregate_id, count(*) AS events, max(aggregate_version) AS version,
    count(*) FILTER (WHERE event_name = 'loan-disbursed') AS disbursed,
    count(*) FILTER (WHERE event_name = 'loan-closed') AS closed,
    count(*) FILTER (WHERE event_name = 'repayment-recorded') AS repaid,
    count(*) FILTER (WHERE event_name = 'default-confirmed') AS defaulted,
    count(*) FILTER (WHERE event_name = 'loan-compensated') AS compensated,
    count(*) FILTER (WHERE event_name = 'recovery-recorded') AS recovered
  FROM outbox WHERE aggregate_type = 'loan' GROUP BY 1
) e ON e.aggregate_id = l.id
LEFT JOIN (SELECT loan_id, count(*) AS count FROM repayment GROUP BY 1) r ON r.loan_id = l.id
LEFT JOIN (SELECT loan_id, count(*) AS count FROM recovery GROUP BY 1) c ON c.loan_id = l.id
LEFT JOIN (SELECT loan_id, count(*) AS count FROM default_report d
           JOIN default_confirmation k ON k.report_id = d.id GROUP BY 1) d ON d.loan_id = l.id
CROSS JOIN LATERAL (VALUES
  ('version = number of its events', e.events, l.version::bigint),
  ('highest version published', l.version::bigint, e.version::bigint),
  ('disbursed published once', 1::bigint, e.disbursed),
  ('closure published', (l.state = 'closed')::int::bigint, e.closed),
  ('compensation published', (l.compensated_on IS NOT NULL)::int::bigint, e.compensated),
  ('repayments published', coalesce(r.count, 0), e.repaid),
  ('recoveries published', coalesce(c.count, 0), e.recovered),
  ('defaults published', coalesce(d.count, 0), e.defaulted),
  ('defaults of a defaulted loan', (l.defaulted_on IS NOT NULL)::int::bigint,
    least(coalesce(d.count, 0), 1))
) AS v (what, expected, found)
"""
_WITHOUT_LOAN = """
SELECT DISTINCT e.aggregate_id::text, 'the loan of a event', true, l.id IS NOT NULL
FROM outbox e LEFT JOIN loan l ON l.id = e.aggregate_id WHERE e.aggregate_type = 'loan'
"""
_STATES = """
SELECT l.id::text, v.what, true, v.is_so
FROM loan l CROSS JOIN LATERAL (VALUES
  ('closed on a day after disbursement', l.closed_on IS NULL OR l.closed_on >= l.disbursed_on),
  ('compensated only after default', l.compensated_on IS NULL
    OR (l.defaulted_on IS NOT NULL AND l.compensated_on >= l.defaulted_on)),
  ('matures after its term', l.matures_on = (l.disbursed_on + make_interval(months => l.term_months))::date)
) AS v (what, is_so)
"""


@check("L4", "贷款状态与版本", "Each change of a loan is one event: versions without a gap, states as published")
async def life(world: World, found: Findings) -> None:
    """Compare every loan's version, state and rows with the events recorded about it."""
    await found.sql(world["lending"], _LIFE)
    await found.sql(world["lending"], _WITHOUT_LOAN)
    await found.sql(world["lending"], _STATES)


_PARTS = """
SELECT r.id::text, v.what, v.expected, v.found
FROM repayment r
JOIN loan l ON l.id = r.loan_id
LEFT JOIN (SELECT repayment_id, sum(penalty) AS penalty, sum(interest) AS interest, sum(principal) AS principal
           FROM repayment_part GROUP BY 1) p ON p.repayment_id = r.id
LEFT JOIN (SELECT id, sum(principal) OVER (PARTITION BY loan_id ORDER BY loan_version) AS so_far FROM repayment) s
  ON s.id = r.id
CROSS JOIN LATERAL (VALUES
  ('amount = penalty + interest + principal', r.penalty + r.interest + r.principal, r.amount),
  ('penalty of its parts', coalesce(p.penalty, 0), r.penalty),
  ('interest of its parts', coalesce(p.interest, 0), r.interest),
  ('principal of its parts', coalesce(p.principal, 0), r.principal),
  ('principal outstanding after it', l.principal - s.so_far, r.principal_outstanding)
) AS v (what, expected, found)
"""
_REFERENCES = """
SELECT bank_code || ' ' || bank_reference, v.what, v.expected, v.found
FROM (
  SELECT bank_code, bank_reference, count(*) AS postings, min(content) AS content FROM (
    SELECT bank_code, bank_reference, concat_ws(' ', kind, id, loan_id, paid_on, amount) FROM repayment
    UNION ALL
    SELECT bank_code, bank_reference, concat_ws(' ', 'disbursement', loan_id, loan_id, disbursed_on, amount)
    FROM disbursement
    UNION ALL
    SELECT bank_code, bank_reference, concat_ws(' ', 'recovery', id, loan_id, recovered_on, amount) FROM recovery
  ) booked (bank_code, bank_reference, content) GROUP BY 1, 2
) p
FULL JOIN bank_reference r USING (bank_code, bank_reference)
CROSS JOIN LATERAL (VALUES
  ('postings with one bank reference', '1', p.postings::text),
  ('what the reference stands for', p.content,
    concat_ws(' ', r.entry, r.entry_id, r.loan_id, r.booked_on, r.amount))
) AS v (what, expected, found)
"""
_PUBLISHED = """
SELECT coalesce(r.id::text, e.data->>'repayment_id'), v.what, v.expected, v.found
FROM repayment r
FULL JOIN (SELECT data, aggregate_version FROM outbox WHERE event_name = 'repayment-recorded') e
  ON e.data->>'repayment_id' = r.id::text
CROSS JOIN LATERAL (VALUES
  ('amount published', r.amount::text, e.data->>'amount'),
  ('penalty published', r.penalty::text, e.data->>'penalty'),
  ('interest published', r.interest::text, e.data->>'interest'),
  ('principal published', r.principal::text, e.data->>'principal'),
  ('outstanding published', r.principal_outstanding::text, e.data->>'principal_outstanding'),
  ('day published', r.paid_on::text, e.data->>'paid_on'),
  ('version published', r.loan_version::text, e.aggregate_version::text)
) AS v (what, expected, found)
"""


@check("L5", "还款拆分", "Every repayment is the sum of its parts, was booked once and published as it was booked")
async def repayments(world: World, found: Findings) -> None:
    """Compare each repayment with its parts, its reference and its event."""
    await found.sql(world["lending"], _PARTS)
    await found.sql(world["lending"], _REFERENCES)
    await found.sql(world["lending"], _PUBLISHED)


_DEFAULTS = """
SELECT r.id::text, v.what, true, v.is_so
FROM default_confirmation c
JOIN default_report r ON r.id = c.report_id
JOIN loan l ON l.id = r.loan_id
CROSS JOIN LATERAL (VALUES
  ('confirmed by another person', c.confirmed_by <> r.reported_by),
  ('confirmed on or after the report', c.confirmed_on >= r.reported_on),
  ('days past due counted from the first unpaid day', c.days_past_due = c.confirmed_on - c.overdue_from + 1),
  ('late enough, or by the borrower''s death', r.cause = 'death' OR c.days_past_due >= l.default_after_days),
  ('overdue since the day after a due date, moved off days of rest', EXISTS (
    SELECT FROM installment i LEFT JOIN rest_day r ON r.day = i.due_on
    WHERE i.loan_id = l.id AND coalesce(r.next_workday, i.due_on) + 1 = c.overdue_from)),
  ('principal outstanding at that time', c.principal_outstanding = l.principal - (
    SELECT coalesce(sum(p.principal), 0) FROM repayment p WHERE p.loan_id = l.id AND p.paid_on <= c.confirmed_on)),
  ('no repayment is booked after it', NOT EXISTS (
    SELECT FROM repayment p WHERE p.loan_id = l.id AND p.paid_on > c.confirmed_on))
) AS v (what, is_so)
"""


@check("L7", "违约认定", "A default is confirmed late enough, by a second person, with the figures of that day")
async def defaults(world: World, found: Findings) -> None:
    """Check every confirmed default."""
    await found.sql(world["lending"], _DEFAULTS)


_CLOSED = """
SELECT id::text, 'closed ⇔ nothing is owed', owes_nothing, state = 'closed'
FROM loan CROSS JOIN LATERAL (
  SELECT principal_outstanding = 0 AND CASE
    WHEN compensated_on IS NULL THEN interest_paid = interest_charged AND penalty_paid = penalty_accrued
    ELSE principal_recovered = principal_compensated AND interest_recovered = interest_compensated
  END AS owes_nothing
) o
"""


@check("L8", "结清", "Closed ⇔ nothing is owed")
async def closed(world: World, found: Findings) -> None:
    """Compare every loan's state with what it owes."""
    await found.sql(world["lending"], _CLOSED)


_RECOVERED = """
SELECT l.id::text, v.what, true, v.is_so
FROM loan l
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest, min(recovered_on) AS first_on,
             bool_and(amount = principal + interest) AS adds_up, array_agg(DISTINCT claim_id) AS claims
           FROM recovery GROUP BY 1) c ON c.loan_id = l.id
CROSS JOIN LATERAL (VALUES
  ('recovered ≤ compensated', coalesce(c.principal, 0) <= l.principal_compensated
    AND coalesce(c.interest, 0) <= l.interest_compensated),
  ('recovered after the compensation', c.first_on IS NULL OR c.first_on >= l.compensated_on),
  ('recoveries add up', coalesce(c.adds_up, true)),
  ('recovered on the claim that was paid', c.claims IS NULL OR c.claims = ARRAY[l.claim_id])
) AS v (what, is_so)
WHERE l.compensated_on IS NOT NULL OR c.loan_id IS NOT NULL
"""


@check("L9", "追偿", "Never more is recovered than was compensated, and only afterwards")
async def recoveries(world: World, found: Findings) -> None:
    """Compare recoveries with the compensation they pay back."""
    await found.sql(world["lending"], _RECOVERED)


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _yuan(value: object) -> object:
    return None if value is None else Decimal(str(value))
