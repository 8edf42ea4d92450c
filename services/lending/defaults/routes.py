"""Defaults and recoveries over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ConfirmDefaults, CorrectRepayments, ReadLoans, RecordRecoveries, ReportDefaults
from services.lending.defaults import queries
from services.lending.defaults.actions import defaults, recoveries, recovery_reversals, withdrawals
from services.lending.defaults.schemas import (
    ConfirmationIn,
    DefaultReportIn,
    DefaultReportOut,
    DefaultReports,
    DefaultWithdrawalIn,
    DefaultWithdrawalOut,
    LoanRecoveries,
    RecoveryIn,
    RecoveryOut,
    RecoveryReversalIn,
    RecoveryReversalOut,
    ReportState,
)
from services.lending.proposals.queries import Asked
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of, scope_within
from shared.web.edge import Read
from shared.web.pages import PageOf
from shared.web.writes import Write

router = APIRouter(tags=["违约与追偿 Defaults and recoveries"])


@router.post("/loans/{loan_id}/default-reports", status_code=201, response_model=DefaultReportOut)
async def report_default(loan_id: UUID, body: DefaultReportIn, officer: ReportDefaults, write: Write) -> Response:
    """Report a default (违约报告): the bank says why the loan is not repaid.

    Refused before the pack's number of days past due; for a borrower's death its own wait counts (LG-21a).
    """
    return await write(lambda tx: defaults.report_default(tx, officer, loan_id, body))


@router.get("/default-reports", response_model=DefaultReports)
async def list_default_reports(
    officer: ReadLoans,
    conn: Read,
    region_code: RegionCode | None = None,
    state: ReportState | None = None,
    loan_id: UUID | None = None,
) -> DefaultReports:
    """Return default reports by region, state or loan; a bank sees its own."""
    right = Right.LOANS_READ
    scope = scope_of(officer, right) if region_code is None else scope_within(officer, right, region_code)
    return await queries.list_default_reports(conn, scope, state, loan_id)


@router.get("/default-reports/{report_id}", response_model=DefaultReportOut)
async def get_default_report(report_id: UUID, officer: ReadLoans, conn: Read) -> DefaultReportOut:
    """Return one default report."""
    return await queries.get_default_report(conn, report_id, scope_of(officer, Right.LOANS_READ))


@router.post("/default-reports/{report_id}/confirmations", status_code=201, response_model=DefaultReportOut)
async def confirm_default(report_id: UUID, body: ConfirmationIn, officer: ConfirmDefaults, write: Write) -> Response:
    """Confirm a default (违约认定) by another person than the one who reported it.

    The loan is defaulted from then on; penalty is booked to the day and the figures are frozen.
    """
    return await write(lambda tx: defaults.confirm_default(tx, officer, report_id, body))


@router.post("/default-reports/{report_id}/withdrawals", status_code=201, response_model=DefaultWithdrawalOut)
async def propose_default_withdrawal(
    report_id: UUID, body: DefaultWithdrawalIn, officer: ReportDefaults, write: Write
) -> Response:
    """Propose to withdraw a report, and the default confirmed on it, as wrong from the beginning (撤销违约认定)."""
    return await write(lambda tx: withdrawals.propose_withdrawal(tx, officer, report_id, body))


@router.get("/default-withdrawals", response_model=PageOf[DefaultWithdrawalOut])
async def list_default_withdrawals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return withdrawals of defaults by region, state or loan; a bank sees its own."""
    return await queries.DEFAULT_WITHDRAWALS.page(conn, officer, asked)


@router.post("/default-withdrawals/{withdrawal_id}/decisions", status_code=201, response_model=DefaultWithdrawalOut)
async def decide_default_withdrawal(
    withdrawal_id: UUID, body: DecisionIn, officer: ConfirmDefaults, write: Write
) -> Response:
    """Confirm or refuse the withdrawal of a default, by another person, in the office that confirms defaults.

    Confirmed, the default never stood: the account is computed without it, an entry on the blacklist was wrong, the
    village gets its quota back, and a claim that nobody decided is void.
    """
    return await write(lambda tx: withdrawals.decide_withdrawal(tx, officer, withdrawal_id, body))


@router.post("/default-withdrawals/{withdrawal_id}/withdrawals", status_code=201, response_model=DefaultWithdrawalOut)
async def give_up_default_withdrawal(
    withdrawal_id: UUID, body: CorrectionWithdrawalIn, officer: ReportDefaults, write: Write
) -> Response:
    """Take back one's own proposal to withdraw a default."""
    return await write(lambda tx: withdrawals.give_up_withdrawal(tx, officer, withdrawal_id, body))


@router.post("/loans/{loan_id}/recoveries", status_code=201, response_model=RecoveryOut)
async def record_recovery(loan_id: UUID, body: RecoveryIn, officer: RecordRecoveries, write: Write) -> Response:
    """Record what was collected on a compensated loan (追偿入账, LG-40).

    A bank reference that was recorded before with the same amount answers the recorded recovery.
    """
    return await write(lambda tx: recoveries.record_recovery(tx, officer, loan_id, body))


@router.get("/loans/{loan_id}/recoveries", response_model=LoanRecoveries)
async def list_loan_recoveries(loan_id: UUID, officer: ReadLoans, conn: Read) -> LoanRecoveries:
    """Return a loan's recoveries in the order they were recorded."""
    return await queries.list_recoveries(conn, loan_id, scope_of(officer, Right.LOANS_READ))


@router.post("/loans/{loan_id}/recoveries/{recovery_id}/reversals", status_code=201, response_model=RecoveryReversalOut)
async def propose_recovery_reversal(
    loan_id: UUID, recovery_id: UUID, body: RecoveryReversalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Propose to take a recovery back (追偿冲正): wrong loan, amount or day, or the bank gave the money back."""
    return await write(lambda tx: recovery_reversals.propose_recovery_reversal(tx, officer, loan_id, recovery_id, body))


@router.get("/recovery-reversals", response_model=PageOf[RecoveryReversalOut])
async def list_recovery_reversals(officer: ReadLoans, conn: Read, asked: Asked) -> dict[str, Any]:
    """Return recoveries taken back or proposed to be, by region, state or loan; a bank sees its own."""
    return await queries.RECOVERY_REVERSALS.page(conn, officer, asked)


@router.post("/recovery-reversals/{reversal_id}/decisions", status_code=201, response_model=RecoveryReversalOut)
async def decide_recovery_reversal(
    reversal_id: UUID, body: DecisionIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Confirm or refuse it by another person than the one who proposed it.

    Confirmed, the recovery pays nothing and a loan that it had closed is compensated again. The fund takes the parts
    back; what it had got of it already is owed back to the bank (`recovery-reversed`).
    """
    return await write(lambda tx: recovery_reversals.decide_recovery_reversal(tx, officer, reversal_id, body))


@router.post("/recovery-reversals/{reversal_id}/withdrawals", status_code=201, response_model=RecoveryReversalOut)
async def withdraw_recovery_reversal(
    reversal_id: UUID, body: CorrectionWithdrawalIn, officer: CorrectRepayments, write: Write
) -> Response:
    """Withdraw one's own proposal to take a recovery back."""
    return await write(lambda tx: recovery_reversals.withdraw_recovery_reversal(tx, officer, reversal_id, body))
