"""Risk fund: the ledger, the cover, the claims (F1 to F7)."""

from decimal import Decimal
from typing import Any

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.loss_shares import Parts, parts_of, shares_of
from tools.reconcile.packs import Pack
from tools.reconcile.world import World

NOT_SEEN_YET = 2**31  # recorded after lending's snapshot was taken, so later than all that is in it

_ENTRIES = """
SELECT e.id::text, v.what, v.expected, v.found
FROM journal_entry e
LEFT JOIN (SELECT entry_id, sum(amount) AS total, count(*) AS count, count(*) FILTER (WHERE amount = 0) AS zero,
             count(DISTINCT fund_id) AS funds, sum(amount) FILTER (WHERE account = 'fund_cash') AS cash
           FROM posting GROUP BY 1) p ON p.entry_id = e.id
CROSS JOIN LATERAL (VALUES
  ('debits and credits', 0.00, coalesce(p.total, -1)),
  ('at least two postings', 2::numeric, least(coalesce(p.count, 0), 2)::numeric),
  ('postings of nothing', 0::numeric, coalesce(p.zero, 0)::numeric),
  ('cash moves', 1::numeric, (coalesce(p.cash, 0) <> 0)::int::numeric)
) AS v (what, expected, found)
"""
_WITHOUT_ENTRY = """
SELECT p.entry_id::text, 'entry of a posting', true, e.id IS NOT NULL AND e.fund_id = p.fund_id
FROM posting p LEFT JOIN journal_entry e ON e.id = p.entry_id
"""
_TOTAL = "SELECT fund_id::text, 'all postings of the fund', 0.00, sum(amount) FROM posting GROUP BY fund_id"


@check("F1", "借贷平衡", "Every entry of the fund's ledger adds up to zero, and so do all together")
async def entries(world: World, found: Findings) -> None:
    """Add up the postings of each entry."""
    for statement in (_ENTRIES, _WITHOUT_ENTRY, _TOTAL):
        await found.sql(world["riskfund"], statement)


_BALANCES = """
SELECT a.fund_id::text || ' ' || a.code, 'balance', coalesce(sum(p.amount), 0), a.balance
FROM ledger_account a LEFT JOIN posting p ON p.fund_id = a.fund_id AND p.account = a.code
GROUP BY a.fund_id, a.code, a.balance
"""
_RUNNING = """
SELECT fund_id::text || ' ' || account || ' ' || number, 'balance after the posting', so_far, balance_after
FROM (SELECT p.fund_id, p.account, e.number, p.balance_after,
        sum(p.amount) OVER (PARTITION BY p.fund_id, p.account ORDER BY e.number) AS so_far
      FROM posting p JOIN journal_entry e ON e.id = p.entry_id) r
"""
# Every entry stands for one thing that happened, and every such thing has its entry with the same money.
_CAUSES = """
SELECT coalesce(e.id, c.entry_id)::text, 'money of a ' || coalesce(e.kind, c.kind), c.cash, e.cash
FROM (SELECT e.id, e.kind, p.amount AS cash FROM journal_entry e
      JOIN posting p ON p.entry_id = e.id AND p.account = 'fund_cash') e
FULL JOIN (
  SELECT entry_id, 'contribution' AS kind, amount AS cash FROM contribution
  UNION ALL SELECT entry_id, 'compensation', -amount FROM claim_payment WHERE entry_id IS NOT NULL
  UNION ALL SELECT entry_id, 'recovery', amount FROM recovery_return
  UNION ALL SELECT entry_id, kind, CASE WHEN kind = 'interest' THEN amount ELSE -amount END
    FROM fund_movement WHERE state = 'booked'
) c ON c.entry_id = e.id AND c.kind = e.kind
"""


@check(
    "F2", "账户余额", "Balances are the sums of postings, at every row; every entry has its cause with the same money"
)
async def balances(world: World, found: Findings) -> None:
    """Recompute balances, running balances and the causes of entries."""
    for statement in (_BALANCES, _RUNNING, _CAUSES):
        await found.sql(world["riskfund"], statement)
    world.figures["fund_paid_in"] = await world["riskfund"].value(
        "SELECT coalesce(sum(amount), 0.00)::text FROM contribution"
    )


