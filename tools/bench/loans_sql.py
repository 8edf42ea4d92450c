"""A county's loans made in bulk: each as its disbursement leaves it, with schedule and published event.

A loan's ids are its number behind a fixed prefix, so that a load generator and pgbench can name any loan.
"""

import time
from typing import Final
from uuid import UUID

from shared.events.lending import LoanDisbursed
from shared.outbox import bulk_insert

COUNTY: Final = "500236"
BANK: Final = "RCB"
PAID_ON: Final = "2017-12-20"  # when the first year's interest falls due
PACK_ID: Final = UUID("01700000-0000-7000-8000-ffffffffffff")
LOAN_PREFIX: Final = "01700000-0000-7000-8000-"
_APPLICATION_PREFIX: Final = "01700000-0000-7000-9000-"
_HOUSEHOLD_PREFIX: Final = "01700000-0000-7000-a000-"

PUT_PACK: Final = """
INSERT INTO policy_pack (pack_id, county_code, pack_version, effective_from, content_hash, content)
VALUES ($1, $2, 1, '2017-01-01', 'benchmark', $3::text::jsonb)
"""


def loan_id(number: int) -> UUID:
    """Return the id of a loan by its number."""
    return UUID(f"{LOAN_PREFIX}{number:012x}")


def loan_id_sql(number: str) -> str:
    """Return the SQL expression of the id of a loan whose number is `number`."""
    return _id(LOAN_PREFIX, number)


def next_reference() -> str:
    """Return the beginning of a bank's next reference: a bank's references rise, and postings of a day follow them."""
    return f"B{time.time_ns():020d}"


# The same by PostgreSQL's clock.
NEXT_REFERENCE_SQL: Final = "'B' || lpad((extract(epoch FROM clock_timestamp()) * 1000000000)::bigint::text, 20, '0')"


def contract_number(number: int) -> str:
    """Return the contract number of a loan by its number."""
    return f"BENCH-{number:07d}"


def _id(prefix: str, number: str) -> str:
    return f"('{prefix}' || lpad(to_hex({number}), 12, '0'))::uuid"


# $1 first and $2 last number
_NUMBERED = f"""
numbered AS (
  SELECT n, {_id(LOAN_PREFIX, "n")} AS loan_id, {_id(_APPLICATION_PREFIX, "n")} AS application_id,
    {_id(_HOUSEHOLD_PREFIX, "n")} AS household_id, 'H' || lpad(n::text, 7, '0') AS household_number,
    'BENCH-' || lpad(n::text, 7, '0') AS contract_number,
    '{COUNTY}' || lpad((n % 33 + 1)::text, 3, '0') AS township_code,
    '{COUNTY}' || lpad((n % 33 + 1)::text, 3, '0') || lpad((n % 12 + 201)::text, 3, '0') AS village_code
  FROM generate_series($1::int, $2::int) AS n
)"""
# The first interest date, one year later, and the end of the term with the whole principal.
_SCHEDULE = """
planned (number, period_from, due_on, principal) AS (VALUES
  (1, date '2017-01-10', date '2017-12-20', 0.00), (2, date '2017-12-20', date '2018-12-20', 0.00),
  (3, date '2018-12-20', date '2020-01-10', 50000.00)
), schedule AS (
  SELECT *, interest_on(50000.00, 4.35, 'ACT/360', period_from, due_on, 'half_up') AS interest FROM planned
)"""

PUT_APPLICATIONS: Final = f"""
WITH {_NUMBERED}
INSERT INTO application (id, household_id, household_number, village_code, township_code, county_code, bank_code,
  amount, term_months, industry, purpose, state, state_from, pack_id, pack_version, eligibility, filed_on, filed_by,
  approved_on, handed_over_on, handed_over_by, disbursement_due_on, disbursed_on, loan_id)
SELECT application_id, household_id, household_number, village_code, township_code, '{COUNTY}', '{BANK}', 50000.00, 36,
  'planting', 'planting', 'disbursed', '2017-01-10', '{PACK_ID}', 1, '{{}}', '2017-01-03', 'township', '2017-01-06',
  '2017-01-06', 'centre', '2017-01-17', '2017-01-10', loan_id
FROM numbered
"""
PUT_LOANS: Final = f"""
WITH {_NUMBERED}, {_SCHEDULE}, charged AS (SELECT sum(interest) AS interest FROM schedule)
INSERT INTO loan (id, application_id, household_id, household_number, village_code, township_code, county_code,
  bank_code, contract_number, industry, purpose, loan_round, pack_id, pack_version, principal, annual_rate, signed_rate,
  rate_stated, signed_on, day_count, repayment_method, rounding, term_months, disbursed_on, matures_on,
  early_payment_window_days, grace_days, penalty_multiplier,
  default_after_days, prepayment_allowed, allocation_order, principal_outstanding,
  interest_charged, last_value_on)
SELECT loan_id, application_id, household_id, household_number, village_code, township_code, '{COUNTY}', '{BANK}',
  contract_number, 'planting', 'planting', 1, '{PACK_ID}', 1, 50000.00, 4.35, 4.35, false, '2017-01-10', 'ACT/360',
  'interest_only', 'half_up', 36, '2017-01-10', '2020-01-10', 30, 0, 1.5, 90, true,
  '{{penalty,interest,principal}}', 50000.00, charged.interest,
  '2017-01-10'
FROM numbered CROSS JOIN charged
"""
PUT_INSTALLMENTS: Final = f"""
WITH {_NUMBERED}, {_SCHEDULE}
INSERT INTO installment (loan_id, number, period_from, due_on, days, principal_due, interest_due, penalty_until_on)
SELECT loan_id, number, period_from, due_on, due_on - period_from, principal, interest, due_on
FROM numbered CROSS JOIN schedule ORDER BY loan_id, number
"""
PUT_EVENTS: Final = f"WITH {_NUMBERED} " + bulk_insert(
    LoanDisbursed,
    source="numbered ORDER BY n",
    aggregate_id="loan_id",
    aggregate_version="1",
    region_code="village_code",
    data={
        "loan_id": "loan_id",
        "application_id": "application_id",
        "household_id": "household_id",
        "contract_number": "contract_number",
        "bank_code": f"'{BANK}'",
        "village_code": "village_code",
        "principal": "'50000.00'",
        "annual_rate": "'4.35'",
        "day_count": "'ACT/360'",
        "repayment_method": "'interest_only'",
        "term_months": "36",
        "disbursed_on": "'2017-01-10'",
        "matures_on": "'2020-01-10'",
        "industry": "'planting'",
        "loan_round": "1",
        "pack_version": "1",
    },
    event_id="uuidv7()",
)
# Events of runs that have ended, and of the floor, which no relay has to carry.
MARK_PUBLISHED: Final = "UPDATE outbox SET published_at = now(), stream_sequence = 0 WHERE published_at IS NULL"

PUT_ACCOUNTS: Final = f"""
WITH {_NUMBERED}
INSERT INTO subsidy_account (loan_id, household_id, county_code, village_code, bank_code, contract_number, principal,
  annual_rate, day_count, term_months, disbursed_on, matures_on, loan_round, pack_version)
SELECT loan_id, household_id, '{COUNTY}', village_code, '{BANK}', contract_number, 50000.00, 4.35, 'ACT/360', 36,
  '2017-01-10', '2020-01-10', 1, 1
FROM numbered
"""
PUT_POSITIONS: Final = f"""
WITH {_NUMBERED}
INSERT INTO inbox_position (consumer, aggregate_id, version) SELECT 'subsidy-lending', loan_id, 1 FROM numbered
"""
