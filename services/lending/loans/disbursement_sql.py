"""The SQL of disbursing: lines are checked against their applications and become loans in one statement."""

from services.lending.loans.bank_references_sql import BOOKED, JOIN_BOOKED
from services.lending.loans.file import FILE
from shared.events.lending import LoanDisbursed
from shared.outbox import bulk_insert
from shared.patterns import IDENTIFIER
from shared.policy.vocabulary import Consequence


def bears(row: str, consequence: Consequence) -> str:
    """Return the SQL condition that an application or loan is granted with this consequence (MS-1)."""
    return f"""{row}.conditions @> '[{{"consequence": "{consequence}"}}]'"""


CREATE_LINES = """
CREATE TEMP TABLE disbursement_line (
  line_number int NOT NULL, application_id uuid, contract_number text, bank_reference text, disbursed_on date,
  amount numeric(18, 2), pack_id uuid, product_code text, term_months int, mode text, household_id uuid,
  account_reference text, bank_reason text, signed_on date, annual_rate numeric, county_rate numeric, code text,
  unreadable text
) ON COMMIT DROP
"""
CREATE_CONTRACTS = """
CREATE TEMP TABLE contract (
  number int NOT NULL, pack_id uuid NOT NULL, product_code text, term_months int NOT NULL, disbursed_on date NOT NULL,
  signed_on date NOT NULL, principal numeric(18, 2) NOT NULL, agreed_rate numeric, annual_rate numeric NOT NULL,
  matures_on date NOT NULL,
  interest numeric(18, 2) NOT NULL, day_count text, repayment_method text, rounding text,
  early_payment_window_days int, grace_days int, penalty_multiplier numeric, default_after_days int,
  prepayment_allowed boolean, allocation_order text[], tolerance numeric(18, 2), misuse_multiplier numeric,
  unpaid_interest_bears text,
  own_terms text, next_repricing_on date
) ON COMMIT DROP
"""
CREATE_INSTALLMENTS = """
CREATE TEMP TABLE contract_installment (
  contract int NOT NULL, number int NOT NULL, period_from date NOT NULL, due_on date NOT NULL, days int NOT NULL,
  principal numeric(18, 2) NOT NULL, interest numeric(18, 2) NOT NULL
) ON COMMIT DROP
"""
CONTRACT_COLUMNS = (
    "number",
    "pack_id",
    "product_code",
    "term_months",
    "disbursed_on",
    "signed_on",
    "principal",
    "agreed_rate",
    "annual_rate",
    "matures_on",
    "interest",
    "day_count",
    "repayment_method",
    "rounding",
    "early_payment_window_days",
    "grace_days",
    "penalty_multiplier",
    "default_after_days",
    "prepayment_allowed",
    "allocation_order",
    "tolerance",
    "misuse_multiplier",
    "unpaid_interest_bears",
    "own_terms",
    "next_repricing_on",
)
INSTALLMENT_COLUMNS = ("contract", "number", "period_from", "due_on", "days", "principal", "interest")


LOCK = f"""
SELECT count(*) FROM (
  SELECT id FROM application WHERE id IN (
    SELECT application_id::uuid FROM disbursement_file_line WHERE application_id ~ '{IDENTIFIER}')
  ORDER BY id FOR UPDATE
) locked
"""  # noqa: S608 - our own pattern

