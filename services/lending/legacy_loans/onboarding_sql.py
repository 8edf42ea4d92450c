"""The SQL of legacy loans: what is already on the books, and loans with a record in place of their application."""

from services.lending.applications.disbursed_sql import ONBOARDED
from services.lending.loans import disbursement_sql as disbursing
from services.lending.loans.bank_references_sql import BOOKED, JOIN_BOOKED

CREATE_LINES = """
CREATE TEMP TABLE legacy_line (
  line_number int NOT NULL, id uuid NOT NULL, household_id uuid NOT NULL, household_number text NOT NULL,
  household_version int, village_code text NOT NULL, contract_number text NOT NULL, bank_reference text NOT NULL,
  amount numeric(18, 2) NOT NULL, term_months int NOT NULL, granted_on date NOT NULL, agreed_rate numeric NOT NULL,
  mode text NOT NULL, entity_id uuid, borrower_member_id uuid, guarantor text, industry text NOT NULL,
  purpose text NOT NULL, loan_round int NOT NULL, pack_id uuid NOT NULL, pack_version int NOT NULL,
  granted_under text NOT NULL, product_code text NOT NULL, legacy_rule text NOT NULL,
  conditions text NOT NULL, own_terms text NOT NULL
) ON COMMIT DROP
"""
LINE_COLUMNS = (
    "line_number",
    "id",
    "household_id",
    "household_number",
    "household_version",
    "village_code",
    "contract_number",
    "bank_reference",
    "amount",
    "term_months",
    "granted_on",
    "agreed_rate",
    "mode",
    "entity_id",
    "borrower_member_id",
    "guarantor",
    "industry",
    "purpose",
    "loan_round",
    "pack_id",
    "pack_version",
    "granted_under",
    "product_code",
    "legacy_rule",
    "conditions",
    "own_terms",
)
USED = f"""
SELECT r.contract_number, r.bank_reference, l.id IS NOT NULL AS contract_used, {BOOKED}
FROM unnest($2::text[], $3::text[]) AS r (contract_number, bank_reference)
LEFT JOIN loan l ON l.bank_code = $1::text AND l.contract_number = r.contract_number AND l.cancelled_on IS NULL
{JOIN_BOOKED}
WHERE l.id IS NOT NULL OR b.loan_id IS NOT NULL
"""  # noqa: S608 - our own texts
TERMS = """
SELECT DISTINCT pack_id, product_code, term_months, granted_on AS disbursed_on, granted_on AS signed_on,
  amount AS principal, agreed_rate, own_terms
FROM legacy_line ORDER BY pack_id, product_code, term_months, disbursed_on, principal, agreed_rate, own_terms
"""

# $1 bank, $2 null: no file, $3 officer, $4 traceparent, $5 day of onboarding
ONBOARD = f"""
WITH made AS MATERIALIZED (
  SELECT uuid7() AS loan_id, r.id, r.household_id, r.household_number, r.household_version, r.village_code,
    left(r.village_code, 9) AS township_code, left(r.village_code, 6) AS county_code, $1::text AS bank_code,
    r.industry, r.purpose, r.loan_round, r.pack_id, r.pack_version, r.term_months, r.amount,
    r.granted_on AS handed_over_on, r.granted_on AS disbursement_due_on, r.contract_number, r.bank_reference,
    r.granted_on AS paid_out_on, NULL::text AS account_reference, r.mode, r.entity_id, r.borrower_member_id,
    NULL::uuid AS branch_id, r.granted_under, r.product_code, r.legacy_rule, r.guarantor, r.line_number,
    r.conditions::jsonb AS conditions, r.own_terms::jsonb AS own_terms, NULL::text AS bank_reason,
  {disbursing.CONTRACT}
  FROM legacy_line r
  JOIN contract c ON c.pack_id = r.pack_id AND c.product_code = r.product_code AND c.term_months = r.term_months
    AND c.disbursed_on = r.granted_on AND c.principal = r.amount AND c.agreed_rate = r.agreed_rate
    AND c.own_terms = r.own_terms
  ORDER BY r.line_number
), {ONBOARDED}, put_legacy_loan AS (
  INSERT INTO legacy_loan (loan_id, granted_under, legacy_rule, guarantor, own_terms, onboarded_on, recorded_by)
  SELECT loan_id, granted_under, legacy_rule, guarantor, own_terms, $5::date, $3::text FROM made
), {disbursing.PUT}
SELECT loan_id AS id, contract_number, household_number, granted_under, matures_on, amount
FROM made ORDER BY line_number
"""  # noqa: S608 - our own texts
