"""Subsidy batches: lines worked out anew, no day twice, hands that differ, payments, budget (SB1 to SB6)."""

import bisect
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.packs import Pack
from tools.reconcile.schedule import rate
from tools.reconcile.subsidy_days import Changed, Crowded, changed_rates, crowded_loans, steps
from tools.reconcile.subsidy_listings import Entry, blacklisted, spells
from tools.reconcile.subsidy_rule import Loan, Part, cap_column, reimbursed
from tools.reconcile.world import World

_HEADERS = """
SELECT b.id::text, v.what, v.expected, v.found
FROM subsidy_batch b
LEFT JOIN (SELECT batch_id, count(*) AS lines, sum(interest) AS interest, sum(amount) AS amount
           FROM subsidy_line GROUP BY 1) l ON l.batch_id = b.id
LEFT JOIN (SELECT batch_id, count(*) AS households FROM (
             SELECT batch_id, household_id FROM subsidy_line GROUP BY 1, 2 HAVING sum(amount) > 0) h GROUP BY 1) h
  ON h.batch_id = b.id
CROSS JOIN LATERAL (VALUES
  ('lines', coalesce(l.lines, 0)::numeric, b.lines::numeric),
  ('households', coalesce(h.households, 0)::numeric, b.households::numeric),
  ('interest', coalesce(l.interest, 0), b.interest), ('amount', coalesce(l.amount, 0), b.amount)
) AS v (what, expected, found)
"""
_LINES = """
SELECT l.id::text AS id, l.repayment_id::text AS repayment_id, l.installment_number, l.live, l.kind AS line_kind,
  l.loan_id::text AS loan_id, p.superseded_by IS NULL AS counts, (l.interest * 100)::bigint AS interest,
  ((l.amount + l.granted_before) * 100)::bigint AS amount, b.prepared_at, b.prepared_on, (100 * (
    SELECT sum(o.amount - coalesce((SELECT sum(c.by_facts) FROM clawback c
        WHERE c.line_id = o.id AND c.state <> 'refused' AND c.proposed_at < b.prepared_at), 0)
      - coalesce((SELECT sum(r.amount) FROM payment_reduction r LEFT JOIN payment_run u ON u.id = r.run_id
        LEFT JOIN batch_termination n ON n.id = r.termination_id
        LEFT JOIN returned_transfer w ON w.id = r.withdrawn_return_id
        WHERE r.line_id = o.id AND coalesce(u.started_at, n.decided_at, w.withdrawn_at) < b.prepared_at), 0))
    FROM subsidy_line o JOIN subsidy_batch e ON e.id = o.batch_id
    WHERE o.repayment_id = l.repayment_id AND o.installment_number = l.installment_number AND o.live
      AND o.kind <> 'clawback' AND e.prepared_at <= b.prepared_at))::bigint AS granted,
  a.household_id::text AS household_id, a.village_code, (a.principal * 100)::bigint AS principal,
  trim_scale(a.annual_rate)::text AS annual_rate, a.term_months, a.disbursed_on, a.pack_version,
  a.product_code, a.legacy_rule, (p.amount * 100)::bigint AS paid, p.period_from,
  p.period_until, p.kind, CASE WHEN b.asks_who_paid AND NOT EXISTS (
    SELECT FROM subsidy_line o JOIN subsidy_batch e ON e.id = o.batch_id
    WHERE o.repayment_id = l.repayment_id AND o.installment_number = l.installment_number AND o.live
      AND o.kind = 'interest' AND NOT e.asks_who_paid) THEN p.payer ELSE 'borrower' END AS payer, a.without_subsidy,
  EXISTS (
    SELECT FROM subsidy_line e JOIN interest_payment i USING (repayment_id, installment_number)
    WHERE e.household_id = l.household_id AND e.batch_id < l.batch_id AND e.live AND e.amount > 0
      AND i.superseded_by IS NULL
      AND date_part('year', i.paid_on) = date_part('year', p.paid_on)) AS is_served
FROM subsidy_line l
JOIN subsidy_batch b ON b.id = l.batch_id
JOIN subsidy_account a ON a.loan_id = l.loan_id
LEFT JOIN interest_payment p ON p.repayment_id = l.repayment_id AND p.installment_number = l.installment_number
  AND p.loan_version = l.part_version
WHERE l.kind <> 'clawback'
"""
# What a line says it was worked out from must give its amount; lines of before that was kept say nothing.
_DERIVED = """
SELECT l.id::text, v.what, v.expected, v.found
FROM subsidy_line l JOIN subsidy_account a USING (loan_id) CROSS JOIN LATERAL (
  SELECT coalesce(sum(upper(r) - lower(r)), 0) AS days FROM unnest(l.subsidised_days) AS r) s CROSS JOIN LATERAL (VALUES
  ('amount by its own derivation', round(l.covered * l.share_days * l.principal_kept * l.rate_kept
    / (l.days * a.principal * l.rate_borne), 2), l.amount + l.granted_before),
  ('days by its own derivation', CASE WHEN l.covered > 0 THEN s.days ELSE 0 END::numeric, l.eligible_days::numeric)
) AS v (what, expected, found)
WHERE l.kind = 'interest' AND l.covered IS NOT NULL
"""
# The states as registry published them, each from the instant at which subsidy knew it.
_MARKS = """
SELECT event_id::text, aggregate_id::text, aggregate_version, data->>'state', (data->>'effective_from')::date
FROM outbox WHERE event_name = 'household-status-changed'
UNION ALL
SELECT event_id::text, household->>'household_id', 0, household->>'state', (household->>'effective_from')::date
FROM outbox CROSS JOIN LATERAL jsonb_array_elements(data->'households') AS household
WHERE event_name = 'households-registered'
"""
_KNOWN_AT = """
SELECT event_id::text, applied_at FROM inbox
WHERE consumer = 'subsidy-registry' AND event_name IN ('household-status-changed', 'households-registered')
  AND state = 'applied'
"""
_RATES = """
SELECT r.basis, r.effective_from, r.up_to_1y::text, r.over_1y_to_5y::text, r.over_5y::text, r.published_at,
  n.published_at AS corrected_at
FROM reference_rate r LEFT JOIN reference_rate n ON n.corrects = r.rate_id ORDER BY r.effective_from
"""
COLUMNS = ("up_to_1y", "over_1y_to_5y", "over_5y")


