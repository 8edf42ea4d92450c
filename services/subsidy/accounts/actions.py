"""Keep what lending and registry report, many events with one statement each, every event once."""

from collections.abc import Sequence

from shared.db import Connection
from shared.events.lending import (
    DefaultConfirmed,
    DefaultLifted,
    DisbursementReversed,
    LoanClosed,
    LoanDisbursed,
    LoanRestated,
    RepaymentRecorded,
)
from shared.events.received import Received
from shared.events.registry import (
    HouseholdEnded,
    HouseholdListed,
    HouseholdMerged,
    HouseholdsRegistered,
    HouseholdStatusChanged,
    HouseholdUnlisted,
)
from shared.policy.overlays import USUAL_PRODUCT
from shared.regions import county_of

_OPEN = """
INSERT INTO subsidy_account (loan_id, household_id, county_code, village_code, bank_code, contract_number, principal,
  annual_rate, day_count, term_months, disbursed_on, matures_on, loan_round, pack_version, without_subsidy,
  product_code, legacy_rule, mode)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[],
  $8::numeric[], $9::text[], $10::int[], $11::date[], $12::date[], $13::int[], $14::int[], $15::bool[], $16::text[],
  $17::text[], $18::text[])
ON CONFLICT (loan_id) DO NOTHING
"""


async def open_accounts(conn: Connection, received: Sequence[Received[LoanDisbursed]]) -> None:
    """Open a subsidy account for each loan, with the terms its subsidy depends on."""
    loans = [message.event for message in received]
    await conn.execute(
        _OPEN,
        [loan.loan_id for loan in loans],
        [loan.household_id for loan in loans],
        [county_of(loan.village_code) for loan in loans],
        [loan.village_code for loan in loans],
        [loan.bank_code for loan in loans],
        [loan.contract_number for loan in loans],
        [loan.principal for loan in loans],
        [loan.annual_rate for loan in loans],
        [loan.day_count for loan in loans],
        [loan.term_months for loan in loans],
        [loan.disbursed_on for loan in loans],
        [loan.matures_on for loan in loans],
        [loan.loan_round for loan in loans],
        [loan.pack_version for loan in loans],
        [loan.without_subsidy for loan in loans],
        [loan.product_code or USUAL_PRODUCT.code for loan in loans],
        [loan.legacy_rule for loan in loans],
        [loan.mode for loan in loans],
    )


_STORE_INTEREST = """
INSERT INTO interest_payment (repayment_id, installment_number, loan_id, loan_version, bank_reference, kind, paid_on,
  period_from, period_until, amount, payer)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::date[], $8::date[],
  $9::date[], $10::numeric[], $11::text[])
ON CONFLICT DO NOTHING
"""
_STORE_PRINCIPAL = """
INSERT INTO principal_payment (repayment_id, loan_id, loan_version, paid_on, amount)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::date[], $5::numeric[])
ON CONFLICT DO NOTHING
"""
_STORE_PENALTY = """
INSERT INTO penalty_payment (repayment_id, loan_id, loan_version, bank_reference, paid_on, amount)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::date[], $6::numeric[])
ON CONFLICT DO NOTHING
"""


async def store_repayments(conn: Connection, received: Sequence[Received[RepaymentRecorded]]) -> None:
    """Keep the interest that was really paid, part by part, and the penalty interest apart from it (SX-5)."""
    parts = [(message, part) for message in received for part in message.event.interest_parts]
    await conn.execute(
        _STORE_INTEREST,
        [message.event.repayment_id for message, _ in parts],
        [part.installment_number for _, part in parts],
        [message.event.loan_id for message, _ in parts],
        [message.aggregate_version for message, _ in parts],
        [message.event.bank_reference for message, _ in parts],
        [message.event.kind for message, _ in parts],
        [message.event.paid_on for message, _ in parts],
        [part.period_from for _, part in parts],
        [part.period_until for _, part in parts],
        [part.amount for _, part in parts],
        [message.event.payer for message, _ in parts],
    )
    penalties = [message for message in received if message.event.penalty > 0]
    await conn.execute(
        _STORE_PENALTY,
        [message.event.repayment_id for message in penalties],
        [message.event.loan_id for message in penalties],
        [message.aggregate_version for message in penalties],
        [message.event.bank_reference for message in penalties],
        [message.event.paid_on for message in penalties],
        [message.event.penalty for message in penalties],
    )
    principals = [message for message in received if message.event.principal > 0]
    await conn.execute(
        _STORE_PRINCIPAL,
        [message.event.repayment_id for message in principals],
        [message.event.loan_id for message in principals],
        [message.aggregate_version for message in principals],
        [message.event.paid_on for message in principals],
        [message.event.principal for message in principals],
    )


