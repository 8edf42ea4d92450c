"""The parts of statements in which applications become loans: `made` holds the loans."""

from typing import Final

# Applications that were handed over and whose money was paid out.
DISBURSED: Final = """
put_application AS (
  UPDATE application a SET state = 'disbursed', state_from = m.paid_out_on, disbursed_on = m.paid_out_on,
    loan_id = m.loan_id
  FROM made m WHERE a.id = m.id AND a.state = 'handed_over'
  RETURNING a.id
)"""
# Records that stand in place of the applications of legacy loans; $3 officer.
ONBOARDED: Final = """
put_application AS (
  INSERT INTO application (id, household_id, household_number, household_version, village_code, township_code,
    county_code, bank_code, amount, term_months, industry, purpose, loan_round, state, state_from, pack_id,
    pack_version, eligibility, filed_on, filed_by, disbursed_on, loan_id, source, mode, entity_id, borrower_member_id,
    product_code)
  SELECT id, household_id, household_number, household_version, village_code, township_code, county_code, bank_code,
    amount, term_months, industry, purpose, loan_round, 'disbursed', paid_out_on, pack_id, pack_version, '{}',
    paid_out_on, $3::text, paid_out_on, loan_id, 'legacy_loan', mode, entity_id, borrower_member_id,
    product_code
  FROM made
)"""
# The application $1 of a disbursement that was taken back on a day $2 waits at the bank again.
REOPENED: Final = """
UPDATE application SET state = 'handed_over', state_from = $2, disbursed_on = NULL, loan_id = NULL,
  cover_expires_on = NULL
WHERE id = $1 AND state = 'disbursed'
"""
