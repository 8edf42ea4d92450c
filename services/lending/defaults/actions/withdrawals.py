"""Withdrawing a default that was wrong (撤销违约认定): proposed by the bank, decided by another person at the office.

The report and its confirmation stay on file; the loan's account is computed without the default, which never stood. A
default that was right and whose arrears are paid is cured by the payment itself.
"""

from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from services.lending.accounts.refusals import LoanAlreadyCompensated
from services.lending.defaults.queries import DEFAULT_WITHDRAWALS
from services.lending.defaults.refusals import (
    DefaultWithdrawalOnFile,
    LaterDefaultConfirmed,
    ReportUnknown,
    ReportWithdrawn,
)
from services.lending.defaults.schemas import DefaultWithdrawalIn, DefaultWithdrawalOut
from services.lending.loans.refusals import LoanWrittenOff
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.offices import Step, acting_for
from shared.policy.copies import pack_for
from shared.scope import Scope, organisation_of

_REPORT: Final = """
SELECT r.id, r.loan_id, r.reported_on, r.withdrawn_on, c.confirmed_on, l.claim_id, l.written_off_on,
  (SELECT id FROM default_withdrawal w WHERE w.report_id = r.id AND w.state = 'proposed') AS on_file
FROM default_report r JOIN loan l ON l.id = r.loan_id LEFT JOIN default_confirmation c ON c.report_id = r.id
WHERE r.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""
_PROPOSE: Final = """
INSERT INTO default_withdrawal (id, report_id, reason, proposed_on, proposed_by) VALUES ($1, $2, $3, $4, $5)
"""
_PACK: Final = "SELECT pack_id, product_code FROM loan WHERE id = $1"
_WITHDRAW_REPORT: Final = "UPDATE default_report SET withdrawn_on = $2, withdrawn_at = clock_timestamp() WHERE id = $1"
_STANDS: Final = """
SELECT l.claim_id, l.written_off_on, c.confirmed_on, (
    SELECT o.id FROM default_report o JOIN default_confirmation d ON d.report_id = o.id
    WHERE o.loan_id = r.loan_id AND o.withdrawn_on IS NULL AND (d.confirmed_on, d.confirmed_at) >
      (c.confirmed_on, c.confirmed_at) LIMIT 1) AS later_id
FROM default_report r JOIN loan l ON l.id = r.loan_id
LEFT JOIN default_confirmation c ON c.report_id = r.id WHERE r.id = $1
"""


async def propose_withdrawal(
    conn: Connection, officer: Principal, report_id: UUID, body: DefaultWithdrawalIn
) -> DefaultWithdrawalOut:
    """Propose that a report, and the default confirmed on it, be withdrawn as wrong.

    Raises: ReportUnknown, ReportWithdrawn, DefaultWithdrawalOnFile, LoanAlreadyCompensated, LoanWrittenOff,
    DateBeforeStep.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.DEFAULTS_REPORT)
    report = await conn.fetchrow(_REPORT, report_id, bank, regions)
    if report is None:
        raise ReportUnknown(report_id)
    await lock(conn, [report["loan_id"]])
    report = await conn.fetchrow(_REPORT, report_id, bank, regions)
    if report["withdrawn_on"] is not None:
        raise ReportWithdrawn(report["withdrawn_on"])
    if report["on_file"] is not None:
        raise DefaultWithdrawalOnFile(report["on_file"])
    if report["claim_id"] is not None:
        raise LoanAlreadyCompensated
    if report["confirmed_on"] is not None and report["written_off_on"] is not None:
        raise LoanWrittenOff(report["written_off_on"])
    step = "confirmed_on" if report["confirmed_on"] else "reported_on"
    ensure_not_before("proposed_on", body.proposed_on, step, report[step])
    withdrawal_id = new_id()
    await conn.execute(_PROPOSE, withdrawal_id, report_id, body.reason, body.proposed_on, officer.subject)
    return await DEFAULT_WITHDRAWALS.one(conn, withdrawal_id, own_scope(officer, Right.DEFAULTS_REPORT))


async def decide_withdrawal(
    conn: Connection, officer: Principal, withdrawal_id: UUID, body: DecisionIn
) -> DefaultWithdrawalOut:
    """Confirm or refuse it in the office that confirms defaults; confirmed, the loan is replayed without the default.

    Raises:
        DefaultWithdrawalUnknown, CorrectionDecided, MakerIsChecker, OtherOffice, LoanAlreadyCompensated,
        LoanWrittenOff, LaterDefaultConfirmed, DateBeforeStep.
    """
    scope = Scope.within(officer.regions_for(Right.DEFAULTS_CONFIRM))
    withdrawal = await take_up(conn, DEFAULT_WITHDRAWALS, officer, withdrawal_id, body, scope)
    loan = await conn.fetchrow(_PACK, withdrawal["loan_id"])
    pack = (await pack_for(conn, loan["pack_id"], loan["product_code"])).pack
    office = acting_for(officer, Step.DEFAULT_CONFIRMATION, withdrawal["village_code"], pack)
    if body.decision == "confirm":
        await _withdraw(conn, withdrawal, body)
    await decide(conn, DEFAULT_WITHDRAWALS, officer, withdrawal_id, body, office=str(office))
    return await DEFAULT_WITHDRAWALS.one(conn, withdrawal_id, scope)


async def _withdraw(conn: Connection, withdrawal: Any, body: DecisionIn) -> None:
    report_id = withdrawal["report_id"]
    await lock(conn, [withdrawal["loan_id"]])
    stands = await conn.fetchrow(_STANDS, report_id)
    if stands["claim_id"] is not None:
        raise LoanAlreadyCompensated
    if stands["confirmed_on"] is not None and stands["written_off_on"] is not None:
        raise LoanWrittenOff(stands["written_off_on"])
    if stands["later_id"] is not None:
        raise LaterDefaultConfirmed(stands["later_id"])
    await conn.execute(_WITHDRAW_REPORT, report_id, body.decided_on)
    if stands["confirmed_on"] is not None:
        ensure_not_before("decided_on", body.decided_on, "confirmed_on", stands["confirmed_on"])
        cause = RestatementCause.DEFAULT_WITHDRAWAL
        change = Change(withdrawal["loan_id"], cause, body.decided_on, withdrawn_default=report_id)
        await restate(conn, [change])


async def give_up_withdrawal(
    conn: Connection, officer: Principal, withdrawal_id: UUID, body: CorrectionWithdrawalIn
) -> DefaultWithdrawalOut:
    """Take back one's own proposal; the default stands.

    Raises: DefaultWithdrawalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(
        conn, DEFAULT_WITHDRAWALS, officer, withdrawal_id, body, own_scope(officer, Right.DEFAULTS_REPORT)
    )