@check(
    "SB1", "贴息明细", "Batches are the sums of their lines; every line worked out anew from interest, states and pack"
)
async def batches(world: World, found: Findings) -> None:
    """Add up batches, and work out each line from lending's repayments and registry's household states."""
    for statement in (_HEADERS, _DERIVED):
        await found.sql(world["subsidy"], statement)
    marks = await _marks(world)
    published = [tuple(row) for row in await world["subsidy"].rows(_RATES)]
    known = Known(published, await crowded_loans(world), await changed_rates(world), await blacklisted(world))
    later_lower = 0
    async for line in world["subsidy"].each(_LINES):
        pack = world.packs.of_version(line["village_code"], line["pack_version"])
        if pack is None or line["paid"] is None:
            found.differ(line["id"], "pack and interest payment of the line", "there", "missing")
            continue
        pack = world.packs.corrected(pack.product(line["product_code"]), line["prepared_on"])
        expected = _expected(line, marks, pack, known, line["prepared_at"])
        if line["line_kind"] == "supplement":
            is_due = not line["live"] or line["granted"] <= expected
            found.holds(line["id"], "granted with the supplement, fen", is_due, expected, line["granted"])
            continue
        found.equal(line["id"], "interest of the line, fen", line["paid"], line["interest"])
        found.equal(line["id"], "subsidy of the line, fen", expected, line["amount"])
        due_now = _expected(line, marks, pack, known, None) if line["counts"] else 0
        if line["live"] and due_now < line["amount"]:
            later_lower += 1
    if later_lower:
        found.notes.append(f"{later_lower} lines would be lower by facts that became known after they were prepared")


@dataclass(frozen=True, slots=True)
class Known:
    """What all lines are worked out from: published rates, overlapping instalments, rates that changed, listings."""

    published: list[tuple[Any, ...]]
    crowded: dict[str, Crowded]
    changed: dict[str, list[Changed]]
    listed: dict[str, list[Entry]]


