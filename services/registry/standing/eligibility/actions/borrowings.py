"""Keep what lending tells about each loan; every effect is an upsert that does not depend on the order of arrival."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.db import Connection
from shared.events.lending import (
    DefaultConfirmed,
    LoanClosed,
    LoanDisbursed,
    LoanOverdue,
    RecoveryRecorded,
    RepaymentRecorded,
)
from shared.events.received import Received

_DISBURSED = """
INSERT INTO household_loan AS k (loan_id, household_id, village_code, principal, disbursed_on, industry, bank_code,
  product_code)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[], $5::date[], $6::text[], $7::text[], $8::text[])
ON CONFLICT (loan_id) DO UPDATE SET principal = excluded.principal, disbursed_on = excluded.disbursed_on,
  industry = excluded.industry, bank_code = excluded.bank_code, product_code = excluded.product_code
"""
_OVERDUE = """
INSERT INTO household_loan AS k (loan_id, household_id, village_code, overdue_from)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[])
ON CONFLICT (loan_id) DO UPDATE SET overdue_from = greatest(k.overdue_from, excluded.overdue_from)
"""
_DEFAULTED = """
INSERT INTO household_loan AS k (loan_id, household_id, village_code, defaulted_on, malicious)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::boolean[])
ON CONFLICT (loan_id) DO UPDATE SET defaulted_on = excluded.defaulted_on, malicious = excluded.malicious
"""
_CLOSED = """
INSERT INTO household_loan AS k (loan_id, household_id, village_code, principal, closed_on, repaid_on_time)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[], $5::date[], $6::boolean[])
ON CONFLICT (loan_id) DO UPDATE SET principal = excluded.principal, closed_on = excluded.closed_on,
  repaid_on_time = excluded.repaid_on_time
"""
_REPAID = """
INSERT INTO household_repayment (id, loan_id, paid_on, principal)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::numeric[]) ON CONFLICT (id) DO NOTHING
"""


async def project_disbursed(conn: Connection, received: Sequence[Received[LoanDisbursed]]) -> None:
    """Note the loans that were paid out: from now on they are open."""
    facts = [each.event for each in received]
    await conn.execute(
        _DISBURSED,
        [fact.loan_id for fact in facts],
        [fact.household_id for fact in facts],
        [fact.village_code for fact in facts],
        [fact.principal for fact in facts],
        [fact.disbursed_on for fact in facts],
        [fact.industry for fact in facts],
        [fact.bank_code for fact in facts],
        [fact.product_code for fact in facts],
    )


async def project_overdue(conn: Connection, facts: Sequence[LoanOverdue]) -> None:
    """Note since when loans are overdue; of several episodes the latest."""
    await conn.execute(
        _OVERDUE,
        [fact.loan_id for fact in facts],
        [fact.household_id for fact in facts],
        [fact.village_code for fact in facts],
        [fact.overdue_from for fact in facts],
    )


async def project_defaulted(conn: Connection, facts: Sequence[DefaultConfirmed]) -> None:
    """Note the loans in default."""
    await conn.execute(
        _DEFAULTED,
        [fact.loan_id for fact in facts],
        [fact.household_id for fact in facts],
        [fact.village_code for fact in facts],
        [fact.confirmed_on for fact in facts],
        [fact.malicious for fact in facts],
    )


async def project_closed(conn: Connection, facts: Sequence[LoanClosed]) -> None:
    """Note the loans on which nothing is owed any more."""
    await conn.execute(
        _CLOSED,
        [fact.loan_id for fact in facts],
        [fact.household_id for fact in facts],
        [fact.village_code for fact in facts],
        [fact.principal for fact in facts],
        [fact.closed_on for fact in facts],
        [fact.repaid_on_time for fact in facts],
    )


async def project_repaid(conn: Connection, received: Sequence[Received[RepaymentRecorded]]) -> None:
    """Note the principal that came back; interest and penalty change nothing of what is owed here."""
    rows = [(fact.repayment_id, fact.loan_id, fact.paid_on, fact.principal) for fact in (r.event for r in received)]
    await _store_principal(conn, rows)


async def project_recovered(conn: Connection, received: Sequence[Received[RecoveryRecorded]]) -> None:
    """Note the principal collected on a compensated loan, whose claim on the household stays (LG-40)."""
    rows = [(fact.recovery_id, fact.loan_id, fact.recovered_on, fact.principal) for fact in (r.event for r in received)]
    await _store_principal(conn, rows)


async def _store_principal(conn: Connection, rows: Sequence[tuple[UUID, UUID, date, Decimal]]) -> None:
    with_principal = [row for row in rows if row[3] > 0]
    if with_principal:
        await conn.execute(_REPAID, *(list(column) for column in zip(*with_principal, strict=True)))
