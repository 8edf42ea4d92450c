"""Loans: every amount follows from rows that were written once (L1, L4, L5, L7, L8, L9)."""

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.lending_replay import take
from tools.reconcile.world import World

_AMOUNTS = """
SELECT l.id::text, v.what, v.expected, v.found
FROM loan l
LEFT JOIN disbursement d ON d.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest, sum(penalty) AS penalty,
             sum(held) AS held, sum(refunded) AS refunded
           FROM repayment WHERE reversed_on IS NULL GROUP BY 1) r ON r.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM refund WHERE state = 'confirmed' GROUP BY 1) b ON b.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest FROM recovery GROUP BY 1) c
  ON c.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM penalty_accrual GROUP BY 1) p ON p.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest, sum(penalty) AS penalty
           FROM remission_part GROUP BY 1) m ON m.loan_id = l.id
CROSS JOIN LATERAL (VALUES
  ('principal paid out by the bank', l.principal, d.amount),
  ('principal repaid', coalesce(r.principal, 0), l.principal_repaid),
  ('interest paid', coalesce(r.interest, 0), l.interest_paid),
  ('penalty paid', coalesce(r.penalty, 0), l.penalty_paid),
  ('principal remitted', coalesce(m.principal, 0), l.principal_remitted),
  ('interest remitted', coalesce(m.interest, 0), l.interest_remitted),
  ('penalty remitted', coalesce(m.penalty, 0), l.penalty_remitted),
  ('penalty accrued, without what was remitted', coalesce(p.amount, 0) - coalesce(m.penalty, 0), l.penalty_accrued),
  ('money held', coalesce(r.held, 0), l.held),
  ('refunded and not there any more', coalesce(b.amount, 0) - coalesce(r.refunded, 0), l.refund_missing),
  ('principal recovered', coalesce(c.principal, 0), l.principal_recovered),
  ('interest recovered', coalesce(c.interest, 0), l.interest_recovered),
  ('principal outstanding', CASE WHEN l.cancelled_on IS NULL
    THEN l.principal - coalesce(r.principal, 0) - coalesce(m.principal, 0) - l.principal_compensated ELSE 0 END,
    l.principal_outstanding)
) AS v (what, expected, found)
"""


@check(
    "L1",
    "贷款本息恒等",
    "Lent − repaid − remitted − compensated = outstanding; held and refunded, from rows, for every loan",
)
async def amounts(world: World, found: Findings) -> None:
    """Recompute every loan's running amounts."""
    await found.sql(world["lending"], _AMOUNTS)


