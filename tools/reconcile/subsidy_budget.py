"""Programmes: budget, what is promised, paid and came back; claw-backs by what settled them (SB6)."""

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.world import World

_BUDGET = """
SELECT p.id::text, v.what, v.expected, v.found
FROM programme p
LEFT JOIN (SELECT programme_id, sum(amount_paid) AS paid,
             sum(amount - amount_paid - amount_reduced) FILTER (WHERE state IN ('approved', 'paying')) AS committed
           FROM subsidy_batch GROUP BY 1) b ON b.programme_id = p.id
LEFT JOIN (SELECT s.programme_id, sum(e.amount) FILTER (WHERE e.kind = 'receipt') AS back
           FROM clawback_entry e JOIN clawback c ON c.id = e.clawback_id JOIN subsidy_line o ON o.id = c.line_id
           JOIN subsidy_batch s ON s.id = o.batch_id WHERE e.state = 'recorded' GROUP BY 1) m ON m.programme_id = p.id
CROSS JOIN LATERAL (VALUES
  ('paid', coalesce(b.paid, 0), p.paid), ('committed', coalesce(b.committed, 0), p.committed),
  ('returned by claw-backs', coalesce(m.back, 0), p.returned),
  ('paid and committed ≤ budget and what came back', least(p.paid + p.committed, p.budget + coalesce(m.back, 0)),
    p.paid + p.committed)
) AS v (what, expected, found)
"""
_CLAWBACKS = """
SELECT c.id::text, v.what, v.expected, v.found
FROM clawback c
LEFT JOIN (SELECT clawback_id, -sum(amount) FILTER (WHERE live) AS offset_amount FROM subsidy_line
           WHERE kind = 'clawback' GROUP BY 1) l ON l.clawback_id = c.id
LEFT JOIN (SELECT clawback_id, sum(amount) FILTER (WHERE kind = 'receipt') AS received,
             sum(amount) FILTER (WHERE kind = 'write_off') AS given_up
           FROM clawback_entry WHERE state = 'recorded' GROUP BY 1) e ON e.clawback_id = c.id
LEFT JOIN subsidy_line o ON o.id = c.line_id
CROSS JOIN LATERAL (VALUES
  ('offset by counter-lines', coalesce(l.offset_amount, 0), c.offset_amount),
  ('paid back in money', coalesce(e.received, 0), c.received_amount),
  ('given up', coalesce(e.given_up, 0), c.written_off_amount),
  ('at most what the line paid', least(c.amount, o.amount), c.amount),
  ('decided by one person only', 0::numeric, (c.approved_by = c.proposed_by)::int::numeric)
) AS v (what, expected, found)
WHERE NOT (v.what = 'decided by one person only' AND c.approved_by IS NULL)
UNION ALL
SELECT o.id::text, 'clawed back in all, at most what the line paid', least(o.amount, sum(c.amount)), sum(c.amount)
FROM clawback c JOIN subsidy_line o ON o.id = c.line_id WHERE c.state <> 'refused' GROUP BY o.id, o.amount
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
