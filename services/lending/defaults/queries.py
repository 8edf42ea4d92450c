"""Named reads of default reports and recoveries."""

from typing import Final
from uuid import UUID

from services.lending.defaults.refusals import DefaultWithdrawalUnknown, RecoveryReversalUnknown, ReportUnknown
from services.lending.defaults.schemas import (
    DefaultReportOut,
    DefaultReports,
    DefaultWithdrawalOut,
    LoanRecoveries,
    RecoveryListed,
    RecoveryReversalOut,
    ReportState,
)
from services.lending.loans.refusals import LoanUnknown
from services.lending.proposals.queries import Proposals
from shared.db import Connection
from shared.scope import Scope, seen

REPORTS_MAX = 1_000  # of one region and state; a county has a few dozen
RECOVERIES_MAX = 1_000  # of one loan

_REPORTS = f"""
SELECT r.id, r.loan_id, l.household_id, l.village_code, r.bank_code, l.contract_number,
  CASE WHEN r.withdrawn_on IS NOT NULL THEN 'withdrawn' WHEN c.report_id IS NULL THEN 'reported' ELSE 'confirmed'
    END AS state, r.withdrawn_on, r.cause, r.malicious, r.evidence, r.papers,
  r.died_on, r.reported_on, r.reported_by, coalesce(c.overdue_from, r.overdue_from) AS overdue_from,
  coalesce(c.days_past_due, r.days_past_due) AS days_past_due, c.confirmed_on, c.confirmed_by, c.principal_outstanding,
  c.interest_overdue, c.penalty_overdue, c.surcharge_overdue,
  c.interest_overdue + c.penalty_overdue - coalesce(c.surcharge_overdue, c.penalty_overdue) AS interest_claimable,
  c.accelerates
FROM default_report r
JOIN loan l ON l.id = r.loan_id
LEFT JOIN default_confirmation c ON c.report_id = r.id
WHERE {seen("l.village_code", "l.bank_code")}
"""  # noqa: S608 - our own text
_REPORT = f"{_REPORTS} AND r.id = $3"
_LISTED = f"""
{_REPORTS} AND ($3::text IS NULL OR $3 = CASE WHEN r.withdrawn_on IS NOT NULL THEN 'withdrawn'
    WHEN c.report_id IS NULL THEN 'reported' ELSE 'confirmed' END) AND ($4::uuid IS NULL OR r.loan_id = $4)
ORDER BY r.id LIMIT $5
"""
DEFAULT_WITHDRAWALS: Final = Proposals(
    "default_withdrawal",
    DefaultWithdrawalOut,
    DefaultWithdrawalUnknown,
    "v.report_id",
    "JOIN default_report r ON r.id = v.report_id JOIN loan l ON l.id = r.loan_id",
)
RECOVERY_REVERSALS: Final = Proposals(
    "recovery_reversal",
    RecoveryReversalOut,
    RecoveryReversalUnknown,
    "v.recovery_id, r.claim_id, r.bank_reference, r.recovered_on, r.amount, v.cause",
    "JOIN recovery r ON r.id = v.recovery_id JOIN loan l ON l.id = v.loan_id",
)
_RECOVERIES = """
SELECT v.id, v.claim_id, v.bank_reference, v.recovered_on, v.amount, v.principal, v.interest, v.reversed_on
FROM recovery v WHERE v.loan_id = $1 ORDER BY v.loan_version LIMIT $2
"""
_VISIBLE = f"""
SELECT EXISTS (SELECT FROM loan WHERE id = $1 AND {seen("village_code", "bank_code", regions="$2", banks="$3")})
"""  # noqa: S608 - our own text


async def get_default_report(conn: Connection, report_id: UUID, scope: Scope) -> DefaultReportOut:
    """Return one report. Raises: ReportUnknown."""
    row = await conn.fetchrow(_REPORT, scope.regions, scope.banks, report_id)
    if row is None:
        raise ReportUnknown(report_id)
    return DefaultReportOut(**row)


async def list_default_reports(
    conn: Connection, scope: Scope, state: ReportState | None, loan_id: UUID | None
) -> DefaultReports:
    """Return the reports in the scope, the oldest first."""
    rows = await conn.fetch(_LISTED, scope.regions, scope.banks, state, loan_id, REPORTS_MAX)
    return DefaultReports(items=[DefaultReportOut(**row) for row in rows])


async def list_recoveries(conn: Connection, loan_id: UUID, scope: Scope) -> LoanRecoveries:
    """Return a loan's recoveries in the order they were recorded. Raises: LoanUnknown."""
    if not await conn.fetchval(_VISIBLE, loan_id, scope.regions, scope.banks):
        raise LoanUnknown
    rows = await conn.fetch(_RECOVERIES, loan_id, RECOVERIES_MAX)
    return LoanRecoveries(items=[RecoveryListed(**row) for row in rows])