Marks = dict[str, list[tuple[datetime, Any, int, str]]]


async def _marks(world: World) -> Marks:
    known_at = await world["subsidy"].map(_KNOWN_AT)
    marks: Marks = {}
    async for event_id, household_id, version, state, on in world["registry"].each(_MARKS):
        if event_id in known_at:
            marks.setdefault(household_id, []).append((known_at[event_id], on, version, state))
    return marks


def _expected(line: Any, marks: Marks, pack: Pack, facts: "Known", at: datetime | None) -> int:
    heard = marks.get(line["household_id"], ())
    known = tuple((on, version, state) for known_at, on, version, state in heard if at is None or known_at <= at)
    terms = line["term_months"], line["disbursed_on"], line["without_subsidy"], line["legacy_rule"]
    rates = steps(facts.changed.get(line["loan_id"], ()), at)
    loan = Loan(line["principal"], rate(line["annual_rate"]), *terms, rates)
    is_prepaid = line["kind"] == "prepayment"
    counted = line["paid"]
    if line["loan_id"] in facts.crowded:
        counted = (
            facts.crowded[line["loan_id"]].counted(at).get((line["repayment_id"], line["installment_number"]), counted)
        )
    part = Part(line["paid"], line["period_from"], line["period_until"], is_prepaid, line["paid"] - counted,
                line["payer"], line["is_served"])  # fmt: skip
    listed = spells(facts.listed.get(line["household_id"], ()), at)
    return reimbursed(part, loan, known, pack, _cap(pack, loan, facts.published, at), listed)


def _cap(pack: Pack, loan: Loan, published: list[tuple[Any, ...]], at: datetime | None) -> Fraction | None:
    """Return the published rate of the loan's day as it was known at an instant (None: now)."""
    named = cap_column(pack, loan.term_months)
    if named is None or named[1] not in COLUMNS:
        return None
    basis, place = named[0], 2 + COLUMNS.index(named[1])
    held = [row for row in published if (at is None or row[5] <= at) and not (row[6] and (at is None or row[6] <= at))]
    fitting = [row for row in held if row[0] == basis and row[place] is not None]
    reached = bisect.bisect_right([row[1] for row in fitting], loan.disbursed_on)
    return rate(fitting[reached - 1][place]) if reached else None


_PARTS_ONCE = """
SELECT repayment_id::text || ' ' || installment_number, 'live lines of one interest payment', least(count(*), 1),
  count(*)
FROM subsidy_line WHERE live AND kind = 'interest' GROUP BY repayment_id, installment_number
"""
# Of instalments whose days overlap no more is reimbursed than the contract bears for the days, each once. Looked at as
# of a loan's last line: what became known later is settled by its differences.
_OF_LOAN = """
SELECT l.loan_id::text, max(b.prepared_at), (100 * sum(l.interest - l.not_covered - l.granted_before) FILTER (WHERE
    p.superseded_by IS NULL))::bigint
FROM subsidy_line l JOIN subsidy_batch b ON b.id = l.batch_id
JOIN interest_payment p ON p.repayment_id = l.repayment_id AND p.installment_number = l.installment_number
  AND p.loan_version = l.part_version
WHERE l.live AND l.kind = 'interest' AND l.loan_id::text = ANY ($1::text[]) GROUP BY 1
"""
_SUBSIDISED = """
SELECT p.loan_id::text || ' ' || p.installment_number, sum(l.amount)
FROM subsidy_line l JOIN interest_payment p
  ON p.repayment_id = l.repayment_id AND p.installment_number = l.installment_number AND p.loan_version = l.part_version
WHERE l.live AND p.superseded_by IS NULL GROUP BY p.loan_id, p.installment_number
"""
_DUE = "SELECT loan_id::text || ' ' || number, interest_due FROM installment WHERE cancelled_on IS NULL"


