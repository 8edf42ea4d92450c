"""How the ledgers of a loan change (记账): the parts of statements that write loans, instalments and accruals.

Each posting is one statement of its own room, which names the rows; what it does to a loan stands here, so that no
other room writes these tables. A part is a list of CTEs, or the end of a statement.
"""

from typing import Final

# Compensation by the claims in `paid`. Balances are those of the row under its lock.
COMPENSATED: Final = """
put AS (
  UPDATE loan l
  SET state = 'compensated', compensated_on = paid.paid_on, compensated_at = clock_timestamp(),
    claim_id = paid.claim_id, principal_compensated = l.principal_compensated + paid.principal,
    principal_outstanding = l.principal_outstanding - paid.principal,
    interest_compensated = l.interest_compensated + paid.interest, version = l.version + 1
  FROM paid WHERE l.id = paid.loan_id AND l.state = 'defaulted'
  RETURNING l.id, l.version, l.household_id, l.village_code
)"""
# A recovery: $1 its id, $2 loan, $4 bank, $5 reference, $6 day, $7 amount, $8 principal, $9 interest, $10 version,
# $12 whether it closes the loan.
RECOVERED: Final = """
put_reference AS (
  INSERT INTO bank_reference (bank_code, bank_reference, entry, entry_id, loan_id, booked_on, amount)
  VALUES ($4, $5, 'recovery', $1, $2, $6, $7)
)
UPDATE loan SET principal_recovered = principal_recovered + $8, interest_recovered = interest_recovered + $9,
  version = $10 + $12::boolean::int, state = CASE WHEN $12::boolean THEN 'closed' ELSE state END,
  closed_on = CASE WHEN $12::boolean THEN $6::date END
WHERE id = $2 AND version = $10 - 1"""
# A recovery on a loan $1 is taken back: of its compensation, $2 principal and $3 interest are recovered by the others.
UNRECOVERED: Final = """
UPDATE loan SET principal_recovered = $2, interest_recovered = $3, version = version + 1,
  state = CASE WHEN state = 'closed' THEN 'compensated' ELSE state END, closed_on = NULL
WHERE id = $1 RETURNING version
"""
# Loans that are `late`, from the day they are.
OVERDUE: Final = """
put_loan AS (
  UPDATE loan l SET overdue_from = p.since_on, version = p.version + 1 FROM late p WHERE l.id = p.id
)"""
# Repayments that are `posted`, with what each instalment of them `received`.
REPAID: Final = """
put_references AS (
  INSERT INTO bank_reference (bank_code, bank_reference, entry, entry_id, loan_id, booked_on, amount)
  SELECT bank_code, bank_reference, kind, repayment_id, loan_id, paid_on, amount FROM posted
), put_accruals AS (
  INSERT INTO penalty_accrual (loan_id, installment_number, period_from, period_until, overdue, amount)
  SELECT loan_id, number, late_from_on, paid_on, overdue, accrued FROM received WHERE accrued IS NOT NULL
), put_installments AS (
  UPDATE installment i
  SET principal_paid = i.principal_paid + r.principal, interest_paid = i.interest_paid + r.interest,
    penalty_paid = i.penalty_paid + r.penalty, penalty_due = i.penalty_due + coalesce(r.accrued, 0),
    penalty_until_on = CASE WHEN r.accrued IS NULL THEN i.penalty_until_on ELSE r.paid_on END
  FROM received r
  WHERE i.loan_id = r.loan_id AND i.number = r.number
    AND (r.penalty + r.interest + r.principal > 0 OR r.accrued IS NOT NULL)
), put_loan AS (
  UPDATE loan l
  SET principal_outstanding = p.left_outstanding, principal_repaid = l.principal_repaid + p.principal,
    interest_paid = l.interest_paid + p.interest, penalty_paid = l.penalty_paid + p.penalty,
    penalty_accrued = l.penalty_accrued + p.accrued, was_late = p.was_late OR p.late,
    overdue_from = CASE WHEN p.overdue_from IS NOT NULL THEN p.overdue_still_since_on END,
    last_value_on = p.paid_on, last_rank = p.rank, last_reference = p.bank_reference,
    state = CASE WHEN p.closes THEN 'closed' ELSE 'active' END, closed_on = CASE WHEN p.closes THEN p.paid_on END,
    version = p.version + 1 + p.closes::int
  FROM posted p WHERE l.id = p.loan_id
)"""
# A loan $1 whose disbursement was taken back on a day $2: it never stood and owes nothing.
CANCELLED: Final = """
WITH put_installments AS (
  UPDATE installment SET cancelled_on = $2, penalty_due = 0, compound_due = 0, penalty_until_on = due_on
  WHERE loan_id = $1
)
UPDATE loan SET state = 'cancelled', cancelled_on = $2, cancelled_at = clock_timestamp(), principal_outstanding = 0,
  interest_charged = 0, penalty_accrued = 0, overdue_from = NULL, was_late = false, version = version + 1
WHERE id = $1
"""
# A loan $1 is written off since a day $2; null: it never was.
WRITTEN_OFF: Final = "UPDATE loan SET written_off_on = $2, version = version + 1 WHERE id = $1"
# Replayed accounts, many at once: what is derived is written anew. The rows are those of `accounts.storing`.
ACCRUALS_GONE: Final = "DELETE FROM penalty_accrual WHERE loan_id = ANY ($1::uuid[])"
ACCRUED: Final = """
INSERT INTO penalty_accrual (loan_id, installment_number, period_from, period_until, overdue, amount, compound)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::date[], $4::date[], $5::numeric[], $6::numeric[], $7::numeric[])
"""
UNSIGNED_GONE: Final = "DELETE FROM installment WHERE loan_id = ANY ($1::uuid[]) AND NOT signed"
# What a contract's own instalments received and had remitted; what both add to is as it was signed.
SIGNED: Final = """
UPDATE installment i SET penalty_due = n.penalty_due, principal_paid = n.principal_paid,
  interest_paid = n.interest_paid, penalty_paid = n.penalty_paid, penalty_until_on = n.penalty_until,
  cancelled_on = n.cancelled_on, principal_remitted = n.principal_remitted, interest_remitted = n.interest_remitted,
  penalty_remitted = n.penalty_remitted, compound_due = n.compound_due, compound_paid = n.compound_paid,
  compound_remitted = n.compound_remitted, principal_due = n.principal_due, interest_due = n.interest_due
FROM unnest($1::uuid[], $2::int[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::date[], $8::date[],
  $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[],
  $14::numeric[], $15::numeric[], $16::numeric[])
  AS n (loan_id, number, penalty_due, principal_paid, interest_paid, penalty_paid, penalty_until, cancelled_on,
    principal_remitted, interest_remitted, penalty_remitted, compound_due, compound_paid, compound_remitted,
    principal_due, interest_due)
WHERE i.loan_id = n.loan_id AND i.number = n.number
  AND (i.penalty_due, i.principal_paid, i.interest_paid, i.penalty_paid, i.penalty_until_on, i.cancelled_on,
    i.principal_remitted, i.interest_remitted, i.penalty_remitted, i.compound_due, i.compound_paid, i.compound_remitted)
    IS DISTINCT FROM
    (n.penalty_due, n.principal_paid, n.interest_paid, n.penalty_paid, n.penalty_until, n.cancelled_on,
    n.principal_remitted, n.interest_remitted, n.penalty_remitted, n.compound_due, n.compound_paid, n.compound_remitted)
"""
UNSIGNED: Final = """
INSERT INTO installment (loan_id, number, penalty_due, principal_paid, interest_paid, penalty_paid, penalty_until_on,
  cancelled_on, principal_remitted, interest_remitted, penalty_remitted, compound_due, compound_paid, compound_remitted,
  period_from, due_on, days, principal_due, interest_due, of_misuse, misused_until, signed)
SELECT *, false FROM unnest($1::uuid[], $2::int[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[],
  $7::date[], $8::date[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[],
  $14::numeric[], $15::date[], $16::date[], $17::int[], $18::numeric[], $19::numeric[], $20::boolean[],
  $21::date[])
"""
RESTATED: Final = """
UPDATE loan l SET principal_outstanding = n.principal_outstanding, principal_repaid = n.principal_repaid,
  interest_charged = n.interest_charged, interest_paid = n.interest_paid, penalty_accrued = n.penalty_accrued,
  penalty_paid = n.penalty_paid, held = n.held, refund_missing = n.refund_missing, state = n.state,
  closed_on = n.closed_on, defaulted_on = n.defaulted_on, overdue_from = n.overdue_from, was_late = n.was_late,
  last_value_on = n.last_value_on, last_rank = n.last_rank, last_reference = n.last_reference, version = n.version,
  annual_rate = n.annual_rate, principal_remitted = n.principal_remitted, interest_remitted = n.interest_remitted,
  penalty_remitted = n.penalty_remitted, surcharge_remitted = n.surcharge_remitted, misused = n.misused
FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
  $8::numeric[], $9::numeric[], $10::text[], $11::date[], $12::date[], $13::date[], $14::boolean[], $15::date[],
  $16::smallint[], $17::text[], $18::int[], $19::numeric[], $20::numeric[], $21::numeric[], $22::numeric[],
  $23::numeric[], $24::boolean[])
  AS n (id, principal_outstanding, principal_repaid, interest_charged, interest_paid, penalty_accrued, penalty_paid,
    held, refund_missing, state, closed_on, defaulted_on, overdue_from, was_late, last_value_on, last_rank,
    last_reference, version, annual_rate, principal_remitted, interest_remitted, penalty_remitted, surcharge_remitted,
    misused)
WHERE l.id = n.id
"""
# References of the bank for postings that no statement of their own puts there.
REFERENCES: Final = """
INSERT INTO bank_reference (bank_code, bank_reference, entry, entry_id, loan_id, booked_on, amount)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::date[], $7::numeric[])
"""