_NEVER_NEGATIVE = """
SELECT fund_id::text || ' ' || number, 'cash of the fund, never below zero', greatest(so_far, 0), so_far
FROM (SELECT p.fund_id, e.number, sum(p.amount) OVER (PARTITION BY p.fund_id ORDER BY e.number) AS so_far
      FROM posting p JOIN journal_entry e ON e.id = p.entry_id WHERE p.account = 'fund_cash') r
"""
_TOTALS = """
SELECT f.id::text, v.what, v.expected, v.found
FROM fund f
LEFT JOIN (SELECT fund_id, sum(amount) AS live FROM cover_reservation WHERE state = 'live' GROUP BY 1) r
  ON r.fund_id = f.id
LEFT JOIN (SELECT fund_id, sum(outstanding) AS outstanding FROM covered_loan WHERE NOT without_cover GROUP BY 1) l
  ON l.fund_id = f.id
LEFT JOIN (SELECT fund_id, balance FROM ledger_account WHERE code = 'fund_cash') a ON a.fund_id = f.id
LEFT JOIN (SELECT fund_id, sum(fund_change) AS fund, sum(exposure_change) AS exposure, sum(reserved_change) AS reserved
           FROM cover_movement GROUP BY 1) m ON m.fund_id = f.id
CROSS JOIN LATERAL (VALUES
  ('reserved = live reservations', coalesce(r.live, 0), f.reserved_total),
  ('exposure = outstanding of covered loans', coalesce(l.outstanding, 0), f.exposure_total),
  ('movements of the fund = its cash', a.balance, coalesce(m.fund, 0)),
  ('movements of exposure', f.exposure_total, coalesce(m.exposure, 0)),
  ('movements of reservations', f.reserved_total, coalesce(m.reserved, 0))
) AS v (what, expected, found)
"""


# A bank's own account covers that bank's loans alone, each the one in which its cover was reserved.
_ACCOUNTS = """
SELECT l.loan_id::text, v.what, v.expected, v.found
FROM covered_loan l JOIN fund f ON f.id = l.fund_id
LEFT JOIN cover_reservation r ON r.loan_id = l.loan_id AND r.state IN ('used', 'returned')
CROSS JOIN LATERAL (VALUES
  ('county of the account', l.county_code, f.county_code),
  ('bank of the account', l.bank_code, coalesce(f.bank_code, l.bank_code)),
  ('account of the reservation', coalesce(r.fund_id, l.fund_id)::text, l.fund_id::text)
) AS v (what, expected, found)
UNION ALL
SELECT c.id::text, 'account that covered the loan', l.fund_id::text, c.fund_id::text
FROM claim c JOIN covered_loan l ON l.loan_id = c.loan_id
"""


# What is owed by the loan's last restatement, less what was repaid after it: from the events, not from lending's rows.
_OWED = """
WITH restated AS (
  SELECT DISTINCT ON (aggregate_id) aggregate_id, aggregate_version AS version,
         (data->'after'->>'principal_outstanding')::numeric AS owed
  FROM outbox WHERE event_name = 'loan-restated' ORDER BY aggregate_id, aggregate_version DESC
), repaid AS (
  SELECT p.aggregate_id, sum((p.data->>'principal')::numeric) AS principal
  FROM outbox p LEFT JOIN restated r USING (aggregate_id)
  WHERE p.event_name = 'repayment-recorded' AND p.aggregate_version > coalesce(r.version, 0) GROUP BY 1
)
SELECT d.aggregate_id::text, coalesce(r.owed, (d.data->>'principal')::numeric) - coalesce(p.principal, 0)
FROM outbox d LEFT JOIN restated r USING (aggregate_id) LEFT JOIN repaid p USING (aggregate_id)
WHERE d.event_name = 'loan-disbursed'
"""
_COVERED = "SELECT loan_id::text, outstanding FROM covered_loan WHERE state IN ('active', 'defaulted')"


@check(
    "F3",
    "资金不透支",
    "The fund's cash was never below zero; exposure and reservations are the sums of each account's rows",
)
async def cash(world: World, found: Findings) -> None:
    """Replay the fund's cash and add up what it covers."""
    await found.sql(world["riskfund"], _NEVER_NEGATIVE)
    await found.sql(world["riskfund"], _TOTALS)
    await found.sql(world["riskfund"], _ACCOUNTS)
    passing = await world.passing("riskfund")
    owed = await world["lending"].map(_OWED)
    for loan_id, outstanding in (await world["riskfund"].map(_COVERED)).items():
        if loan_id not in passing:
            found.equal(loan_id, "outstanding by the loan's events", owed.get(loan_id), outstanding)