@check("SB2", "不重复贴息", "No interest payment and no day is subsidised twice, and never more than fell due")
async def once(world: World, found: Findings) -> None:
    """Look for interest that is reimbursed a second time."""
    await found.sql(world["subsidy"], _PARTS_ONCE)
    crowded = await crowded_loans(world)
    for loan_id, at, granted in await world["subsidy"].rows(_OF_LOAN, list(crowded)):
        bound = sum(crowded[loan_id].counted(at).values())
        covered = granted or 0
        found.holds(loan_id, "subsidised ≤ contract interest of the days, fen", covered <= bound, bound, covered)
    due, passing = await world["lending"].map(_DUE), await world.passing("subsidy")
    for key, amount in (await world["subsidy"].map(_SUBSIDISED)).items():
        if key.split()[0] not in passing:
            most = due.get(key)
            found.holds(key, "subsidised ≤ interest due", most is not None and amount <= most, most, amount)


_HANDS = """
SELECT b.id::text, v.what, v.expected, v.found
FROM subsidy_batch b
LEFT JOIN (
  SELECT batch_id, count(*) FILTER (WHERE step = 'review' AND decision = 'approve') AS reviewed,
    count(*) FILTER (WHERE step = 'approval' AND decision = 'approve') AS approved,
    count(*) FILTER (WHERE decision = 'return') AS returned, count(DISTINCT decided_by) AS persons,
    count(*) AS decisions, array_agg(decided_by) AS hands
  FROM batch_decision GROUP BY 1
) d ON d.batch_id = b.id
LEFT JOIN (SELECT batch_id, count(*) FILTER (WHERE kind = 'return') AS returned,
    bool_or(decided_by = proposed_by) AS one_hand
  FROM batch_termination WHERE decision = 'approve' GROUP BY 1) n ON n.batch_id = b.id
CROSS JOIN LATERAL (VALUES
  ('different persons decided', coalesce(d.decisions, 0), coalesce(d.persons, 0)),
  ('decisions of the maker', 0::bigint, (b.prepared_by = ANY (coalesce(d.hands, '{}')))::int::bigint),
  ('reviewed before it went on', 1::bigint,
    CASE WHEN b.state IN ('reviewed', 'approved', 'paying', 'settled') THEN coalesce(d.reviewed, 0) ELSE 1 END),
  ('approved', (b.state IN ('approved', 'paying', 'settled'))::int::bigint,
    coalesce(d.approved, 0) - coalesce(n.returned, 0)),
  ('returned', (b.state = 'returned')::int::bigint, coalesce(d.returned, 0) + coalesce(n.returned, 0)),
  ('ended by one person', 0::bigint, coalesce(n.one_hand, false)::int::bigint),
  ('events of its approval', coalesce(d.approved, 0),
    (SELECT count(*) FROM outbox e WHERE e.aggregate_id = b.id AND e.event_name = 'subsidy-batch-approved')),
  ('settled by its last event', (b.state = 'settled')::int::bigint, (
    SELECT count(*) FROM outbox e WHERE e.aggregate_id = b.id AND e.event_name = 'subsidy-batch-settled'
      AND e.aggregate_version = b.version)),
  ('version = number of its events', (SELECT count(*) FROM outbox e WHERE e.aggregate_id = b.id), b.version::bigint)
) AS v (what, expected, found)
"""
# The header's seal, put together from the lines as they are now.
_SEALS = """
SELECT b.id::text, 'seal over the lines', coalesce(l.seal, ''), b.lines_hash
FROM subsidy_batch b
LEFT JOIN (
  SELECT batch_id, encode(sha256(convert_to(string_agg(array_to_string(ARRAY[id::text, kind, household_id::text,
    loan_id::text, repayment_id::text, installment_number::text, clawback_id::text, interest::text, amount::text], '|'),
    chr(10) ORDER BY id), 'UTF8')), 'hex') AS seal
  FROM subsidy_line GROUP BY 1
) l ON l.batch_id = b.id
"""
_LIVE = """
SELECT l.id::text, 'counts unless its batch was returned', b.state <> 'returned', l.live
FROM subsidy_line l JOIN subsidy_batch b ON b.id = l.batch_id
"""


@check("SB4", "贴息复核", "Prepared, reviewed and approved by three persons; the lines are those they saw")
async def hands(world: World, found: Findings) -> None:
    """Check decisions, seals and states of batches."""
    for statement in (_HANDS, _SEALS, _LIVE):
        await found.sql(world["subsidy"], statement)


