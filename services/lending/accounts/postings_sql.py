"""How repayments are put and what they pay is written: the parts of statements of the fast path and of replays."""

from typing import Final

from services.lending.accounts.rules.postings import RANK, PostingKind

RECEIPT_RANK: Final = RANK[PostingKind.REPAYMENT]
# Repayments that are `posted`, with what each instalment `received`; $3 officer, $5 file.
RECEIVED: Final = """
put_repayment AS (
  INSERT INTO repayment (id, loan_id, bank_code, bank_reference, kind, paid_on, amount, penalty, surcharge, interest,
    principal, principal_outstanding, loan_version, file_id, line_number, recorded_by, payer, payer_name)
  SELECT repayment_id, loan_id, bank_code, bank_reference, kind, paid_on, amount, penalty, surcharge, interest,
    principal, left_outstanding, version + 1, $5::uuid, CASE WHEN $5::uuid IS NOT NULL THEN line_number END, $3::text,
    payer, payer_name
  FROM posted
), put_parts AS (
  INSERT INTO repayment_part (repayment_id, installment_number, penalty, interest, principal)
  SELECT repayment_id, number, penalty, interest, principal FROM received WHERE penalty + interest + principal > 0
)"""
# New repayments of a replay, before it says what they pay: all of it is held.
PUT: Final = """
INSERT INTO repayment (id, loan_id, bank_code, bank_reference, kind, paid_on, amount, penalty, interest, principal,
  held, principal_outstanding, loan_version, file_id, line_number, recorded_by, payer, payer_name)
SELECT n.id, n.loan_id, n.bank_code, n.bank_reference, n.kind, n.paid_on, n.amount, 0, 0, 0, n.amount, 0, n.version,
  n.file_id, n.line_number, n.recorded_by, n.payer, n.payer_name
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::numeric[], $8::int[],
  $9::uuid[], $10::int[], $11::text[], $12::text[], $13::text[])
  AS n (id, loan_id, bank_code, bank_reference, kind, paid_on, amount, version, file_id, line_number, recorded_by,
    payer, payer_name)
"""
# What the rates of contracts are now: $1 loans, $2 day; then the new rows.
RATES_GONE: Final = """
UPDATE loan_rate SET replaced_on = greatest(recorded_on, $2), replaced_at = clock_timestamp()
WHERE loan_id = ANY ($1::uuid[]) AND replaced_on IS NULL
"""
RATES: Final = """
INSERT INTO loan_rate (id, loan_id, from_on, annual_rate, rate_id, recorded_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::numeric[], $5::uuid[], $6::date[])
"""
TAKEN_BACK: Final = """
UPDATE repayment SET penalty = 0, surcharge = 0, interest = 0, principal = 0, held = 0, refunded = 0,
  reversed_on = $2, reversed_at = clock_timestamp()
WHERE id = ANY ($1::uuid[])
"""
PARTS_GONE: Final = "DELETE FROM repayment_part WHERE repayment_id = ANY ($1::uuid[])"
PAYS: Final = """
UPDATE repayment r SET penalty = n.penalty, surcharge = n.surcharge, interest = n.interest, principal = n.principal,
  held = n.held, refunded = n.refunded, principal_outstanding = n.principal_outstanding
FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
  $8::numeric[]) AS n (id, penalty, surcharge, interest, principal, held, refunded, principal_outstanding)
WHERE r.id = n.id
"""
REMITTED_GONE: Final = "DELETE FROM remission_part WHERE loan_id = ANY ($1::uuid[])"
REMITTED: Final = """
INSERT INTO remission_part (loan_id, place, installment_number, remitted_on, remission_id, penalty, interest, principal)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::date[], $5::uuid[], $6::numeric[], $7::numeric[],
  $8::numeric[])
"""
PARTS: Final = """
INSERT INTO repayment_part (repayment_id, installment_number, penalty, interest, principal)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::numeric[], $4::numeric[], $5::numeric[])
"""