_ENDS = """
SELECT r.id::text, v.what, true, v.is_so
FROM cover_reservation r LEFT JOIN covered_loan l ON l.loan_id = r.loan_id
CROSS JOIN LATERAL (VALUES
  ('has ended exactly when it is not live', (r.state = 'live') = (r.ended_on IS NULL)),
  ('used by the loan of its application',
    (r.state IN ('used', 'returned')) = coalesce(l.application_id = r.application_id, false)),
  ('returned ⇔ its loan was cancelled', coalesce(l.state = 'cancelled', false) = (r.state = 'returned')),
  ('used for no more than was reserved', r.state NOT IN ('used', 'returned') OR l.principal <= r.amount),
  ('expired only after its last day', r.state <> 'expired' OR r.ended_on > r.expires_on)
) AS v (what, is_so)
"""
_ONCE = """
SELECT application_id::text, 'reservations live or used', least(count(*), 1), count(*)
FROM cover_reservation WHERE state IN ('live', 'used') GROUP BY 1
"""
_UNRESERVED = """
SELECT l.loan_id::text, 'reservation of a covered loan, or a noted exception', true,
  r.loan_id IS NOT NULL OR x.loan_id IS NOT NULL
FROM covered_loan l
LEFT JOIN (SELECT DISTINCT loan_id FROM cover_reservation WHERE state IN ('used', 'returned')) r
  ON r.loan_id = l.loan_id
LEFT JOIN (SELECT DISTINCT loan_id FROM cover_exception) x ON x.loan_id = l.loan_id
WHERE NOT l.without_cover
"""


@check("F4", "担保占用", "Every reservation ends once: used, released or expired; every loan used one")
async def reservations(world: World, found: Findings) -> None:
    """Check the ends of reservations."""
    for statement in (_ENDS, _ONCE, _UNRESERVED):
        await found.sql(world["riskfund"], statement)
    odd = await world["riskfund"].rows("SELECT kind, count(*) FROM cover_exception GROUP BY kind ORDER BY kind")
    found.notes += [f"{row['count']} cover exceptions '{row['kind']}'" for row in odd]


_CLAIMS = """
SELECT c.id::text AS id, c.pack_id::text AS pack_id, c.product_code, c.state, c.principal, c.interest, c.amount,
  c.insurance_amount, c.fund_amount, c.bank_amount, c.guarantor_amount, c.filed_by, c.fund_share, c.bank_share,
  c.guarantor_share, c.guarantor_code, p.amount AS paid,
  p.paid_by, p.paid_on, c.approved_on, c.filed_on, c.bank_code, d.principal_outstanding,
  d.interest_overdue + d.late_interest AS interest_overdue, c.late_interest, d.late_interest AS late_interest_overdue,
  l.state AS loan_state, l.outstanding,
  coalesce((SELECT array_agg(k.person ORDER BY k.person) FROM claim_decision k
            WHERE k.claim_id = c.id AND k.decision = 'approve'), '{}') AS approvers,
  coalesce((SELECT sum(q.amount_paid) FROM insurance_request q WHERE q.claim_id = c.id AND NOT q.late), 0)
    AS insured
FROM claim c
JOIN loan_default d ON d.id = c.default_id
JOIN covered_loan l ON l.loan_id = c.loan_id
LEFT JOIN claim_payment p ON p.claim_id = c.id
"""
_ONE_CLAIM = """
SELECT default_id::text, 'claims of one default', least(count(*), 1), count(*)
FROM claim WHERE state NOT IN ('refused', 'voided') GROUP BY 1
"""
_REVIEWED = """
SELECT r.id::text, v.what, true, v.is_so
FROM claim_review r JOIN claim c ON c.id = r.claim_id
LEFT JOIN (SELECT review_id, outcome, count(*) AS persons FROM claim_review_answer GROUP BY 1, 2) a
  ON a.review_id = r.id AND a.outcome = r.outcome
CROSS JOIN LATERAL (VALUES
  ('an outcome is what two persons said', r.outcome IS NULL OR coalesce(a.persons, 0) >= 2),
  ('void ⇔ the claim is voided', r.outcome IS NULL OR (r.outcome = 'void') = (c.state = 'voided')),
  ('a paid claim is never rewritten', r.outcome IS NULL OR r.outcome = 'void' OR c.state = 'paid')
) AS v (what, is_so)
"""


