"""The SQL of recording repayments: one text for a single repayment and for a file's lines.

`RECORD_ONE` takes its line from parameters, `RECORD_ROUND` from the staged file; everything after the line is the same
statement: lock, check, accrue penalty, allocate, write the ledger, tell. A file is recorded in rounds, the k-th line of
every loan in round k, so that a statement never holds two lines of one loan.

One statement reads with one snapshot, but a row that had to be waited for is newer than it. A line whose loan changed
in between therefore ends as `stale`; asking again reads everything anew, now under the lock. Every writer of a loan or
its instalments raises the loan's version, which is what the check relies on.

It is the fast path of an account: a repayment that comes in order, on a loan that holds no money and of which nothing
was ever misused, and pays no more than
what is due, and interest of the next due within the early-payment window, and leaves no due with a lack within
tolerance; where unpaid interest bears two rates one after the other, nothing of what is due is late. What pays the due
after the next one waits for what was held on the next one's day. Any other line ends as
`replay`: the account is computed from all its postings (`accounts.replay`), and a property test holds both to the same
figures.

Allocation walks the oldest due in full before the next, and inside a due the contract's order of kinds, as
`allocation.allocate` does: a payment [0, amount) meets the running sums of what is due.
"""

from services.lending.accounts.postings_sql import RECEIPT_RANK, RECEIVED
from services.lending.loans.bank_references_sql import BOOKED, JOIN_BOOKED
from services.lending.loans.postings_sql import REPAID
from services.lending.loans.rest_days_sql import timeliness
from services.lending.loans.surcharge_sql import surcharge
from shared.events.lending import LoanClosed, RepaymentRecorded
from shared.outbox import bulk_insert
from shared.policy.vocabulary import OWN_USE

_OWN_USE = ", ".join(f"'{mode}'" for mode in sorted(OWN_USE))
_LOCK = "FOR NO KEY UPDATE OF l"
_SEEN = "JOIN loan seen ON seen.id = k.loan_id"
_STALE = "WHEN seen.version <> k.version THEN 'stale'"


def _checked(*, locks: bool) -> str:
    """Return the lines beside their loans, checked; $1 bank, $2 regions of the officer.

    A file has locked its loans in a statement of its own, so that what this one reads is not older than the lock.
    """
    lock, seen, stale = (_LOCK, _SEEN, _STALE) if locks else ("", "", "")
    return f"""
asked AS MATERIALIZED (
  SELECT n.line_number, n.bank_reference, n.kind, n.paid_on, n.amount, n.payer, n.payer_name,
    l.id AS loan_id, l.bank_code, l.county_code, l.household_id, l.village_code, l.state, l.version,
    l.principal AS lent, l.principal_outstanding, l.interest_charged, l.interest_paid, l.penalty_accrued,
    l.penalty_paid, l.annual_rate,
    l.penalty_multiplier, l.unpaid_interest_bears, l.day_count, l.rounding, l.grace_days, l.tolerance, l.disbursed_on,
    l.early_payment_window_days AS window_days, l.mode IN ({_OWN_USE}) AS is_own_use, l.was_late, l.held,
    l.misused, l.overdue_from, l.claim_id, l.written_off_on IS NOT NULL AS is_written_off,
    (n.paid_on, {RECEIPT_RANK}, n.bank_reference) > (l.last_value_on, l.last_rank, l.last_reference) AS in_order,
    {RECEIPT_RANK} AS rank, array_position(l.allocation_order, 'penalty') AS penalty_rank,
    array_position(l.allocation_order, 'interest') AS interest_rank,
    array_position(l.allocation_order, 'principal') AS principal_rank
  FROM line n JOIN loan l ON l.id = n.loan_id
  {lock}
), checked AS MATERIALIZED (
  SELECT k.*, b.entry_id AS earlier_id,
    CASE
      WHEN NOT k.village_code ^@ ANY ($2::text[]) THEN 'loan-unknown'
      WHEN k.bank_code <> $1::text THEN 'loan-of-another-bank'
      {stale}
      WHEN (b.loan_id, b.entry, b.booked_on, b.amount) = (k.loan_id, k.kind, k.paid_on, k.amount) AND EXISTS (
        SELECT FROM repayment e WHERE e.id = b.entry_id
          AND (e.payer, e.payer_name) IS NOT DISTINCT FROM (k.payer, k.payer_name)) THEN 'already-recorded'
      WHEN b.entry_id IS NOT NULL THEN 'bank-reference-conflict'
      WHEN k.claim_id IS NOT NULL THEN 'loan-compensated'
      WHEN k.state = 'cancelled' THEN 'loan-cancelled'
      WHEN k.payer = 'entity' AND k.is_own_use THEN 'payer-no-entity'
      WHEN k.paid_on < k.disbursed_on THEN 'date-before-step'
      WHEN k.kind <> 'repayment' OR k.state <> 'active' OR k.held > 0 OR k.is_written_off OR k.misused OR NOT k.in_order
        OR k.tolerance > 0 AND EXISTS (
          SELECT FROM remission_part m WHERE m.loan_id = k.loan_id AND m.remitted_on >= k.paid_on)
        THEN 'replay'
    END AS code
  FROM asked k
  {seen}
  LEFT JOIN bank_reference b ON b.bank_code = $1::text AND b.bank_reference = k.bank_reference
)"""  # noqa: S608 - our own texts