_OWED = """
SELECT coalesce(l.batch_id, i.batch_id)::text || ' ' || coalesce(l.household_id, i.household_id), v.what, v.expected,
  v.found
FROM (SELECT s.batch_id, s.household_id, sum(s.amount) AS amount FROM (
        SELECT batch_id, household_id, amount FROM subsidy_line
        UNION ALL SELECT s.batch_id, s.household_id, -r.amount FROM payment_reduction r
          JOIN subsidy_line s ON s.id = r.line_id) s
      JOIN subsidy_batch b ON b.id = s.batch_id AND b.state IN ('paying', 'settled')
      GROUP BY 1, 2 HAVING sum(s.amount) <> 0) l
FULL JOIN (SELECT batch_id, household_id, sum(amount) FILTER (WHERE state IN ('sent', 'paid')) AS amount,
             sum(amount) FILTER (WHERE state = 'paid') AS paid, bool_or(state = 'rejected') AS rejected
           FROM payment_instruction GROUP BY 1, 2) i ON i.batch_id = l.batch_id AND i.household_id = l.household_id
LEFT JOIN subsidy_batch b ON b.id = coalesce(l.batch_id, i.batch_id)
CROSS JOIN LATERAL (VALUES
  ('instructed = its lines, or nothing while none stands', CASE WHEN i.amount IS NULL AND b.state = 'paying'
    THEN NULL ELSE l.amount END, i.amount),
  ('paid when the batch is settled', CASE WHEN b.state = 'settled' THEN l.amount ELSE i.paid END, i.paid)
) AS v (what, expected, found)
"""
_PAID = """
SELECT b.id::text, 'paid by confirmed instructions', coalesce(sum(i.amount) FILTER (WHERE i.state = 'paid'), 0),
  b.amount_paid
FROM subsidy_batch b LEFT JOIN payment_instruction i ON i.batch_id = b.id GROUP BY b.id, b.amount_paid
UNION ALL
SELECT b.id::text, 'reduced by its runs', coalesce(sum(r.amount), 0), b.amount_reduced
FROM subsidy_batch b LEFT JOIN subsidy_line l ON l.batch_id = b.id LEFT JOIN payment_reduction r ON r.line_id = l.id
GROUP BY b.id, b.amount_reduced
UNION ALL
SELECT r.id::text, 'amount of the run', coalesce(sum(i.amount), 0), r.amount
FROM payment_run r LEFT JOIN payment_instruction i ON i.run_id = r.id GROUP BY r.id, r.amount
UNION ALL
SELECT r.id::text, 'instructions of the run', count(i.id)::numeric, r.instructions::numeric
FROM payment_run r LEFT JOIN payment_instruction i ON i.run_id = r.id GROUP BY r.id, r.instructions
"""
# A transfer that came back: the household is owed it until another instruction stands, and its batch is not settled.
_CAME_BACK = """
SELECT i.id::text, v.what, v.expected, v.found
FROM payment_instruction i
LEFT JOIN (SELECT instruction_id, count(*) FILTER (WHERE withdrawn_on IS NULL) AS holding,
             bool_and(withdrawn_by <> recorded_by) AS two_hands, min(returned_on) AS first_on, max(amount) AS amount
           FROM returned_transfer GROUP BY 1) t ON t.instruction_id = i.id
CROSS JOIN LATERAL (VALUES
  ('came back by a notice that stands', coalesce(t.holding, 0)::numeric, (i.state = 'returned')::int::numeric),
  ('amount that came back', i.amount, coalesce(t.amount, i.amount)),
  ('came back before it was paid', 0::numeric, coalesce(t.first_on < i.settled_on, false)::int::numeric),
  ('withdrawn by one person only', 0::numeric, (t.two_hands IS FALSE)::int::numeric)
) AS v (what, expected, found)
UNION ALL
SELECT b.id::text, 'came back as its events say', coalesce(sum(t.amount), 0), (
  SELECT coalesce(sum((data->>'amount')::numeric), 0) FROM outbox e
  WHERE e.aggregate_id = b.id AND e.event_name = 'subsidy-transfers-returned')
FROM subsidy_batch b LEFT JOIN payment_instruction i ON i.batch_id = b.id
LEFT JOIN returned_transfer t ON t.instruction_id = i.id GROUP BY b.id
"""
_RETURNS = """
SELECT f.id::text, v.what, v.expected, v.found
FROM return_file f
LEFT JOIN (SELECT return_file_id, count(*) AS count, sum(amount) AS amount FROM returned_transfer GROUP BY 1) t
  ON t.return_file_id = f.id
LEFT JOIN (SELECT return_file_id, count(*) FILTER (WHERE NOT rejected) AS paid,
             count(*) FILTER (WHERE rejected) AS rejected, sum(amount) FILTER (WHERE NOT rejected) AS amount,
             sum(amount) FILTER (WHERE rejected) AS amount_rejected
           FROM (SELECT return_file_id, amount, state = 'rejected' OR id IN (
                   SELECT subject_id FROM reversal WHERE subject = 'rejected_transfer' AND state = 'confirmed')
                   AS rejected
                 FROM payment_instruction WHERE return_file_id IS NOT NULL) s GROUP BY 1) i ON i.return_file_id = f.id
LEFT JOIN (SELECT file_id, count(*) AS count FROM return_file_refusal GROUP BY 1) x ON x.file_id = f.id
CROSS JOIN LATERAL (VALUES
  ('paid', coalesce(i.paid, 0)::numeric, f.paid::numeric), ('amount paid', coalesce(i.amount, 0), f.amount_paid),
  ('rejected', coalesce(i.rejected, 0)::numeric, f.rejected::numeric),
  ('amount rejected', coalesce(i.amount_rejected, 0), f.amount_rejected),
  ('came back', coalesce(t.count, 0)::numeric, f.returned::numeric),
  ('amount that came back', coalesce(t.amount, 0), f.amount_returned),
  ('refused', coalesce(x.count, 0)::numeric, f.refused::numeric),
  ('lines', f.lines::numeric, (f.paid + f.rejected + f.returned + f.already_recorded + f.refused)::numeric),
  ('total of the bank', CASE WHEN f.already_recorded + f.refused = 0
    THEN f.amount_paid + f.amount_rejected + f.amount_returned ELSE f.total END, f.total)
) AS v (what, expected, found)
"""
_FROZEN = """
SELECT DISTINCT coalesce(account_household_id, household_id)::text || ' ' || account_version, bank_code
FROM payment_instruction WHERE payee_id IS NULL
"""
# Of a household that died out its heirs' payee is paid, whom two persons named; of no other household anybody else is.
_PAYEES = """
SELECT i.id::text, v.what, true, v.found
FROM payment_instruction i
LEFT JOIN subsidy_payee p ON p.id = i.payee_id
LEFT JOIN household_end e ON e.household_id = i.household_id
CROSS JOIN LATERAL (VALUES
  ('paid to a payee whom two persons named for it', i.payee_id IS NULL OR (p.household_id = i.household_id
    AND p.bank_code = i.bank_code AND p.version = i.account_version AND p.decided_by <> p.proposed_by
    AND e.reason IN ('died_out', 'merged'))),
  ('account of who stands for the household', i.account_household_id IS NULL OR (e.reason = 'merged'))
) AS v (what, found)
"""
_ACCOUNTS = "SELECT household_id::text || ' ' || version, bank_code FROM bank_account"


@check(
    "SB5", "贴息支付", "Paid ⇔ one confirmed instruction with the same money, to an account version of the household"
)
async def payments(world: World, found: Findings) -> None:
    """Compare what batches owe with instructions, runs, return files and registry's accounts."""
    for statement in (_OWED, _PAID, _RETURNS, _CAME_BACK, _PAYEES):
        await found.sql(world["subsidy"], statement)
    accounts = await world["registry"].map(_ACCOUNTS)
    frozen = await world["subsidy"].map(_FROZEN)
    found.same_maps("bank of the account paid to", {key: accounts.get(key) for key in frozen}, frozen)