# $1 bank, $2 regions, $3 today. The checks run in this order; the first that fails names the line.
CHECK = f"""
WITH {FILE.read}, counted AS MATERIALIZED (
  SELECT r.*, row_number() OVER (PARTITION BY application_id ORDER BY line_number) AS of_application,
    row_number() OVER (PARTITION BY contract_number ORDER BY line_number) AS of_contract,
    row_number() OVER (PARTITION BY bank_reference ORDER BY line_number) AS of_reference
  FROM read r
)
INSERT INTO disbursement_line (line_number, application_id, contract_number, bank_reference, disbursed_on, amount,
  pack_id, product_code, term_months, mode, household_id, account_reference, bank_reason, signed_on, annual_rate,
  unreadable, code)
SELECT r.line_number, a.id, r.contract_number, r.bank_reference, r.disbursed_on, r.amount, a.pack_id,
  a.product_code, a.term_months, a.mode, a.household_id, nullif(r.account_reference, ''),
  nullif(btrim(r.bank_reason), ''), coalesce(r.signed_on, r.disbursed_on), r.annual_rate, r.unreadable,
  CASE
    WHEN r.unreadable IS NOT NULL THEN 'line-malformed'
    WHEN a.id IS NULL OR NOT a.village_code ^@ ANY ($2::text[]) THEN 'application-unknown'
    WHEN a.bank_code <> $1::text THEN 'application-of-another-bank'
    WHEN a.state = 'disbursed' OR r.of_application > 1 THEN 'already-disbursed'
    WHEN a.state <> 'handed_over' THEN 'not-handed-over'
    WHEN a.amount <> r.amount THEN 'amount-differs'
    WHEN {bears("a", Consequence.WITH_REASON)} AND coalesce(btrim(r.bank_reason), '') = '' THEN 'bank-reason-missing'
    WHEN r.disbursed_on < a.handed_over_on THEN 'date-before-step'
    WHEN r.disbursed_on > $3::date THEN 'date-in-future'
    WHEN r.signed_on < a.handed_over_on THEN 'signed-before-hand-over'
    WHEN r.signed_on > r.disbursed_on THEN 'signed-after-disbursement'
    WHEN l.id IS NOT NULL OR r.of_contract > 1 THEN 'contract-number-used'
    WHEN b.loan_id IS NOT NULL OR r.of_reference > 1 THEN 'bank-reference-conflict'
  END
FROM counted r
LEFT JOIN application a ON a.id = r.application_id
LEFT JOIN loan l ON l.bank_code = $1::text AND l.contract_number = r.contract_number AND l.cancelled_on IS NULL
{JOIN_BOOKED}
"""  # noqa: S608 - our own patterns

# Ways of using a loan that may be banned on the day of some line; loans of the household's own use never are.
MODES = """
SELECT DISTINCT pack_id, product_code, mode, disbursed_on FROM disbursement_line
WHERE code IS NULL AND mode NOT IN ('direct', 'joint')
"""
REFUSE_MODES = """
UPDATE disbursement_line r SET code = 'enterprise-use-banned'
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[]) AS banned (pack_id, product_code, mode, disbursed_on)
WHERE r.code IS NULL AND r.pack_id = banned.pack_id AND r.product_code = banned.product_code AND r.mode = banned.mode
  AND r.disbursed_on = banned.disbursed_on
"""
RATES = """
SELECT DISTINCT pack_id, product_code, term_months, signed_on, annual_rate FROM disbursement_line
WHERE code IS NULL AND annual_rate IS NOT NULL
"""
REFUSE_RATES = """
UPDATE disbursement_line r SET code = refused.code, county_rate = refused.county_rate
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::date[], $5::numeric[], $6::text[], $7::numeric[])
  AS refused (pack_id, product_code, term_months, signed_on, annual_rate, code, county_rate)
WHERE r.code IS NULL AND r.pack_id = refused.pack_id AND r.product_code = refused.product_code
  AND r.term_months = refused.term_months AND r.signed_on = refused.signed_on
  AND r.annual_rate = refused.annual_rate
"""
# Lines whose cover the fund may hold no more by the day after tomorrow, or may never have held; $1 that day.
_COVER_UNCERTAIN = f"""
r.code IS NULL AND NOT {bears("a", Consequence.WITHOUT_COVER)} AND coalesce(a.cover_expires_on < $1::date, true)
"""
COVER_UNCERTAIN = f"""
SELECT a.id AS application_id, a.amount, a.county_code, a.bank_code, a.product_code
FROM disbursement_line r JOIN application a ON a.id = r.application_id WHERE {_COVER_UNCERTAIN}
ORDER BY a.handed_over_on, r.line_number
"""  # noqa: S608 - our own texts
# $2 the applications whose cover was confirmed just now
REFUSE_UNCOVERED = f"""
UPDATE disbursement_line r SET code = 'cover-expired' FROM application a
WHERE a.id = r.application_id AND NOT a.id = ANY ($2::uuid[]) AND {_COVER_UNCERTAIN}
"""  # noqa: S608 - our own texts
# One account takes the loans of one household (SX-1); $1 bank. Filings of one bank wait for each other here.
LOCK_PAYEES = "SELECT pg_advisory_xact_lock(hashtextextended('payee-accounts/' || $1, 0))"
LOCK_ACCOUNTS = f"""
{LOCK_PAYEES}
FROM disbursement_line WHERE account_reference IS NOT NULL LIMIT 1
"""
REFUSE_ACCOUNTS = """
UPDATE disbursement_line r SET code = 'account-of-another-household'
FROM (
  SELECT line_number, coalesce(p.household_id,
    first_value(l.household_id) OVER (PARTITION BY l.account_reference ORDER BY l.line_number)) AS owner
  FROM disbursement_line l
  LEFT JOIN payee_account p ON p.bank_code = $1::text AND p.account_reference = l.account_reference
  WHERE l.code IS NULL AND l.account_reference IS NOT NULL
) known
WHERE r.line_number = known.line_number AND r.household_id <> known.owner
"""
STORE_ACCOUNTS = """
INSERT INTO payee_account (bank_code, account_reference, household_id, since_on)
SELECT $1::text, account_reference, household_id, min(disbursed_on) FROM disbursement_line
WHERE code IS NULL AND account_reference IS NOT NULL GROUP BY account_reference, household_id
ON CONFLICT (bank_code, account_reference) DO NOTHING
"""