_RECORD = f"""
owed AS MATERIALIZED (
  SELECT k.line_number, i.number, i.period_from, i.due_on, k.paid_on, timely.met_on, timely.late_after_on,
    s.late_from_on, i.interest_due - i.interest_paid AS interest,
    CASE WHEN i.due_on <= k.paid_on THEN i.principal_due - i.principal_paid ELSE 0.00 END AS principal,
    i.penalty_due - i.penalty_paid AS penalty_before, i.penalty_paid, k.penalty_multiplier, b.bears,
    CASE WHEN s.late_from_on < k.paid_on AND b.bears > 0
      THEN interest_on(b.bears, k.annual_rate * k.penalty_multiplier, k.day_count, s.late_from_on, k.paid_on,
        k.rounding)
    END AS accrued
  FROM checked k
  JOIN installment i ON i.loan_id = k.loan_id
  {timeliness("k.grace_days", "k.county_code")}
  CROSS JOIN LATERAL (SELECT greatest(i.penalty_until_on, timely.late_after_on) AS late_from_on) s
  CROSS JOIN LATERAL (SELECT i.principal_due - i.principal_paid + CASE WHEN k.unpaid_interest_bears = 'nothing'
    THEN 0.00 ELSE i.interest_due - i.interest_paid END AS bears) b
  WHERE k.code IS NULL AND i.cancelled_on IS NULL AND i.due_on <= k.paid_on + k.window_days
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due OR i.penalty_paid < i.penalty_due)
), due AS MATERIALIZED (
  SELECT o.*, t.total, sum(t.total) OVER (PARTITION BY o.line_number ORDER BY o.due_on, o.number) - t.total AS before
  FROM owed o
  CROSS JOIN LATERAL (
    SELECT o.interest + o.principal + o.penalty_before + coalesce(o.accrued, 0.00) AS total) t
), payable AS (
  SELECT d.line_number, sum(d.total) AS payable, coalesce(sum(d.accrued), 0.00) AS accrued,
    count(d.accrued) > 0 OR sum(d.penalty_before) > 0 AS is_penalised,
    bool_or(d.late_after_on < d.paid_on AND d.interest + d.principal > 0) AS late,
    bool_or(k.tolerance > 0 AND d.due_on <= d.paid_on AND (d.interest + d.principal + d.penalty_before <= k.tolerance
      OR least(d.total, d.before + d.total - k.amount) BETWEEN 0.01 AND k.tolerance)) AS is_small,
    bool_or(d.period_from > d.paid_on AND d.before < k.amount) AS is_after_next
  FROM due d JOIN checked k ON k.line_number = d.line_number
  GROUP BY d.line_number
), verdict AS MATERIALIZED (
  SELECT k.*, coalesce(p.payable, 0.00) AS payable, p.accrued, p.late, uuid7() AS repayment_id,
    coalesce(k.code, CASE WHEN k.amount > coalesce(p.payable, 0) OR p.is_small OR p.is_after_next
      OR (k.unpaid_interest_bears = 'contract_rate_then_penalty_rate' AND p.is_penalised) THEN 'replay' END) AS refusal
  FROM checked k LEFT JOIN payable p ON p.line_number = k.line_number
), received AS MATERIALIZED (
  SELECT v.line_number, v.loan_id, v.repayment_id, v.paid_on, d.number, d.period_from, d.due_on, d.met_on,
    d.late_from_on,
    d.accrued, d.bears AS overdue, g.penalty, g.interest, g.principal,
    {surcharge("(d.penalty_paid + g.penalty)", "d.penalty_multiplier")}
      - {surcharge("d.penalty_paid", "d.penalty_multiplier")} AS surcharge,
    d.interest + d.principal > g.interest + g.principal
      AND (d.late_after_on < v.paid_on OR d.met_on < v.overdue_from) AS stays_overdue
  FROM verdict v
  JOIN due d ON d.line_number = v.line_number
  CROSS JOIN LATERAL (
    SELECT least(v.amount - d.before, d.total) AS left_for_it, d.total - d.interest - d.principal AS penalty) a
  CROSS JOIN LATERAL (
    SELECT
      greatest(0.00, least(a.penalty, a.left_for_it
        - CASE WHEN v.interest_rank < v.penalty_rank THEN d.interest ELSE 0 END
        - CASE WHEN v.principal_rank < v.penalty_rank THEN d.principal ELSE 0 END)) AS penalty,
      greatest(0.00, least(d.interest, a.left_for_it
        - CASE WHEN v.penalty_rank < v.interest_rank THEN a.penalty ELSE 0 END
        - CASE WHEN v.principal_rank < v.interest_rank THEN d.principal ELSE 0 END)) AS interest,
      greatest(0.00, least(d.principal, a.left_for_it
        - CASE WHEN v.penalty_rank < v.principal_rank THEN a.penalty ELSE 0 END
        - CASE WHEN v.interest_rank < v.principal_rank THEN d.interest ELSE 0 END)) AS principal) g
  WHERE v.refusal IS NULL
), posted AS MATERIALIZED (
  SELECT v.*, r.penalty, r.surcharge, r.interest, r.principal, r.interest_parts, r.overdue_still_since_on,
    v.principal_outstanding - r.principal AS left_outstanding,
    v.principal_outstanding = r.principal AND v.interest_charged - v.interest_paid = r.interest
      AND v.penalty_accrued + v.accrued - v.penalty_paid = r.penalty AS closes
  FROM verdict v
  JOIN (
    SELECT line_number, sum(penalty) AS penalty, sum(surcharge) AS surcharge, sum(interest) AS interest,
      sum(principal) AS principal,
      min(met_on + 1) FILTER (WHERE stays_overdue) AS overdue_still_since_on,
      jsonb_agg(jsonb_build_object('installment_number', number, 'period_from', period_from, 'period_until', due_on,
        'amount', interest::text) ORDER BY number) FILTER (WHERE interest > 0) AS interest_parts
    FROM received GROUP BY line_number
  ) r ON r.line_number = v.line_number
), {RECEIVED}, {REPAID}"""  # noqa: S608 - our own texts