# Everything that counts on these loans as their events tell it, interest part by part and penalty by repayment.
_PUBLISHED = """
WITH loan AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS l (loan_id uuid, version int, repayments jsonb)
), repaid AS MATERIALIZED (
  SELECT l.loan_id, l.version, r.* FROM loan l CROSS JOIN jsonb_to_recordset(l.repayments)
    AS r (repayment_id uuid, bank_reference text, kind text, paid_on date, payer text, penalty numeric,
      principal numeric, interest_parts jsonb)
), part AS MATERIALIZED (
  SELECT r.*, p.* FROM repaid r CROSS JOIN jsonb_to_recordset(r.interest_parts)
    AS p (installment_number int, period_from date, period_until date, amount numeric)
)"""
_SUPERSEDE_INTEREST = f"""
{_PUBLISHED}
UPDATE interest_payment p SET superseded_by = l.version
FROM loan l WHERE p.loan_id = l.loan_id AND p.superseded_by IS NULL AND NOT EXISTS (
  SELECT FROM part t
  WHERE (t.repayment_id, t.installment_number, t.bank_reference, t.kind, t.paid_on, t.period_from, t.period_until,
    t.amount, t.payer) = (p.repayment_id, p.installment_number, p.bank_reference, p.kind, p.paid_on, p.period_from,
    p.period_until, p.amount, p.payer))
"""  # noqa: S608 - our own text
_RESTATE_INTEREST = f"""
{_PUBLISHED}
INSERT INTO interest_payment (repayment_id, installment_number, loan_id, loan_version, bank_reference, kind, paid_on,
  period_from, period_until, amount, payer)
SELECT repayment_id, installment_number, loan_id, version, bank_reference, kind, paid_on, period_from, period_until,
  amount, payer
FROM part ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own text
_SUPERSEDE_PENALTY = f"""
{_PUBLISHED}
UPDATE penalty_payment p SET superseded_by = l.version
FROM loan l WHERE p.loan_id = l.loan_id AND p.superseded_by IS NULL AND NOT EXISTS (
  SELECT FROM repaid t WHERE (t.repayment_id, t.bank_reference, t.paid_on, t.penalty)
    = (p.repayment_id, p.bank_reference, p.paid_on, p.amount))