# The account of a disbursement that was taken back, loan $1, is free unless another loan of the household went there.
FREE_ACCOUNT = """
DELETE FROM payee_account p USING disbursement d JOIN loan l ON l.id = d.loan_id
WHERE d.loan_id = $1 AND (p.bank_code, p.account_reference, p.household_id)
    = (d.bank_code, d.account_reference, l.household_id)
  AND NOT EXISTS (SELECT FROM loan o JOIN disbursement e ON e.loan_id = o.id
    WHERE o.household_id = l.household_id AND o.cancelled_on IS NULL
      AND (e.bank_code, e.account_reference) = (d.bank_code, d.account_reference))
"""

# $1 bank, $2 today
REFUSED = f"""
SELECT r.line_number, r.code, r.unreadable, f.application_id, f.contract_number, f.bank_reference, f.disbursed_on,
  r.signed_on, f.amount, f.account_reference, a.state, a.amount AS amount_approved, a.handed_over_on, a.conditions,
  trim_scale(r.annual_rate) AS annual_rate, r.county_rate, {BOOKED},
  $2::date AS today
FROM disbursement_line r
JOIN disbursement_file_line f USING (line_number)
LEFT JOIN application a ON a.id = r.application_id
{JOIN_BOOKED}
WHERE r.code IS NOT NULL ORDER BY r.line_number
"""  # noqa: S608 - our own texts
TERMS = """
SELECT DISTINCT pack_id, product_code, term_months, disbursed_on, signed_on, amount AS principal,
  annual_rate AS agreed_rate
FROM disbursement_line WHERE code IS NULL
ORDER BY pack_id, product_code, term_months, disbursed_on, signed_on, principal, agreed_rate
"""

_RECORD_EVENTS = bulk_insert(
    LoanDisbursed,
    source="made m",
    aggregate_id="m.loan_id",
    aggregate_version="1",
    region_code="m.village_code",
    traceparent="$4::text",
    data={
        "loan_id": "m.loan_id",
        "application_id": "m.id",
        "household_id": "m.household_id",
        "contract_number": "m.contract_number",
        "bank_code": "m.bank_code",
        "village_code": "m.village_code",
        "principal": "m.amount::text",
        "annual_rate": "m.annual_rate::text",
        "day_count": "m.day_count",
        "repayment_method": "m.repayment_method",
        "term_months": "m.term_months",
        "disbursed_on": "m.paid_out_on",
        "matures_on": "m.matures_on",
        "industry": "m.industry",
        "loan_round": "m.loan_round",
        "pack_version": "m.pack_version",
        "mode": "m.mode",
        "entity_id": "m.entity_id",
        "granted_under": "m.granted_under",
        "product_code": "m.product_code",
        "legacy_rule": "m.legacy_rule",
        "without_subsidy": bears("m", Consequence.WITHOUT_SUBSIDY),
        "without_cover": bears("m", Consequence.WITHOUT_COVER),
    },
)
# The columns of a contract that every loan takes over as they stand.
CONTRACT = """
    c.number AS contract, c.signed_on, c.agreed_rate IS NOT NULL AS rate_stated, c.annual_rate, c.matures_on,
    c.interest, c.day_count, c.repayment_method, c.rounding,
    c.early_payment_window_days, c.grace_days, c.penalty_multiplier, c.default_after_days, c.prepayment_allowed,
    c.allocation_order, c.tolerance, c.misuse_multiplier, c.unpaid_interest_bears, c.next_repricing_on
"""
# What becomes of `made`, whichever way its loans came: the loan, its payment, its schedule, the event.
# $2 file (null for a single one), $3 officer, $4 traceparent
PUT = f"""
put_loan AS (
  INSERT INTO loan (id, application_id, household_id, household_number, village_code, township_code, county_code,
    bank_code, contract_number, industry, purpose, loan_round, pack_id, pack_version, principal, annual_rate, day_count,
    repayment_method, rounding, term_months, disbursed_on, matures_on, early_payment_window_days, grace_days,
    penalty_multiplier, default_after_days, prepayment_allowed, allocation_order, tolerance, principal_outstanding,
    interest_charged, last_value_on, mode, entity_id, borrower_member_id, branch_id, granted_under, conditions,
    bank_reason, product_code, signed_on, signed_rate, rate_stated, misuse_multiplier, unpaid_interest_bears,
    next_repricing_on)
  SELECT loan_id, id, household_id, household_number, village_code, township_code, county_code, bank_code,
    contract_number, industry, purpose, loan_round, pack_id, pack_version, amount, annual_rate, day_count,
    repayment_method, rounding, term_months, paid_out_on, matures_on, early_payment_window_days, grace_days,
    penalty_multiplier, default_after_days, prepayment_allowed, allocation_order, tolerance, amount, interest,
    paid_out_on,
    mode, entity_id, borrower_member_id, branch_id, granted_under, conditions, bank_reason, product_code,
    signed_on, annual_rate, rate_stated, misuse_multiplier, unpaid_interest_bears, next_repricing_on
  FROM made
), put_disbursement AS (
  INSERT INTO disbursement (loan_id, bank_code, bank_reference, amount, disbursed_on, handed_over_on,
    disbursement_due_on,
    late, file_id, recorded_by, account_reference)
  SELECT loan_id, bank_code, bank_reference, amount, paid_out_on, handed_over_on, disbursement_due_on,
    paid_out_on > disbursement_due_on, $2::uuid, $3::text, account_reference
  FROM made
), put_references AS (
  INSERT INTO bank_reference (bank_code, bank_reference, entry, entry_id, loan_id, booked_on, amount)
  SELECT bank_code, bank_reference, 'disbursement', loan_id, loan_id, paid_out_on, amount FROM made
), put_installments AS (
  INSERT INTO installment (loan_id, number, period_from, due_on, days, principal_due, interest_due, penalty_until_on)
  SELECT m.loan_id, i.number, i.period_from, i.due_on, i.days, i.principal, i.interest, i.due_on
  FROM made m JOIN contract_installment i ON i.contract = m.contract
), events AS ({_RECORD_EVENTS})
"""  # noqa: S608 - our own texts