_LIFE = """
SELECT l.id::text, v.what, v.expected, v.found
FROM loan l
LEFT JOIN (
  SELECT aggregate_id, count(*) AS events, max(aggregate_version) AS version,
    count(*) FILTER (WHERE event_name = 'loan-disbursed') AS disbursed,
    count(*) FILTER (WHERE event_name = 'loan-closed') AS closed,
    count(*) FILTER (WHERE event_name = 'loan-restated' AND data->'before'->>'closed_on' IS NOT NULL
      AND data->'after'->>'closed_on' IS NULL
      OR event_name = 'recovery-reversed' AND (data->>'reopened')::boolean) AS reopened,
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
  ('closures published', (l.state = 'closed')::int + e.reopened, e.closed),
  ('compensation published', (l.compensated_on IS NOT NULL)::int::bigint, e.compensated),
  ('repayments published', coalesce(r.count, 0), e.repaid),
  ('recoveries published', coalesce(c.count, 0), e.recovered),
  ('defaults published', coalesce(d.count, 0), e.defaulted),
  ('default of a defaulted loan', true::int::bigint,
    CASE WHEN l.defaulted_on IS NULL THEN 1 ELSE least(coalesce(d.count, 0), 1) END)
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
LEFT JOIN (SELECT repayment_id, sum(penalty) AS penalty, sum(interest) AS interest, sum(principal) AS principal
           FROM repayment_part GROUP BY 1) p ON p.repayment_id = r.id
CROSS JOIN LATERAL (VALUES
  ('amount = penalty + interest + principal + held + refunded',
    r.penalty + r.interest + r.principal + r.held + r.refunded,
    CASE WHEN r.reversed_on IS NULL THEN r.amount ELSE 0 END),
  ('penalty of its parts', coalesce(p.penalty, 0), r.penalty),
  ('interest of its parts', coalesce(p.interest, 0), r.interest),
  ('principal of its parts', coalesce(p.principal, 0), r.principal)
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
    UNION ALL
    SELECT bank_code, bank_reference, concat_ws(' ', 'refund', id, loan_id, decided_on, amount) FROM refund
    WHERE state = 'confirmed'
  ) booked (bank_code, bank_reference, content) GROUP BY 1, 2
) p
FULL JOIN bank_reference r USING (bank_code, bank_reference)
CROSS JOIN LATERAL (VALUES
  ('postings with one bank reference', '1', p.postings::text),
  ('what the reference stands for', p.content,
    concat_ws(' ', r.entry, r.entry_id, r.loan_id, r.booked_on, r.amount))
) AS v (what, expected, found)
"""
# What a repayment pays is what was published of it last: when it was recorded, or by a later restatement of its loan.
_PUBLISHED = """
SELECT coalesce(r.id::text, e.data->>'repayment_id'), v.what, v.expected, v.found
FROM repayment r
FULL JOIN (SELECT data, aggregate_version FROM outbox WHERE event_name = 'repayment-recorded') e
  ON e.data->>'repayment_id' = r.id::text
LEFT JOIN (SELECT DISTINCT ON (aggregate_id) aggregate_id, aggregate_version, data FROM outbox
           WHERE event_name = 'loan-restated' ORDER BY aggregate_id, aggregate_version DESC) a
  ON a.aggregate_id = r.loan_id AND a.aggregate_version > r.loan_version
LEFT JOIN LATERAL (
  SELECT paid FROM jsonb_array_elements(a.data->'repayments') AS paid WHERE paid->>'repayment_id' = r.id::text
) anew ON true
CROSS JOIN LATERAL (SELECT CASE WHEN a.data IS NULL THEN e.data ELSE anew.paid END AS paid) last
CROSS JOIN LATERAL (VALUES
  ('amount published', r.amount::text, e.data->>'amount'),
  ('penalty published', r.penalty::text, coalesce(last.paid->>'penalty', '0.00')),
  ('surcharge published', r.surcharge::text, coalesce(last.paid->>'surcharge', r.surcharge::text)),
  ('interest published', r.interest::text, coalesce(last.paid->>'interest', '0.00')),
  ('principal published', r.principal::text, coalesce(last.paid->>'principal', '0.00')),
  ('held published', r.held::text, coalesce(last.paid->>'held', '0.00')),
  ('refunded published', r.refunded::text, coalesce(last.paid->>'refunded', '0.00')),
  ('counts as published', (r.reversed_on IS NULL)::text, (last.paid IS NOT NULL)::text),
  ('kind published', r.kind, e.data->>'kind'),
  ('day published', r.paid_on::text, e.data->>'paid_on'),
  ('payer published', r.payer, coalesce(e.data->>'payer', 'borrower')),
  ('version published', r.loan_version::text, e.aggregate_version::text)
) AS v (what, expected, found)
"""


@check("L5", "还款拆分", "Every repayment is the sum of its parts, was booked once and published as it now stands")
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
    SELECT FROM installment i LEFT JOIN LATERAL (
      SELECT d.next_workday FROM (
        SELECT region_code, day, next_workday, known_at, NULL AS replaced_at FROM rest_day UNION ALL
        SELECT region_code, day, next_workday, known_at, replaced_at FROM former_rest_day) d
      WHERE d.region_code IN ('', l.county_code) AND d.day = i.due_on AND d.known_at <= c.confirmed_at
        AND (d.replaced_at IS NULL OR d.replaced_at > c.confirmed_at)
      ORDER BY d.region_code DESC LIMIT 1) r ON true
    WHERE i.loan_id = l.id AND coalesce(r.next_workday, i.due_on) + 1 = c.overdue_from))
) AS v (what, is_so)
"""


@check("L7", "违约认定", "A default is confirmed late enough, by a second person, with the figures of that day")
async def defaults(world: World, found: Findings) -> None:
    """Check every confirmed default, and its figures by a replay of what was known then."""
    await found.sql(world["lending"], _DEFAULTS)
    await take(world, found, "L7")


_CLOSED = """
SELECT id::text, 'closed or cancelled ⇔ nothing is owed', owes_nothing, state IN ('closed', 'cancelled')
FROM loan CROSS JOIN LATERAL (
  SELECT principal_outstanding = 0 AND CASE
    WHEN compensated_on IS NULL THEN interest_paid = interest_charged AND penalty_paid = penalty_accrued
    ELSE principal_recovered = principal_compensated AND interest_recovered = interest_compensated
  END AS owes_nothing
) o
"""


@check("L8", "结清", "Closed, or cancelled, ⇔ nothing is owed")
async def closed(world: World, found: Findings) -> None:
    """Compare every loan's state with what it owes."""
    await found.sql(world["lending"], _CLOSED)


_RECOVERED = """
SELECT l.id::text, v.what, true, v.is_so
FROM loan l
LEFT JOIN (SELECT loan_id, sum(principal) AS principal, sum(interest) AS interest, min(recovered_on) AS first_on,

             bool_and(principal + interest = CASE WHEN reversed_on IS NULL THEN amount ELSE 0 END) AS adds_up,
             array_agg(DISTINCT claim_id) AS claims
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
