"""The SQL of filing: the lender with its branches, and many applications with one statement."""

from typing import Final

# $1 bank, $2 county, $3 day: the bank once for each branch that is open on the day, or once without a branch.
LENDER: Final = """
SELECT l.kind, b.id, b.bank_code, b.code, b.region_code FROM lender l
LEFT JOIN bank_branch b ON b.bank_code = l.code AND b.county_code = l.county_code
  AND (b.closed_on IS NULL OR b.closed_on > $3)
WHERE l.code = $1 AND l.county_code = $2
"""
BATCH: Final = """
INSERT INTO application_batch
  (id, township_code, county_code, bank_code, pack_id, pack_version, product_code, filed_on, filed_by,
  application_count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
# $1 the applications; $2 batch, $3 township, $4 county, $5 bank, $6 pack, $7 its version, $8 product, $9 day,
# $10 officer.
APPLICATIONS: Final = """
INSERT INTO application (id, batch_id, household_id, household_number, household_version, village_code, township_code,
  county_code, bank_code, amount, term_months, industry, purpose, grade, credit_limit, loan_round, state, state_from,
  pack_id, pack_version, documents, document_digests, eligibility, reasons, conditions, filed_on, filed_by, version,
  mode, entity_id, borrower_member_id, branch_id, product_code, statement, responsible_bank_code)
SELECT n.id, $2, n.household_id, n.household_number, n.household_version, n.village_code, $3,
  $4, $5, n.amount, n.term_months, n.industry, n.purpose, n.grade, n.credit_limit, n.loan_round, n.state, $9,
  $6, $7, n.documents, n.document_digests, n.eligibility, n.reasons, n.conditions, $9, $10,
  CASE WHEN n.state = 'refused' THEN 1 ELSE 0 END, n.mode, n.entity_id, n.borrower_member_id, n.branch_id, $8,
  n.statement, n.responsible_bank_code
FROM jsonb_to_recordset($1::jsonb) AS n (place int, id uuid, household_id uuid, household_number text,
  household_version int, village_code text, amount numeric, term_months int, industry text, purpose text, grade text,
  credit_limit numeric, loan_round int, state text, documents text[], document_digests jsonb, eligibility jsonb,
  reasons jsonb, conditions jsonb, mode text, entity_id uuid, borrower_member_id uuid, branch_id uuid,
  statement jsonb, responsible_bank_code text)
ORDER BY n.place
ON CONFLICT (household_id) WHERE state NOT IN ('disbursed', 'refused', 'withdrawn') DO NOTHING
RETURNING id
"""
