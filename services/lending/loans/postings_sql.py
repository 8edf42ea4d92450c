"""How the ledgers of a loan change (记账): the parts of statements that write loans, instalments and accruals.

Each posting is one statement of its own room, which names the rows; what it does to a loan stands here, so that no
other room writes these tables. A part is a list of CTEs, or the end of a statement.
"""

from typing import Final

# A confirmed default: penalty accrued to the day in `owed`, its sum in `figure`; $1 loan, $2 day, $5 overdue from.
DEFAULTED: Final = """
put_accruals AS (
  INSERT INTO penalty_accrual (loan_id, installment_number, period_from, period_until, overdue, amount)
  SELECT loan_id, number, late_from_on, $2::date, overdue, accrued FROM owed WHERE accrued IS NOT NULL
), put_installments AS (
  UPDATE installment i SET penalty_due = i.penalty_due + o.accrued, penalty_until_on = $2::date
  FROM owed o WHERE i.loan_id = o.loan_id AND i.number = o.number AND o.accrued IS NOT NULL
), put_loan AS (
  UPDATE loan l SET state = 'defaulted', defaulted_on = $2::date, overdue_from = $5::date, was_late = true,
    penalty_accrued = l.penalty_accrued + f.accrued, booked_until = $2::date, version = l.version + 1
  FROM figure f WHERE l.id = $1 AND l.state = 'active'
  RETURNING l.version, l.principal_outstanding
)"""
# Compensation by the claims in `paid`. Balances are those of the row under its lock.
COMPENSATED: Final = """
put AS (
  UPDATE loan l
  SET state = 'compensated', compensated_on = paid.paid_on, claim_id = paid.claim_id,
    principal_compensated = l.principal_compensated + paid.principal,
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
    booked_until = CASE WHEN p.accrues OR p.kind = 'prepayment' THEN p.paid_on ELSE p.booked_until END,
    state = CASE WHEN p.closes THEN 'closed' ELSE 'active' END, closed_on = CASE WHEN p.closes THEN p.paid_on END,
    version = p.version + 1 + p.closes::int
  FROM posted p WHERE l.id = p.loan_id
)"""
# A full prepayment, where it is `ruled` full: one instalment in place of those not yet due.
REPLANNED: Final = """
cancelled AS (
  UPDATE installment i
  SET cancelled_on = CASE WHEN i.interest_paid + i.principal_paid = 0 THEN f.paid_on END,
    principal_due = CASE WHEN i.interest_paid + i.principal_paid = 0 THEN i.principal_due ELSE i.principal_paid END,
    interest_due = CASE WHEN i.interest_paid + i.principal_paid = 0 THEN i.interest_due ELSE i.interest_paid END
  FROM ruled f
  WHERE f.ruling = 'full' AND i.loan_id = f.loan_id AND i.cancelled_on IS NULL AND i.due_on > f.paid_on
), replaced AS (
  INSERT INTO installment (loan_id, number, period_from, due_on, days, principal_due, interest_due, penalty_until_on)
  SELECT loan_id, last_number + 1, period_from, paid_on,
    CASE day_count WHEN '30/360' THEN thirty_days_number(paid_on) - thirty_days_number(period_from)
      ELSE paid_on - period_from END,
    principal_left, accrued, paid_on
  FROM ruled WHERE ruling = 'full'
), charged AS (
  UPDATE loan l SET interest_charged = l.interest_charged - f.interest_planned + f.interest_ahead + f.accrued
  FROM ruled f WHERE f.ruling = 'full' AND l.id = f.loan_id
)"""
# A partial prepayment: what is not yet due is cancelled, the plan is put in its place, the interest charged anew.
CANCEL: Final = "UPDATE installment SET cancelled_on = $2 WHERE loan_id = $1 AND cancelled_on IS NULL AND due_on > $2"
PLAN: Final = """
INSERT INTO installment (loan_id, number, period_from, due_on, days, principal_due, interest_due, penalty_until_on)
SELECT $1, number, period_from, due_on, days, principal, interest, due_on
FROM unnest($2::int[], $3::date[], $4::date[], $5::int[], $6::numeric[], $7::numeric[])
  AS planned (number, period_from, due_on, days, principal, interest)
"""
CHARGE: Final = """
UPDATE loan SET interest_charged =
  (SELECT sum(interest_due) FROM installment WHERE loan_id = $1 AND cancelled_on IS NULL) WHERE id = $1
"""
