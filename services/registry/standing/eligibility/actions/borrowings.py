"""Keep what lending tells about each loan, in the order in which it tells it; a restatement replaces what it names."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.db import Connection
from shared.events.lending import (
    DefaultConfirmed,
    DefaultLifted,
    DisbursementReversed,
    LoanClosed,
    LoanDisbursed,
    LoanOverdue,
    LoanRestated,
    RecoveryRecorded,
    RecoveryReversed,
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
INSERT INTO household_loan AS k (loan_id, household_id, village_code, overdue_from, late_since)
SELECT loan_id, household_id, village_code, late_since, late_since
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[]) AS t (loan_id, household_id, village_code, late_since)
ON CONFLICT (loan_id) DO UPDATE SET overdue_from = excluded.overdue_from, late_since = excluded.late_since
"""
_DEFAULTED = """
INSERT INTO household_loan AS k (loan_id, household_id, village_code, defaulted_on, malicious)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::boolean[])
ON CONFLICT (loan_id) DO UPDATE SET defaulted_on = excluded.defaulted_on, malicious = excluded.malicious,
  default_lifted_on = NULL
"""
# A default that was withdrawn as wrong never stood; one that was cured is over and stays on record.
_LIFTED = """
UPDATE household_loan k SET
  defaulted_on = CASE WHEN NOT t.wrong THEN k.defaulted_on END,
  malicious = CASE WHEN NOT t.wrong THEN k.malicious END,
  default_lifted_on = CASE WHEN NOT t.wrong THEN t.lifted_on END
FROM unnest($1::uuid[], $2::date[], $3::boolean[]) AS t (loan_id, lifted_on, wrong)
WHERE k.loan_id = t.loan_id AND k.defaulted_on IS NOT NULL
"""
_CLOSED = """
INSERT INTO household_loan AS k (loan_id, household_id, village_code, principal, closed_on, repaid_on_time, bank_code)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[], $5::date[], $6::boolean[], $7::text[])
ON CONFLICT (loan_id) DO UPDATE SET principal = excluded.principal, closed_on = excluded.closed_on,
  repaid_on_time = excluded.repaid_on_time, bank_code = coalesce(excluded.bank_code, k.bank_code), late_since = NULL
"""
# A loan that is not late now was late once, since the day known before, unless it never was. One that is in default
# after a correction was not cured: the payment that seemed to cure it is taken back.
_RESTATED = """
UPDATE household_loan k SET closed_on = t.closed_on, late_since = t.overdue_from,
  repaid_on_time = CASE WHEN t.closed_on IS NOT NULL THEN t.never_late END,
  overdue_from = CASE WHEN t.overdue_from IS NOT NULL OR t.never_late THEN t.overdue_from ELSE k.overdue_from END,
  default_lifted_on = CASE WHEN NOT t.in_default THEN k.default_lifted_on END
FROM unnest($1::uuid[], $2::date[], $3::date[], $4::boolean[], $5::boolean[])
  AS t (loan_id, closed_on, overdue_from, never_late, in_default)
WHERE k.loan_id = t.loan_id
"""
_REPAID = """
INSERT INTO household_repayment (id, loan_id, paid_on, principal)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::numeric[])
ON CONFLICT (id) DO UPDATE SET paid_on = excluded.paid_on, principal = excluded.principal
"""
# The last of a loan's repayments says since when it is still late.
_STILL_LATE = """
UPDATE household_loan k SET late_since = t.late_since
FROM (SELECT DISTINCT ON (loan_id) loan_id, late_since
      FROM unnest($1::uuid[], $2::date[]) WITH ORDINALITY AS r (loan_id, late_since, place)
      ORDER BY loan_id, place DESC) t
WHERE k.loan_id = t.loan_id AND k.late_since IS DISTINCT FROM t.late_since
"""
# A loan that never stood counts for nothing, on no day.
_NEVER_LENT = "DELETE FROM household_loan WHERE loan_id = ANY ($1::uuid[])"
_REOPENED = """
UPDATE household_loan k SET closed_on = NULL, repaid_on_time = NULL, late_since = t.late_since
FROM unnest($1::uuid[], $2::date[]) AS t (loan_id, late_since) WHERE k.loan_id = t.loan_id
"""
_REPAYS_NOTHING = "DELETE FROM household_repayment WHERE id = ANY ($1::uuid[])"


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
    """Note since when loans are overdue; of several times the latest."""
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
        [fact.bank_code for fact in facts],
    )


