"""Withdrawing a default that was wrong (撤销违约认定): proposed by the bank, decided by another person at the office.

The report and its confirmation stay on file; the loan's account is computed without the default, which never stood. A
default that was right and whose arrears are paid is cured by the payment itself.
"""

from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from services.lending.accounts.refusals import CorrectionDecided, LoanAlreadyCompensated, OnlyTheProposer
from services.lending.accounts.schemas import CorrectionWithdrawalIn, DecisionIn
from services.lending.defaults.queries import get_default_withdrawal
from services.lending.defaults.refusals import (
    DefaultWithdrawalOnFile,
    DefaultWithdrawalUnknown,
    LaterDefaultConfirmed,
    ReportUnknown,
    ReportWithdrawn,
)
from services.lending.defaults.schemas import DefaultWithdrawalIn, DefaultWithdrawalOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import Step, acting_for
from shared.policy.copies import pack_for
from shared.scope import Scope, organisation_of

_REPORT: Final = """
SELECT r.id, r.loan_id, r.reported_on, r.withdrawn_on, c.confirmed_on, l.claim_id,
  (SELECT id FROM default_withdrawal w WHERE w.report_id = r.id AND w.state = 'proposed') AS on_file
FROM default_report r JOIN loan l ON l.id = r.loan_id LEFT JOIN default_confirmation c ON c.report_id = r.id
WHERE r.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""
_PROPOSE: Final = """
INSERT INTO default_withdrawal (id, report_id, reason, proposed_on, proposed_by) VALUES ($1, $2, $3, $4, $5)
"""
_LOCK: Final = """
SELECT w.id, w.report_id, w.state, w.proposed_on, w.proposed_by, r.loan_id, l.village_code, l.pack_id, l.product_code
FROM default_withdrawal w JOIN default_report r ON r.id = w.report_id JOIN loan l ON l.id = r.loan_id
WHERE w.id = $1 AND ($2::text IS NULL OR l.bank_code = $2) AND l.village_code ^@ ANY ($3::text[]) FOR UPDATE OF w
"""
_DECIDE: Final = """
UPDATE default_withdrawal SET state = $2, decided_on = $3, decided_by = $4, decided_at = clock_timestamp(),
  decision_reason = $5, office = $6
WHERE id = $1
"""
_WITHDRAW_REPORT: Final = "UPDATE default_report SET withdrawn_on = $2, withdrawn_at = clock_timestamp() WHERE id = $1"
_STANDS: Final = """
SELECT l.claim_id, c.confirmed_on, (
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

    Raises: ReportUnknown, ReportWithdrawn, DefaultWithdrawalOnFile, LoanAlreadyCompensated, DateBeforeStep.
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
    step = "confirmed_on" if report["confirmed_on"] else "reported_on"
    ensure_not_before("proposed_on", body.proposed_on, step, report[step])
    withdrawal_id = new_id()
    await conn.execute(_PROPOSE, withdrawal_id, report_id, body.reason, body.proposed_on, officer.subject)
    return await get_default_withdrawal(conn, withdrawal_id, Scope.within(regions, bank))


async def decide_withdrawal(
    conn: Connection, officer: Principal, withdrawal_id: UUID, body: DecisionIn
) -> DefaultWithdrawalOut:
    """Confirm or refuse it in the office that confirms defaults; confirmed, the loan is replayed without the default.

    Raises:
        DefaultWithdrawalUnknown, CorrectionDecided, MakerIsChecker, OtherOffice, LoanAlreadyCompensated,
        LaterDefaultConfirmed, DateBeforeStep.
    """
    regions = officer.regions_for(Right.DEFAULTS_CONFIRM)
    withdrawal = await _open(conn, withdrawal_id, None, regions)
    if withdrawal["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    pack = (await pack_for(conn, withdrawal["pack_id"], withdrawal["product_code"])).pack
    office = str(acting_for(officer, Step.DEFAULT_CONFIRMATION, withdrawal["village_code"], pack))
    ensure_not_before("decided_on", body.decided_on, "proposed_on", withdrawal["proposed_on"])
    state = "refused"
    if body.decision == "confirm":
        state = "confirmed"
        await _withdraw(conn, withdrawal, body)
    await conn.execute(_DECIDE, withdrawal_id, state, body.decided_on, officer.subject, body.reason, office)
    return await get_default_withdrawal(conn, withdrawal_id, Scope.within(regions))


async def _withdraw(conn: Connection, withdrawal: Any, body: DecisionIn) -> None:
    report_id = withdrawal["report_id"]
    await lock(conn, [withdrawal["loan_id"]])
    stands = await conn.fetchrow(_STANDS, report_id)
    if stands["claim_id"] is not None:
        raise LoanAlreadyCompensated
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
    bank, regions = organisation_of(officer), officer.regions_for(Right.DEFAULTS_REPORT)
    withdrawal = await _open(conn, withdrawal_id, bank, regions)
    if withdrawal["proposed_by"] != officer.subject:
        raise OnlyTheProposer(withdrawal["proposed_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "proposed_on", withdrawal["proposed_on"])
    await conn.execute(_DECIDE, withdrawal_id, "withdrawn", body.withdrawn_on, officer.subject, body.reason, None)
    return await get_default_withdrawal(conn, withdrawal_id, Scope.within(regions, bank))


async def _open(conn: Connection, withdrawal_id: UUID, bank: str | None, regions: list[str]) -> Any:
    withdrawal = await conn.fetchrow(_LOCK, withdrawal_id, bank, regions)
    if withdrawal is None:
        raise DefaultWithdrawalUnknown(withdrawal_id)
    if withdrawal["state"] != "proposed":
        raise CorrectionDecided(withdrawal["state"])
    return withdrawal
