"""What was taken back, refunded or withdrawn: by two persons, published once, and no more than there is (L11)."""

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

_REVERSED = """
SELECT coalesce(r.id, v.repayment_id)::text, w.what, w.expected, w.found
FROM (SELECT * FROM repayment WHERE reversed_on IS NOT NULL) r
FULL JOIN (SELECT * FROM repayment_reversal WHERE state = 'confirmed') v ON v.repayment_id = r.id
CROSS JOIN LATERAL (
  SELECT count(*) AS times FROM outbox e
  WHERE e.event_name = 'loan-restated' AND e.aggregate_id = coalesce(r.loan_id, v.loan_id)
    AND e.data->'reversed_repayments' ? coalesce(r.id, v.repayment_id)::text
) e
CROSS JOIN LATERAL (VALUES
  ('taken back on the day of the decision', v.decided_on::text, r.reversed_on::text),
  ('on the loan it was recorded on', v.loan_id::text, r.loan_id::text),
  ('published as taken back', '1', e.times::text)
) AS w (what, expected, found)
"""
# Proposals and refusals too: no person decides what that person proposed.
_DECIDED = """
SELECT c.id::text, w.what, true, w.is_so
FROM (
  SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM repayment_reversal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM refund
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM default_withdrawal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM disbursement_reversal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM write_off
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM write_off_withdrawal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM recovery_reversal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM remission
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM remission_reversal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM misuse
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM misuse_termination
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM misuse_reversal
  UNION ALL SELECT id, state, proposed_by, proposed_on, decided_by, decided_on, reason FROM county_days
) c
CROSS JOIN LATERAL (VALUES
  ('decided by another person', c.state NOT IN ('confirmed', 'refused') OR c.decided_by <> c.proposed_by),
  ('withdrawn by who proposed it', c.state <> 'withdrawn' OR c.decided_by = c.proposed_by),
  ('decided on or after the proposal', c.decided_on IS NULL OR c.decided_on >= c.proposed_on),
  ('with a reason', c.reason <> '')
) AS w (what, is_so)
"""
_ONCE = """
SELECT r.id::text, 'confirmed reversals', (r.reversed_on IS NOT NULL)::int::bigint, count(v.id)
FROM repayment r LEFT JOIN repayment_reversal v ON v.repayment_id = r.id AND v.state = 'confirmed'
GROUP BY r.id, r.reversed_on
"""
# What was booked in the place of a repayment taken back is what two persons decided.
_REPLACED = """
SELECT v.id::text, 'booked in the place of a repayment taken back',
  concat_ws(' ', v.right_loan_id, v.right_reference, v.right_kind, v.right_paid_on, v.right_amount, v.right_payer,
    v.right_payer_name, v.proposed_by),
  concat_ws(' ', r.loan_id, r.bank_reference, r.kind, r.paid_on, r.amount, r.payer, r.payer_name, r.recorded_by)
FROM repayment_reversal v LEFT JOIN repayment r ON r.id = v.replaced_by
WHERE v.state = 'confirmed' AND v.right_loan_id IS NOT NULL
"""
# A default that was confirmed and never stood was published as lifted for that cause, once.
_WITHDRAWN = """
SELECT coalesce(r.id, w.report_id)::text, v.what, v.expected, v.found
FROM (SELECT r.*, c.report_id IS NOT NULL AS was_confirmed FROM default_report r
      LEFT JOIN default_confirmation c ON c.report_id = r.id WHERE r.withdrawn_on IS NOT NULL) r
FULL JOIN (SELECT * FROM default_withdrawal WHERE state = 'confirmed') w ON w.report_id = r.id
CROSS JOIN LATERAL (
  SELECT count(*) AS times FROM outbox e
  WHERE e.event_name = 'default-lifted' AND e.aggregate_id = r.loan_id AND e.data->>'cause' = 'withdrawn'
    AND e.data->>'default_report_id' = r.id::text
) e
CROSS JOIN LATERAL (VALUES
  ('withdrawn on the day of the decision', w.decided_on::text, r.withdrawn_on::text),
  ('published as withdrawn', (r.was_confirmed)::int::text, e.times::text)
) AS v (what, expected, found)
"""
# A loan is cancelled by one decision, published once, and stands for no application any more.
_CANCELLED = """
SELECT coalesce(l.id, v.loan_id)::text, w.what, w.expected, w.found
FROM (SELECT * FROM loan WHERE cancelled_on IS NOT NULL) l
FULL JOIN (SELECT * FROM disbursement_reversal WHERE state = 'confirmed') v ON v.loan_id = l.id
CROSS JOIN LATERAL (
  SELECT count(*) AS times FROM outbox e
  WHERE e.event_name = 'disbursement-reversed' AND e.aggregate_id = coalesce(l.id, v.loan_id)
) e
CROSS JOIN LATERAL (VALUES
  ('cancelled on the day of the decision', v.decided_on::text, l.cancelled_on::text),
  ('published as taken back', '1', e.times::text),
  ('applications that stand for it', '0', (SELECT count(*) FROM application a WHERE a.loan_id = l.id)::text)
) AS w (what, expected, found)
"""
# A loan is written off by the newest decision that nobody took back; each of them is published once.
_WRITTEN_OFF = """
SELECT l.id::text, w.what, w.expected, w.found
FROM loan l
LEFT JOIN (
  SELECT v.loan_id, count(*) AS decisions, count(b.id) AS taken_back,
    max(v.decided_on) FILTER (WHERE b.id IS NULL) AS since_on, count(*) FILTER (WHERE b.id IS NULL) AS in_force
  FROM write_off v LEFT JOIN write_off_withdrawal b ON b.write_off_id = v.id AND b.state = 'confirmed'
  WHERE v.state = 'confirmed' GROUP BY v.loan_id
) d ON d.loan_id = l.id
LEFT JOIN (
  SELECT aggregate_id, count(*) FILTER (WHERE event_name = 'loan-written-off') AS times,
    count(*) FILTER (WHERE event_name = 'write-off-withdrawn') AS times_back
  FROM outbox WHERE event_name IN ('loan-written-off', 'write-off-withdrawn') GROUP BY 1
) e ON e.aggregate_id = l.id
CROSS JOIN LATERAL (VALUES
  ('written off since the decision', d.since_on::text, l.written_off_on::text),
  ('write-offs published', coalesce(d.decisions, 0)::text, coalesce(e.times, 0)::text),
  ('withdrawals published', coalesce(d.taken_back, 0)::text, coalesce(e.times_back, 0)::text),
  ('written off once at most', 'true', (coalesce(d.in_force, 0) <= 1)::text)
) AS w (what, expected, found)
WHERE d.loan_id IS NOT NULL OR e.aggregate_id IS NOT NULL OR l.written_off_on IS NOT NULL
"""
# A recovery is taken back by one decision, and what those that stand pay is what was published of it.
_UNRECOVERED = """
SELECT coalesce(r.id, v.recovery_id)::text, w.what, w.expected, w.found
FROM (SELECT * FROM recovery WHERE reversed_on IS NOT NULL) r
FULL JOIN (SELECT * FROM recovery_reversal WHERE state = 'confirmed') v ON v.recovery_id = r.id
CROSS JOIN LATERAL (
  SELECT count(*) AS times FROM outbox e
  WHERE e.event_name = 'recovery-reversed' AND e.data->>'recovery_id' = coalesce(r.id, v.recovery_id)::text
) e
CROSS JOIN LATERAL (VALUES
  ('taken back on the day of the decision', v.decided_on::text, r.reversed_on::text),
  ('on the loan it was recorded on', v.loan_id::text, r.loan_id::text),
  ('published as taken back', '1', e.times::text)
) AS w (what, expected, found)
UNION ALL
SELECT r.id::text, 'principal published', coalesce(s.principal, (b.data->>'principal')::numeric)::text,
  r.principal::text
FROM recovery r
JOIN outbox b ON b.event_name = 'recovery-recorded' AND b.data->>'recovery_id' = r.id::text
LEFT JOIN LATERAL (
  SELECT (each->>'principal')::numeric AS principal
  FROM outbox e, jsonb_array_elements(e.data->'counted') each
  WHERE e.event_name = 'recovery-reversed' AND e.aggregate_id = r.loan_id AND each->>'recovery_id' = r.id::text
  ORDER BY e.aggregate_version DESC LIMIT 1
) s ON true
WHERE r.reversed_on IS NULL
"""
_REFUNDED = """
SELECT l.id::text, 'refunded ≤ received', least(b.amount, r.amount), b.amount
FROM loan l
JOIN (SELECT loan_id, sum(amount) AS amount FROM refund WHERE state = 'confirmed' GROUP BY 1) b ON b.loan_id = l.id
LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM repayment GROUP BY 1) r ON r.loan_id = l.id
"""


@check(
    "L11", "冲正与退款", "Taken back, refunded or withdrawn only by two persons, once, and published as it was decided"
)
async def corrections(world: World, found: Findings) -> None:
    """Compare repayments taken back and money refunded with the decisions about them and with what was published."""
    statements = (_REVERSED, _DECIDED, _ONCE, _REPLACED, _WITHDRAWN, _CANCELLED, _WRITTEN_OFF, _UNRECOVERED, _REFUNDED)
    for statement in statements:
        await found.sql(world["lending"], statement)
