"""What a paid claim does to its loan: the loss is borne, the claim on the household stays."""

from collections.abc import Sequence
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.loans.postings_sql import COMPENSATED
from shared.db import Connection
from shared.events.lending import LoanCompensated
from shared.events.received import Received
from shared.events.riskfund import ClaimPaid
from shared.outbox import bulk_insert, current_traceparent


class ClaimWithoutDefault(RuntimeError):
    """A claim was paid for a loan that is unknown here or not in default; the message is kept and looked at."""


_RECORD_EVENTS = bulk_insert(
    LoanCompensated,
    source="put p JOIN paid ON paid.loan_id = p.id",
    aggregate_id="p.id",
    aggregate_version="p.version",
    region_code="p.village_code",
    traceparent="$8::text",
    data={
        "loan_id": "p.id",
        "household_id": "p.household_id",
        "claim_id": "paid.claim_id",
        "compensated_on": "paid.paid_on",
        "principal": "paid.principal::numeric(18, 2)::text",
        "interest": "paid.interest::numeric(18, 2)::text",
        "insurance_amount": "paid.insurance_amount::numeric(18, 2)::text",
        "fund_amount": "paid.fund_amount::numeric(18, 2)::text",
        "bank_amount": "paid.bank_amount::numeric(18, 2)::text",
        "guarantor_amount": "paid.guarantor_amount::numeric(18, 2)::text",
    },
)
# Balances are taken from the row that is changed, under its lock, so no snapshot can be older than they are.
_COMPENSATE = f"""
WITH paid AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
    $9::numeric[], $10::numeric[]) AS paid (loan_id, claim_id, paid_on, principal, interest, insurance_amount,
    fund_amount, bank_amount, guarantor_amount)
), {COMPENSATED}, events AS ({_RECORD_EVENTS})
SELECT array_agg(paid.loan_id) FROM paid
WHERE NOT EXISTS (SELECT FROM put WHERE put.id = paid.loan_id)
  AND NOT EXISTS (SELECT FROM loan WHERE loan.id = paid.loan_id AND loan.claim_id = paid.claim_id)
"""  # noqa: S608 - our own texts


async def compensate_loans(conn: Connection, received: Sequence[Received[ClaimPaid]]) -> None:
    """Turn defaulted loans into compensated ones; a claim that was applied before changes nothing.

    Raises: ClaimWithoutDefault. Clauses: LG-21a, LG-40.
    """
    claims = [message.event for message in received]
    await lock(conn, {claim.loan_id for claim in claims})
    amiss: list[UUID] | None = await conn.fetchval(
        _COMPENSATE,
        [claim.loan_id for claim in claims],
        [claim.claim_id for claim in claims],
        [claim.paid_on for claim in claims],
        [claim.principal for claim in claims],
        [claim.interest for claim in claims],
        [claim.insurance_amount for claim in claims],
        [claim.fund_amount for claim in claims],
        current_traceparent(),
        [claim.bank_amount for claim in claims],
        [claim.guarantor_amount for claim in claims],
    )
    if amiss:
        raise ClaimWithoutDefault(f"Claims were paid for loans not in default here: {', '.join(map(str, amiss))}.")