"""  # noqa: S608 - our own text
_RESTATE_PENALTY = f"""
{_PUBLISHED}
INSERT INTO penalty_payment (repayment_id, loan_id, loan_version, bank_reference, paid_on, amount)
SELECT repayment_id, loan_id, version, bank_reference, paid_on, penalty FROM repaid WHERE penalty > 0
ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own text
_SUPERSEDE_PRINCIPAL = f"""
{_PUBLISHED}
UPDATE principal_payment p SET superseded_by = l.version
FROM loan l WHERE p.loan_id = l.loan_id AND p.superseded_by IS NULL AND NOT EXISTS (
  SELECT FROM repaid t WHERE (t.repayment_id, t.paid_on, t.principal) = (p.repayment_id, p.paid_on, p.amount))
"""  # noqa: S608 - our own text
_RESTATE_PRINCIPAL = f"""
{_PUBLISHED}
INSERT INTO principal_payment (repayment_id, loan_id, loan_version, paid_on, amount)
SELECT repayment_id, loan_id, version, paid_on, principal FROM repaid WHERE principal > 0
ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own text
_RESTATEMENTS = (
    *(_SUPERSEDE_INTEREST, _RESTATE_INTEREST, _SUPERSEDE_PENALTY, _RESTATE_PENALTY),
    *(_SUPERSEDE_PRINCIPAL, _RESTATE_PRINCIPAL),
)


async def restate_payments(conn: Connection, received: Sequence[Received[LoanRestated]]) -> None:
    """Store as paid on a loan exactly what is published anew, and its last day, or none when it is open (冲正、补记).

    A part that changed or was taken back stays as it was, superseded: a line that rests on it stays readable.
    """
    published = [message.event.model_dump(mode="json", include={"loan_id", "repayments"})
            | {"version": message.aggregate_version} for message in received]  # fmt: skip
    for statement in _RESTATEMENTS:
        await conn.execute(statement, published)
    loans = [message.event for message in received]
    await conn.execute(_CLOSE, [loan.loan_id for loan in loans], [loan.after.closed_on for loan in loans])
    await conn.execute(_RATE, [loan.loan_id for loan in loans], [loan.annual_rate for loan in loans])
    rates = [
        message.event.model_dump(mode="json", include={"loan_id", "rates"}) | {"version": message.aggregate_version}
        for message in received
        if message.event.rates is not None
    ]
    for statement in (_SUPERSEDE_RATES, _RESTATE_RATES):
        await conn.execute(statement, rates)


# The rate of the contract as it stands, and those of its days where it changed: interest above a cap is measured by the
# rate of its days (DZ-1b).
_RATE = """
UPDATE subsidy_account a SET annual_rate = r.annual_rate
FROM unnest($1::uuid[], $2::numeric[]) AS r (loan_id, annual_rate)
WHERE a.loan_id = r.loan_id AND r.annual_rate IS NOT NULL AND a.annual_rate <> r.annual_rate
"""
_PUBLISHED_RATES = """
WITH loan AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS l (loan_id uuid, version int, rates jsonb)
), step AS MATERIALIZED (
  SELECT l.loan_id, l.version, r.* FROM loan l
  CROSS JOIN jsonb_to_recordset(l.rates) AS r (from_on date, annual_rate numeric) WHERE jsonb_array_length(l.rates) > 1
)"""
_SUPERSEDE_RATES = f"""
{_PUBLISHED_RATES}
UPDATE account_rate r SET superseded_by = l.version
FROM loan l WHERE r.loan_id = l.loan_id AND r.superseded_by IS NULL AND NOT EXISTS (
  SELECT FROM step s WHERE (s.loan_id, s.from_on, s.annual_rate) = (r.loan_id, r.from_on, r.annual_rate))
"""  # noqa: S608 - our own text
_RESTATE_RATES = f"""
{_PUBLISHED_RATES}
INSERT INTO account_rate (loan_id, loan_version, from_on, annual_rate)
SELECT loan_id, version, from_on, annual_rate FROM step ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own text
_CLOSE = """
UPDATE subsidy_account a SET closed_on = c.closed_on
FROM unnest($1::uuid[], $2::date[]) AS c (loan_id, closed_on) WHERE a.loan_id = c.loan_id
"""


async def close_accounts(conn: Connection, received: Sequence[Received[LoanClosed]]) -> None:
    """Note the day on which nothing was owed any more."""
    closed = [message.event for message in received]
    await conn.execute(_CLOSE, [event.loan_id for event in closed], [event.closed_on for event in closed])


_STORE_DEFAULTS = """
INSERT INTO loan_default (default_report_id, loan_id, confirmed_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[]) ON CONFLICT (default_report_id) DO NOTHING
"""
_LIFT_DEFAULTS = """
UPDATE loan_default d SET lifted_on = l.lifted_on, withdrawn = l.withdrawn
FROM unnest($1::uuid[], $2::date[], $3::boolean[]) AS l (default_report_id, lifted_on, withdrawn)
WHERE d.default_report_id = l.default_report_id
"""
_NEVER_STOOD = """
UPDATE subsidy_account a SET reversed_on = r.reversed_on
FROM unnest($1::uuid[], $2::date[]) AS r (loan_id, reversed_on) WHERE a.loan_id = r.loan_id
"""


async def store_defaults(conn: Connection, received: Sequence[Received[DefaultConfirmed]]) -> None:
    """Keep since when loans are in confirmed default: their balance is at risk (DZ-2)."""
    confirmed = [message.event for message in received]
    await conn.execute(
        _STORE_DEFAULTS,
        [event.default_report_id for event in confirmed],
        [event.loan_id for event in confirmed],
        [event.confirmed_on for event in confirmed],
    )


async def lift_defaults(conn: Connection, received: Sequence[Received[DefaultLifted]]) -> None:
    """Keep from when a default stands no more; one that was withdrawn never stood."""
    lifted = [message.event for message in received]
    await conn.execute(
        _LIFT_DEFAULTS,
        [event.default_report_id for event in lifted],
        [event.lifted_on for event in lifted],
        [event.cause == "withdrawn" for event in lifted],
    )