_RECORD_REPAYMENT_EVENTS = bulk_insert(
    RepaymentRecorded,
    source="posted p",
    aggregate_id="p.loan_id",
    aggregate_version="p.version + 1",
    region_code="p.village_code",
    traceparent="$4::text",
    data={
        "loan_id": "p.loan_id",
        "household_id": "p.household_id",
        "repayment_id": "p.repayment_id",
        "bank_reference": "p.bank_reference",
        "kind": "p.kind",
        "paid_on": "p.paid_on",
        "amount": "p.amount::numeric(18, 2)::text",
        "penalty": "p.penalty::text",
        "surcharge": "p.surcharge::numeric(18, 2)::text",
        "interest": "p.interest::text",
        "principal": "p.principal::text",
        "interest_parts": "coalesce(p.interest_parts, '[]')",
        "principal_outstanding": "p.left_outstanding::text",
        "overdue_from": "CASE WHEN p.overdue_from IS NOT NULL THEN p.overdue_still_since_on END",
        "payer": "p.payer",
    },
)
# Counting the events recorded before makes PostgreSQL finish them first, so that the outbox has both in their order.
_RECORD_CLOSURE_EVENTS = bulk_insert(
    LoanClosed,
    source="posted p WHERE p.closes AND (SELECT count(*) FROM events) >= 0",
    aggregate_id="p.loan_id",
    aggregate_version="p.version + 2",
    region_code="p.village_code",
    traceparent="$4::text",
    data={
        "loan_id": "p.loan_id",
        "household_id": "p.household_id",
        "village_code": "p.village_code",
        "principal": "p.lent::text",
        "closed_on": "p.paid_on",
        "bank_code": "p.bank_code",
        "repaid_on_time": "NOT (p.was_late OR p.late)",
    },
)
_RECORD_EVENTS = f"events AS ({_RECORD_REPAYMENT_EVENTS} RETURNING 1), closure_events AS ({_RECORD_CLOSURE_EVENTS})"


