"""Programmes: budget, what is promised, paid and came back; claw-backs by what settled them (SB6)."""

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.subsidy_benefits import BENEFITS
from tools.reconcile.world import World

# What two persons decided is all that moves a budget; who added alone did so before two were asked.
_ADJUSTED = """
SELECT p.id::text, v.what, v.expected, v.found
FROM programme p
LEFT JOIN (SELECT programme_id, bool_or(state = 'confirmed' AND NOT by_one AND confirmed_by = recorded_by) AS one_hand,
             count(*) FILTER (WHERE state = 'confirmed' AND reverses IS NOT NULL) AS reversals,
             count(DISTINCT reverses) FILTER (WHERE state = 'confirmed') AS reversed
           FROM programme_supplement GROUP BY 1) a ON a.programme_id = p.id
LEFT JOIN (SELECT programme_id, sum(amount) AS amount FROM programme_source GROUP BY 1) s ON s.programme_id = p.id
LEFT JOIN (SELECT programme_id, sum(CASE kind WHEN 'carry_over' THEN amount ELSE -amount END) AS amount,
             bool_or(decided_by = proposed_by) AS one_hand
           FROM programme_closing WHERE state = 'confirmed' AND amount > 0 GROUP BY 1) o ON o.programme_id = p.id
LEFT JOIN (SELECT into_id, sum(CASE kind WHEN 'carry_over' THEN amount ELSE -amount END) AS amount
           FROM programme_closing WHERE state = 'confirmed' GROUP BY 1) i ON i.into_id = p.id
LEFT JOIN (SELECT DISTINCT ON (programme_id) programme_id, CASE kind WHEN 'close' THEN 1 ELSE 0 END AS closed
           FROM programme_closing WHERE state = 'confirmed' AND kind IN ('close', 'reopen')
           ORDER BY programme_id, id DESC) c ON c.programme_id = p.id
CROSS JOIN LATERAL (VALUES
  ('budget of its sources', coalesce(s.amount, p.budget), p.budget),
  ('carried over to later years', coalesce(o.amount, 0), p.carried_out),
  ('carried over from earlier years', coalesce(i.amount, 0), p.carried_in),
  ('closed by two persons', coalesce(c.closed, 0)::numeric, (p.closed_on IS NOT NULL)::int::numeric),
  ('adjusted or carried over by one person', 0::numeric,
    (coalesce(a.one_hand, false) OR coalesce(o.one_hand, false))::int::numeric),
  ('each adjustment taken back once', coalesce(a.reversals, 0)::numeric, coalesce(a.reversed, 0)::numeric)
) AS v (what, expected, found)
"""
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
# What projects cost: claims that were approved and grants that were paid, less what came back of violating ones.
PROJECTS = """
WITH claimed AS (
  SELECT a.project_id, sum(c.amount) AS amount FROM project_step a
  CROSS JOIN LATERAL (SELECT amount FROM project_step d
    WHERE d.project_id = a.project_id AND d.number < a.number AND d.step = 'reimbursement' AND d.outcome = 'done'
      AND NOT d.struck ORDER BY d.number DESC LIMIT 1) c
  WHERE a.step = 'reimbursement' AND a.outcome = 'approve' AND NOT a.struck GROUP BY 1
), granted AS (
  SELECT project_id, coalesce(sum(amount) FILTER (WHERE state IN ('paid', 'taken_back')), 0) AS paid,
    coalesce(sum(amount) FILTER (WHERE state = 'approved'), 0) AS pending FROM household_grant GROUP BY 1
), received AS (
  SELECT m.project_id, sum(r.amount) AS amount FROM project_receipt r JOIN project_measure m ON m.id = r.measure_id
  WHERE r.reversed_on IS NULL GROUP BY 1
), money AS (
  SELECT project_id, sum(amount) AS amount, sum(committed) AS committed, sum(paid) AS paid FROM project_money GROUP BY 1
), derived AS (
  SELECT p.id, p.state, m.amount, m.committed, m.paid, coalesce(g.pending, 0) AS pending,
    coalesce(c.amount, 0) + coalesce(g.paid, 0) - coalesce(r.amount, 0) AS cost
  FROM project p JOIN money m ON m.project_id = p.id LEFT JOIN claimed c ON c.project_id = p.id
  LEFT JOIN granted g ON g.project_id = p.id LEFT JOIN received r ON r.project_id = p.id
)
SELECT d.id::text, v.what, v.expected, v.found
FROM derived d CROSS JOIN LATERAL (VALUES
  ('paid for a project', d.cost, d.paid),
  ('committed to a project', CASE
    WHEN d.state IN ('planned', 'applied', 'designed', 'refused', 'withdrawn') THEN 0
    WHEN d.state IN ('reimbursed', 'stopped') THEN d.pending ELSE d.amount - d.cost END, d.committed)
) AS v (what, expected, found)
"""
BUDGET = f"""
WITH {_KEPT}
SELECT p.id::text, v.what, v.expected, v.found
FROM programme p
LEFT JOIN (SELECT programme_id, sum(amount_paid) AS paid,
             sum(amount - amount_paid - amount_reduced) FILTER (WHERE state IN ('approved', 'paying')) AS committed
           FROM subsidy_batch GROUP BY 1) b ON b.programme_id = p.id
LEFT JOIN (SELECT coalesce(c.programme_id, s.programme_id) AS programme_id, sum(k.kept) AS back
           FROM kept k JOIN clawback c USING (id) LEFT JOIN subsidy_line o ON o.id = c.line_id
           LEFT JOIN subsidy_batch s ON s.id = o.batch_id GROUP BY 1) m ON m.programme_id = p.id
LEFT JOIN (SELECT programme_id, sum(paid) AS paid, sum(committed) AS committed FROM project_money GROUP BY 1) j
  ON j.programme_id = p.id
CROSS JOIN LATERAL (VALUES
  ('paid', coalesce(b.paid, 0) + coalesce(j.paid, 0), p.paid),
  ('committed', coalesce(b.committed, 0) + coalesce(j.committed, 0), p.committed),
  ('returned by claw-backs', coalesce(m.back, 0), p.returned),
  ('paid, committed and carried on ≤ budget, carried in and what came back', least(p.paid + p.committed + p.carried_out,
    p.budget + p.carried_in + coalesce(m.back, 0)), p.paid + p.committed + p.carried_out)
) AS v (what, expected, found)
"""
_CLAWBACKS = f"""
WITH {_KEPT}
SELECT c.id::text, v.what, v.expected, v.found
FROM clawback c JOIN kept k USING (id)
LEFT JOIN subsidy_line o ON o.id = c.line_id
LEFT JOIN household_grant g ON g.id = c.grant_id
LEFT JOIN payment_instruction d ON d.id = c.instruction_id AND d.state = 'doubled'
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
  ('at most what the line, grant or second transfer paid', least(c.amount, coalesce(o.amount, g.amount, d.amount)),
    c.amount),
  ('decided by one person only', 0::numeric, (c.approved_by = c.proposed_by)::int::numeric)
) AS v (what, expected, found)
WHERE NOT (v.what = 'decided by one person only' AND c.approved_by IS NULL)
UNION ALL
SELECT o.id::text, 'clawed back in all, at most what the line paid',
  least(o.amount, sum(c.amount - c.withdrawn_amount)), sum(c.amount - c.withdrawn_amount)
FROM clawback c JOIN subsidy_line o ON o.id = c.line_id WHERE c.state <> 'refused' GROUP BY o.id, o.amount
UNION ALL
SELECT i.id::text, 'paid twice and owed back', i.amount, c.amount
FROM payment_instruction i LEFT JOIN clawback c ON c.instruction_id = i.id WHERE i.state = 'doubled'
UNION ALL
SELECT i.id::text, 'rejected and paid after all by the word of two', 1, count(r.id)::numeric
FROM payment_instruction i
LEFT JOIN reversal r ON r.subject = 'rejected_transfer' AND r.subject_id = i.id AND r.state = 'confirmed'
  AND r.decided_by <> r.proposed_by AND r.amount = i.amount
WHERE i.state = 'doubled' OR i.state = 'paid' AND EXISTS (
  SELECT FROM reversal e WHERE e.subject = 'rejected_transfer' AND e.subject_id = i.id) GROUP BY i.id
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
    """Recompute each programme's money, each claw-back, and what projects, grants, agreements and dividends come to."""
    for statement in (PROJECTS, BUDGET, _ADJUSTED, _CLAWBACKS, *BENEFITS):
        await found.sql(world["subsidy"], statement)
    paid = "SELECT coalesce(sum(amount), 0.00)::text FROM payment_instruction WHERE state = 'paid'"
    world.figures["subsidy_paid"] = await world["subsidy"].value(paid)