async def note_reversed_loans(conn: Connection, received: Sequence[Received[DisbursementReversed]]) -> None:
    """Keep that a disbursement was taken back (放款冲正): the loan never stood and counts nowhere."""
    taken_back = [message.event for message in received]
    await conn.execute(
        _NEVER_STOOD, [event.loan_id for event in taken_back], [event.reversed_on for event in taken_back]
    )


_STORE_STATES = """
INSERT INTO household_state (household_id, version, village_code, state, effective_from)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::date[])
ON CONFLICT (household_id, version) DO NOTHING
"""


async def store_registered_households(conn: Connection, received: Sequence[Received[HouseholdsRegistered]]) -> None:
    """Keep how households stood when they came onto the register: version 0, before any event of their own."""
    households = [household for message in received for household in message.event.households]
    await conn.execute(
        _STORE_STATES,
        [household.household_id for household in households],
        [0] * len(households),
        [household.village_code for household in households],
        [household.state for household in households],
        [household.effective_from for household in households],
    )


async def store_household_states(conn: Connection, received: Sequence[Received[HouseholdStatusChanged]]) -> None:
    """Keep how households stand on the register, by their version, so that the order of arrival does not matter."""
    await conn.execute(
        _STORE_STATES,
        [message.event.household_id for message in received],
        [message.aggregate_version for message in received],
        [message.event.village_code for message in received],
        [message.event.state for message in received],
        [message.event.effective_from for message in received],
    )


_STORE_LISTED = """
INSERT INTO household_listing (listing_id, household_id, list_name, listed_on, cleared_on)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[])
ON CONFLICT (listing_id) DO UPDATE SET listed_on = excluded.listed_on,
  cleared_on = coalesce(household_listing.cleared_on, excluded.cleared_on)
"""
_STORE_UNLISTED = """
INSERT INTO household_listing (listing_id, household_id, list_name, cleared_on, overturned)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::boolean[])
ON CONFLICT (listing_id) DO UPDATE SET cleared_on = excluded.cleared_on, overturned = excluded.overturned
"""


async def store_listings(conn: Connection, received: Sequence[Received[HouseholdListed]]) -> None:
    """Keep since when households are on a list: interest of days on the blacklist is not subsidised (LG-22)."""
    listed = {message.event.listing_id: message.event for message in received}.values()
    await conn.execute(
        _STORE_LISTED,
        [event.listing_id for event in listed],
        [event.household_id for event in listed],
        [event.list_name for event in listed],
        [event.listed_on for event in listed],
        [event.ends_on for event in listed],
    )


async def store_removals(conn: Connection, received: Sequence[Received[HouseholdUnlisted]]) -> None:
    """Keep from when an entry holds no more; one that an appeal or a correction found wrong never held (LG-22)."""
    cleared = {message.event.listing_id: message.event for message in received}.values()
    await conn.execute(
        _STORE_UNLISTED,
        [event.listing_id for event in cleared],
        [event.household_id for event in cleared],
        [event.list_name for event in cleared],
        [event.cleared_on for event in cleared],
        [event.overturned or event.cause == "appeal_accepted" for event in cleared],
    )


_STORE_ENDS = """
INSERT INTO household_end (household_id, reason, effective_on, into_household_id)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::uuid[]) ON CONFLICT (household_id) DO NOTHING
"""


async def store_merged_households(conn: Connection, received: Sequence[Received[HouseholdMerged]]) -> None:
    """Keep which household stands for one that was merged into it: for its money, and for what it owes."""
    merged = [message.event for message in received]
    await conn.execute(
        _STORE_ENDS,
        [event.household_id for event in merged],
        ["merged"] * len(merged),
        [event.effective_on for event in merged],
        [event.into_household_id for event in merged],
    )


async def store_ended_households(conn: Connection, received: Sequence[Received[HouseholdEnded]]) -> None:
    """Keep which households are on the register no more, and why: of one that died out the heirs are paid."""
    ended = [message.event for message in received]
    await conn.execute(
        _STORE_ENDS,
        [event.household_id for event in ended],
        [event.reason for event in ended],
        [event.effective_on for event in ended],
        [None] * len(ended),
    )