async def project_restated(conn: Connection, facts: Sequence[LoanRestated]) -> None:
    """Note how loans stand after a correction, and which principal their repayments paid after all."""
    after = [fact.after for fact in facts]
    await conn.execute(
        _RESTATED,
        [fact.loan_id for fact in facts],
        [each.closed_on for each in after],
        [each.overdue_from for each in after],
        [each.repaid_on_time for each in after],
        [each.state in {"defaulted", "compensated"} for each in after],
    )
    counted = [(each.repayment_id, fact.loan_id, each.paid_on, each.principal)
               for fact in facts for each in fact.repayments]  # fmt: skip
    taken_back = [repayment_id for fact in facts for repayment_id in fact.reversed_repayments]
    await conn.execute(_REPAYS_NOTHING, [*taken_back, *(row[0] for row in counted if row[3] == 0)])
    await _store_principal(conn, counted)


async def project_lifted(conn: Connection, facts: Sequence[DefaultLifted]) -> None:
    """Note the defaults that stand no more."""
    await conn.execute(
        _LIFTED,
        [fact.loan_id for fact in facts],
        [fact.lifted_on for fact in facts],
        [fact.cause == "withdrawn" for fact in facts],
    )


async def project_reversed(conn: Connection, facts: Sequence[DisbursementReversed]) -> None:
    """Forget loans whose disbursement was taken back: no rule may count them. Their repayments are gone already."""
    await conn.execute(_NEVER_LENT, [fact.loan_id for fact in facts])


async def project_repaid(conn: Connection, received: Sequence[Received[RepaymentRecorded]]) -> None:
    """Note the principal that came back, and whether the loan is still late."""
    facts = [each.event for each in received]
    await _store_principal(conn, [(fact.repayment_id, fact.loan_id, fact.paid_on, fact.principal) for fact in facts])
    await conn.execute(_STILL_LATE, [fact.loan_id for fact in facts], [fact.overdue_from for fact in facts])


async def project_recovered(conn: Connection, received: Sequence[Received[RecoveryRecorded]]) -> None:
    """Note the principal collected on a compensated loan, whose claim on the household stays (LG-40)."""
    rows = [(fact.recovery_id, fact.loan_id, fact.recovered_on, fact.principal) for fact in (r.event for r in received)]
    await _store_principal(conn, rows)


async def project_recovery_reversed(conn: Connection, facts: Sequence[RecoveryReversed]) -> None:
    """Note what recoveries pay without one that was taken back; a loan that it had closed is open again."""
    counted = [(each.recovery_id, fact.loan_id, each.recovered_on, each.principal)
                for fact in facts for each in fact.counted]  # fmt: skip
    gone = [fact.recovery_id for fact in facts] + [row[0] for row in counted if row[3] == 0]
    await conn.execute(_REPAYS_NOTHING, gone)
    await _store_principal(conn, counted)
    reopened = [fact for fact in facts if fact.reopened]
    await conn.execute(_REOPENED, [fact.loan_id for fact in reopened], [fact.overdue_from for fact in reopened])


async def _store_principal(conn: Connection, rows: Sequence[tuple[UUID, UUID, date, Decimal]]) -> None:
    with_principal = [row for row in rows if row[3] > 0]
    if with_principal:
        await conn.execute(_REPAID, *(list(column) for column in zip(*with_principal, strict=True)))
