"""Programmes: budget, what is promised, paid and came back; claw-backs by what settled them (SB6)."""

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

# What entries and counter-lines make of each claw-back: its programme keeps money up to what is owed, the rest is held
# for who paid it. What was withdrawn keeps what it had, as far as there is money for it.
_KEPT = """
entered AS (
  SELECT clawback_id, coalesce(sum(CASE kind WHEN 'receipt' THEN amount WHEN 'refund' THEN -amount END), 0) AS money,
    coalesce(sum(amount) FILTER (WHERE kind = 'write_off'), 0) AS given_up, bool_or(kind = 'withdrawal') AS withdrawn
  FROM clawback_entry WHERE state = 'recorded' GROUP BY 1
), countered AS (
  SELECT clawback_id, -sum(amount) FILTER (WHERE live) AS offset_amount FROM subsidy_line
  WHERE kind = 'clawback' GROUP BY 1
), kept AS (
  SELECT c.id, coalesce(e.money, 0) AS money, coalesce(e.given_up, 0) AS given_up, coalesce(e.withdrawn, false)
      AS withdrawn, coalesce(o.offset_amount, 0) AS offset_amount, least(coalesce(e.money, 0),
      c.amount - coalesce(o.offset_amount, 0) - coalesce(e.given_up, 0),
      CASE WHEN e.withdrawn THEN c.received_amount END) AS kept
  FROM clawback c LEFT JOIN entered e ON e.clawback_id = c.id LEFT JOIN countered o ON o.clawback_id = c.id
)"""
_BUDGET = f"""
WITH {_KEPT}
SELECT p.id::text, v.what, v.expected, v.found
FROM programme p
LEFT JOIN (SELECT programme_id, sum(amount_paid) AS paid,
             sum(amount - amount_paid - amount_reduced) FILTER (WHERE state IN ('approved', 'paying')) AS committed
           FROM subsidy_batch GROUP BY 1) b ON b.programme_id = p.id
LEFT JOIN (SELECT s.programme_id, sum(k.kept) AS back
           FROM kept k JOIN clawback c USING (id) JOIN subsidy_line o ON o.id = c.line_id
           JOIN subsidy_batch s ON s.id = o.batch_id GROUP BY 1) m ON m.programme_id = p.id
CROSS JOIN LATERAL (VALUES
  ('paid', coalesce(b.paid, 0), p.paid), ('committed', coalesce(b.committed, 0), p.committed),
  ('returned by claw-backs', coalesce(m.back, 0), p.returned),
  ('paid and committed ≤ budget and what came back', least(p.paid + p.committed, p.budget + coalesce(m.back, 0)),
    p.paid + p.committed)
) AS v (what, expected, found)
"""
_CLAWBACKS = f"""
WITH {_KEPT}
SELECT c.id::text, v.what, v.expected, v.found
FROM clawback c JOIN kept k USING (id)
LEFT JOIN subsidy_line o ON o.id = c.line_id
CROSS JOIN LATERAL (VALUES
  ('offset by counter-lines', k.offset_amount, c.offset_amount),
  ('paid back in money', k.kept, c.received_amount),
  ('held to be refunded', k.money - k.kept, c.held_amount),
  ('given up', k.given_up, c.written_off_amount),
  ('withdrawn', CASE WHEN k.withdrawn THEN c.amount - k.offset_amount - k.given_up - k.kept ELSE 0 END,
    c.withdrawn_amount),
  ('counts as taken back by the facts once withdrawn', CASE WHEN k.withdrawn THEN k.offset_amount + k.kept
    ELSE c.by_facts END, c.by_facts),
  ('withdrawn by an entry', k.withdrawn::int::numeric, (c.state = 'withdrawn')::int::numeric),
  ('at most what the line paid', least(c.amount, o.amount), c.amount),
  ('decided by one person only', 0::numeric, (c.approved_by = c.proposed_by)::int::numeric)
) AS v (what, expected, found)
WHERE NOT (v.what = 'decided by one person only' AND c.approved_by IS NULL)
UNION ALL
SELECT o.id::text, 'clawed back in all, at most what the line paid',
  least(o.amount, sum(c.amount - c.withdrawn_amount)), sum(c.amount - c.withdrawn_amount)
FROM clawback c JOIN subsidy_line o ON o.id = c.line_id WHERE c.state <> 'refused' GROUP BY o.id, o.amount
UNION ALL
SELECT p.id::text, v.what, v.expected, v.found
FROM clawback_plan p JOIN clawback c ON c.id = p.clawback_id
LEFT JOIN (SELECT plan_id, sum(amount) AS amount FROM clawback_instalment GROUP BY 1) i ON i.plan_id = p.id
CROSS JOIN LATERAL (VALUES
  ('instalments = what was open', coalesce(c.amount - p.settled_before, i.amount), i.amount),
  ('a plan decided by one person only', 0::numeric, (p.decided_by IS NOT DISTINCT FROM p.proposed_by)::int::numeric)
) AS v (what, expected, found)
"""


@check(
    "SB6",
    "贴息预算",
    "Paid, committed and returned are the sums behind them, never above the budget; claw-backs are offset or paid",
)
async def budget(world: World, found: Findings) -> None:
    """Recompute each programme's money and each claw-back."""
    await found.sql(world["subsidy"], _BUDGET)
    await found.sql(world["subsidy"], _CLAWBACKS)
    paid = "SELECT coalesce(sum(amount), 0.00)::text FROM payment_instruction WHERE state = 'paid'"
    world.figures["subsidy_paid"] = await world["subsidy"].value(paid)