@check(
    "F5", "代偿", "Compensation = the fund's share of the loss after insurance; approved and paid by different hands"
)
async def claims(world: World, found: Findings) -> None:
    """Recompute every claim's shares and look at who signed it."""
    await found.sql(world["riskfund"], _ONE_CLAIM)
    await found.sql(world["riskfund"], _REVIEWED)
    for claim in await world["riskfund"].rows(_CLAIMS):
        signed = world.packs.of(claim["pack_id"]).product(claim["product_code"])
        filed = world.packs.corrected(signed, claim["filed_on"])
        pack = world.packs.corrected(signed, claim["approved_on"]) if claim["approved_on"] else filed
        _check_loss(found, claim, pack, filed)
        if claim["fund_amount"] is not None:
            _check_decision(found, claim, pack)
        if claim["state"] == "paid" or claim["paid"] is not None:
            _check_payment(found, claim)


def _check_loss(found: Findings, claim: Any, pack: Pack, filed: Pack) -> None:
    key = claim["id"]
    shares = shares_of(pack, claim["bank_code"])
    found.equal(key, "shares of the pack", shares, Parts(*(claim[f"{party}_share"] for party in Parts._fields)))
    found.equal(key, "guarantor ⇔ it has a share", shares.guarantor > 0, claim["guarantor_code"] is not None)
    found.equal(key, "amount = principal + interest", claim["principal"] + claim["interest"], claim["amount"])
    found.equal(key, "insurance by its answers", claim["insured"], claim["insurance_amount"])
    within = claim["principal"] <= claim["principal_outstanding"] and claim["interest"] <= claim["interest_overdue"]
    most = (claim["principal_outstanding"], claim["interest_overdue"])
    found.holds(key, "at most what was owed at the default", within, most, (claim["principal"], claim["interest"]))
    late = claim["late_interest"], claim["late_interest_overdue"]
    found.holds(key, "late interest at most what was owed at the default", late[0] <= late[1], late[1], late[0])
    if not filed("compensation.covers_interest", False):
        found.equal(key, "interest is not covered", Decimal(0), claim["interest"])


def _check_decision(found: Findings, claim: Any, pack: Pack) -> None:
    key, approvers = claim["id"], list(claim["approvers"])
    loss = claim["amount"] - claim["insurance_amount"]
    parts = parts_of(loss, pack, claim["bank_code"])
    borne = Parts(*(claim[f"{party}_amount"] for party in Parts._fields))
    found.equal(key, "amounts of fund, bank and guarantor", parts, borne)
    required = int(pack("compensation.committee_approvals_required", 1))
    found.holds(key, "approvals of different members", len(set(approvers)) >= required, required, len(set(approvers)))
    found.equal(key, "maker among the approvers", False, claim["filed_by"] in approvers)
    found.holds(key, "approved after it was filed", claim["approved_on"] >= claim["filed_on"], claim["filed_on"],
                claim["approved_on"])  # fmt: skip


def _check_payment(found: Findings, claim: Any) -> None:
    key = claim["id"]
    found.equal(key, "paid ⇔ there is a payment", claim["state"] == "paid", claim["paid"] is not None)
    found.equal(key, "amount paid", claim["fund_amount"], claim["paid"])
    found.equal(key, "payer filed or approved it", False, claim["paid_by"] in (claim["filed_by"], *claim["approvers"]))
    found.equal(key, "the loan is covered no more", Decimal(0), claim["outstanding"])