def disburse(put_application: str) -> str:
    """Return the statement that makes loans of right lines; `put_application` marks the applications; $1 bank."""
    return f"""
WITH made AS MATERIALIZED (
  SELECT uuid7() AS loan_id, a.id, a.household_id, a.household_number, a.village_code, a.township_code, a.county_code,
    a.bank_code, a.industry, a.purpose, a.loan_round, a.pack_id, a.pack_version, a.term_months, a.amount,
    a.handed_over_on, a.disbursement_due_on, r.contract_number, r.bank_reference, r.disbursed_on AS paid_out_on,
    r.account_reference, a.mode, a.entity_id, a.borrower_member_id, a.branch_id, 'current' AS granted_under,
    a.conditions, r.bank_reason, a.product_code, NULL::text AS legacy_rule,
  {CONTRACT}
  FROM disbursement_line r
  JOIN application a ON a.id = r.application_id
  JOIN contract c ON c.pack_id = a.pack_id AND c.product_code = a.product_code AND c.term_months = a.term_months
    AND c.disbursed_on = r.disbursed_on AND c.signed_on = r.signed_on AND c.principal = a.amount
    AND c.agreed_rate IS NOT DISTINCT FROM r.annual_rate
  WHERE r.code IS NULL
  ORDER BY r.line_number
), {put_application}, {PUT}
SELECT count(*) AS loans, (SELECT count(*) FROM put_application) AS applications, min(loan_id::text) AS first_loan
FROM made WHERE bank_code = $1::text
"""  # noqa: S608 - our own texts


SUMMARY = """
SELECT count(*) AS loans, coalesce(sum(r.amount), 0.00) AS amount,
  count(*) FILTER (WHERE r.disbursed_on > a.disbursement_due_on) AS late
FROM disbursement_line r JOIN application a ON a.id = r.application_id WHERE r.code IS NULL
"""
STORE_FILE = """
INSERT INTO disbursement_file (id, bank_code, lines, total, loans, amount, late, rejected, received_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
STORE_REJECTIONS = """
INSERT INTO disbursement_rejection (file_id, line_number, application_id, contract_number, code, reason)
SELECT $1, line_number, f.application_id, f.contract_number, refused.code, refused.reason
FROM unnest($2::int[], $3::text[], $4::text[]) AS refused (line_number, code, reason)
JOIN disbursement_file_line f USING (line_number)
"""