def _line_of_parameters(first: int) -> str:
    return (
        f"line AS (SELECT 0 AS line_number, ${first}::uuid AS loan_id, ${first + 1}::text AS bank_reference, "
        f"${first + 2}::text AS kind, ${first + 3}::date AS paid_on, ${first + 4}::numeric AS amount, "
        f"${first + 5}::text AS payer, ${first + 6}::text AS payer_name)"
    )


# $1 bank, $2 regions, $3 officer, $4 traceparent, $5 file (null), $6 loan, $7 reference, $8 kind, $9 day, $10 amount,
# $11 payer, $12 name
RECORD_ONE = f"""
WITH {_line_of_parameters(6)}, {_checked(locks=True)}, {_RECORD}, {_RECORD_EVENTS}
SELECT r.refusal, r.bank_reference, r.paid_on, r.amount, r.payable, r.state, r.disbursed_on,
  r.earlier_id, {BOOKED}, p.repayment_id, p.penalty, p.surcharge, p.interest, p.principal, p.left_outstanding, p.closes
FROM verdict r LEFT JOIN posted p ON p.line_number = r.line_number {JOIN_BOOKED}
"""  # noqa: S608 - our own texts

# $1 bank, $2 regions, $3 officer, $4 traceparent, $5 file, $6 round
RECORD_ROUND = f"""
WITH line AS (
  SELECT line_number, loan_id, bank_reference, kind, paid_on, amount, payer, payer_name FROM repayment_line
  WHERE round = $6::int AND code IS NULL
), {_checked(locks=False)}, {_RECORD}, {_RECORD_EVENTS}
SELECT
  (SELECT to_jsonb(t) FROM (
    SELECT count(*) AS recorded, coalesce(sum(amount), 0)::text AS amount, coalesce(sum(penalty), 0)::text AS penalty,
      coalesce(sum(interest), 0)::text AS interest, coalesce(sum(principal), 0)::text AS principal,
      count(*) FILTER (WHERE closes) AS closed FROM posted) t) AS totals,
  (SELECT jsonb_agg(jsonb_build_object('line_number', line_number, 'refusal', refusal, 'payable', payable::text,
      'amount', amount::text, 'bank_reference', bank_reference, 'kind', kind, 'paid_on', paid_on, 'state', state,
      'payer', payer, 'payer_name', payer_name, 'booked_payer', booked_payer,
      'loan_id', loan_id, 'disbursed_on', disbursed_on, 'booked_entry', booked_entry,
      'booked_on', booked_on, 'booked_amount', booked_amount::text, 'booked_contract', booked_contract)
      ORDER BY line_number)
    FROM (SELECT r.*, {BOOKED} FROM verdict r {JOIN_BOOKED} WHERE r.refusal IS NOT NULL) refused) AS refused
"""  # noqa: S608 - our own texts