_RECOVERIES = """
SELECT r.id::text AS id, r.claim_id::text AS claim_id, c.pack_id::text AS pack_id, c.product_code, c.approved_on,
  c.bank_code, c.fund_amount, c.bank_amount, c.guarantor_amount, r.amount, r.fund_share, r.bank_share,
  r.guarantor_share, r.beyond_loss, r.state, b.amount AS returned, r.reversed_on, false AS taken_back
FROM recovery r JOIN claim c ON c.id = r.claim_id LEFT JOIN recovery_return b ON b.recovery_id = r.id
UNION ALL
SELECT r.id::text, r.claim_id::text, c.pack_id::text, c.product_code, c.approved_on, c.bank_code, c.fund_amount,
  c.bank_amount, c.guarantor_amount, -r.amount, -v.fund_share, -v.bank_share, -v.guarantor_share, -v.beyond_loss,
  r.state, NULL, r.reversed_on, true
FROM recovery_reversal v JOIN recovery r ON r.id = v.recovery_id JOIN claim c ON c.id = r.claim_id
"""
_RECOVERED_IN_ORDER = """
SELECT data->>'recovery_id' || event_name, aggregate_version FROM outbox
WHERE event_name IN ('recovery-recorded', 'recovery-reversed')
"""
# The fund's part of what stands is what it has, what it gets and, less, what it owes back.
_FUNDS_PARTS = """
SELECT r.claim_id::text, 'the fund''s part = returned + due − owed back − paid back', sum(r.fund_share) -
    coalesce(sum(v.fund_share), 0), coalesce(sum(b.amount), 0) + coalesce(sum(coalesce(v.fund_due, r.fund_share))
    FILTER (WHERE r.state = 'open'), 0) - coalesce(sum(v.fund_owes), 0)
FROM recovery r LEFT JOIN recovery_return b ON b.recovery_id = r.id
LEFT JOIN recovery_reversal v ON v.recovery_id = r.id GROUP BY r.claim_id
UNION ALL
SELECT m.recovery_id::text, 'paid back what was owed back', v.fund_owes, m.amount
FROM fund_movement m LEFT JOIN recovery_reversal v ON v.recovery_id = m.recovery_id
WHERE m.kind = 'recovery_back' AND m.state = 'booked'
UNION ALL
SELECT r.id::text, 'taken back ⇔ its parts are', (r.reversed_on IS NOT NULL)::int, (v.recovery_id IS NOT NULL)::int
FROM recovery r LEFT JOIN recovery_reversal v ON v.recovery_id = r.id AND v.reversed_on = r.reversed_on
"""


@check("F6", "追偿返还", "Recoveries are split by the claim's shares like one sum; nobody gets back more than it bore")
async def recoveries(world: World, found: Findings) -> None:
    """Recompute the split of every recovery, in the order in which lending recorded them, and what came back."""
    before: dict[str, Decimal] = {}
    place = await world["lending"].map(_RECOVERED_IN_ORDER)
    rows = await world["riskfund"].rows(_RECOVERIES)
    await found.sql(world["riskfund"], _FUNDS_PARTS)
    names = ("recovery-recorded", "recovery-reversed")
    order = {id(row): place.get(row["id"] + names[row["taken_back"]], NOT_SEEN_YET) for row in rows}
    for row in sorted(rows, key=lambda row: (row["claim_id"], order[id(row)], row["taken_back"])):
        signed = world.packs.of(row["pack_id"]).product(row["product_code"])
        pack = world.packs.corrected(signed, row["approved_on"])
        since = before.get(row["claim_id"], Decimal(0))
        before[row["claim_id"]] = since + row["amount"]
        _check_recovery(found, row, pack, since)


def _check_recovery(found: Findings, row: Any, pack: Pack, since: Decimal) -> None:
    key, bank_code, until = row["id"], row["bank_code"], since + row["amount"]
    loss = row["fund_amount"] + row["bank_amount"] + row["guarantor_amount"]
    expected = parts_of(min(until, loss), pack, bank_code) - parts_of(min(since, loss), pack, bank_code)
    split = Parts(*(row[f"{party}_share"] for party in Parts._fields))
    found.equal(key, "shares of fund, bank and guarantor", expected, split)
    found.equal(key, "above what they bore", max(until - loss, Decimal(0)) - max(since - loss, Decimal(0)),
                row["beyond_loss"])  # fmt: skip
    found.equal(key, "parts of the recovery", row["amount"], sum(split) + row["beyond_loss"])
    if not row["taken_back"] and row["state"] != "reversed":
        found.equal(key, "returned ⇔ there is a return", row["state"] == "returned", row["returned"] is not None)
    if row["returned"] is not None and row["reversed_on"] is None:
        found.equal(key, "amount returned", row["fund_share"], row["returned"])
