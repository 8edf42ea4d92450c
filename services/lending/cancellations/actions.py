"""Taking a disbursement back (放款冲正): proposed by one person of the bank, confirmed by another, never by deleting.

The loan stays on file as cancelled, with its contract and its bank reference; it owes nothing on any day. Its
application waits at the bank again, to be paid out under another reference or withdrawn. What was posted on the loan
is taken back before, so that subsidies, claims and lists have followed already.
"""

from typing import Any, Final
from uuid import UUID

import asyncpg

from services.lending.accounts.actions.restating import lock
from services.lending.accounts.refusals import LoanAlreadyCompensated
from services.lending.applications.disbursed_sql import REOPENED
from services.lending.cancellations.queries import CANCELLATIONS
from services.lending.cancellations.refusals import (
    AnotherApplicationUnderWay,
    DisbursementReversalOnFile,
    LegacyLoanStays,
    LoanHasPostings,
)
from services.lending.cancellations.schemas import DisbursementReversalIn, DisbursementReversalOut
from services.lending.loans import postings_sql
from services.lending.loans.actions import free_account
from services.lending.loans.refusals import LoanChanging, LoanOfAnotherBank, LoanUnknown, LoanWrittenOff
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.lending import DisbursementReversed
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT l.id, l.application_id, l.household_id, l.village_code, l.bank_code, l.principal, l.disbursed_on, l.claim_id,
  l.version, l.refund_missing, l.written_off_on, a.source,
  (SELECT count(*) FROM repayment r WHERE r.loan_id = l.id AND r.reversed_on IS NULL) AS repayments,
  (SELECT count(*) FROM remission m LEFT JOIN remission_reversal v ON v.remission_id = m.id AND v.state = 'confirmed'
    WHERE m.loan_id = l.id AND m.state = 'confirmed' AND v.id IS NULL) AS remissions,
  (SELECT count(*) FROM misuse m LEFT JOIN misuse_reversal v ON v.misuse_id = m.id AND v.state = 'confirmed'
    WHERE m.loan_id = l.id AND m.state = 'confirmed' AND v.id IS NULL) AS misuses,
  (SELECT count(*) FROM default_report r WHERE r.loan_id = l.id AND r.withdrawn_on IS NULL) AS default_reports,
  (SELECT o.id FROM application o WHERE o.household_id = l.household_id
     AND o.state NOT IN ('disbursed', 'refused', 'withdrawn') LIMIT 1) AS under_way
FROM loan l JOIN application a ON a.id = l.application_id WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
_ON_FILE: Final = """
SELECT id, state FROM disbursement_reversal WHERE loan_id = $1 AND state IN ('proposed', 'confirmed')
"""
_PROPOSE: Final = """
INSERT INTO disbursement_reversal (id, loan_id, cause, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def propose_cancellation(
    conn: Connection, officer: Principal, loan_id: UUID, body: DisbursementReversalIn
) -> DisbursementReversalOut:
    """Propose that a disbursement be taken back.

    Raises:
        OrganisationMissing, LoanUnknown, LoanOfAnotherBank, DisbursementReversalOnFile, LegacyLoanStays,
        LoanAlreadyCompensated, LoanWrittenOff, LoanHasPostings, AnotherApplicationUnderWay, DateBeforeStep
    """
    await lock(conn, [loan_id])  # in a statement of its own, so that the next one sees what others proposed
    loan = await conn.fetchrow(_LOAN, loan_id, officer.regions_for(Right.REPAYMENTS_CORRECT))
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != organisation_of(officer):
        raise LoanOfAnotherBank
    if (earlier := await conn.fetchrow(_ON_FILE, loan_id)) is not None:
        raise DisbursementReversalOnFile(earlier["id"], earlier["state"])
    ensure_not_before("proposed_on", body.proposed_on, "disbursed_on", loan["disbursed_on"])
    _ensure_bare(loan)
    reversal_id = new_id()
    await conn.execute(_PROPOSE, reversal_id, loan_id, body.cause, body.reason, body.proposed_on, officer.subject)
    return await CANCELLATIONS.one(conn, reversal_id, _scope(officer))


async def decide_cancellation(
    conn: Connection, officer: Principal, reversal_id: UUID, body: DecisionIn
) -> DisbursementReversalOut:
    """Confirm or refuse it by another person; confirmed, the loan never stood and its application waits again.

    Raises:
        OrganisationMissing, DisbursementReversalUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep,
        LoanAlreadyCompensated, LoanWrittenOff, LoanHasPostings, AnotherApplicationUnderWay, LoanChanging
    """
    scope = _scope(officer)
    proposal = await take_up(conn, CANCELLATIONS, officer, reversal_id, body, scope)
    if body.decision == "confirm":
        await lock(conn, [proposal["loan_id"]])
        loan = await conn.fetchrow(_LOAN, proposal["loan_id"], [""])
        _ensure_bare(loan)
        await _cancel(conn, loan, proposal["cause"], body)
    await decide(conn, CANCELLATIONS, officer, reversal_id, body)
    return await CANCELLATIONS.one(conn, reversal_id, scope)


async def withdraw_cancellation(
    conn: Connection, officer: Principal, reversal_id: UUID, body: CorrectionWithdrawalIn
) -> DisbursementReversalOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, DisbursementReversalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, CANCELLATIONS, officer, reversal_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


def _ensure_bare(loan: Any) -> None:
    """Refuse a loan on which anything stands, or whose household has gone on to another application."""
    if loan["source"] != "filed":
        raise LegacyLoanStays
    if loan["claim_id"] is not None:
        raise LoanAlreadyCompensated
    if loan["written_off_on"] is not None:
        raise LoanWrittenOff(loan["written_off_on"])
    posted = {name: loan[name] for name in ("repayments", "default_reports", "remissions", "misuses")}
    if any(posted.values()) or loan["refund_missing"]:
        raise LoanHasPostings(refund_missing=f"{loan['refund_missing']:.2f}", **posted)
    if loan["under_way"] is not None:
        raise AnotherApplicationUnderWay(loan["under_way"])


async def _cancel(conn: Connection, loan: Any, cause: str, body: DecisionIn) -> None:
    loan_id, on = loan["id"], body.decided_on
    await conn.execute(postings_sql.ACCRUALS_GONE, [loan_id])
    await conn.execute(postings_sql.UNSIGNED_GONE, [loan_id])
    await conn.execute(postings_sql.CANCELLED, loan_id, on)
    try:
        await conn.execute(REOPENED, loan["application_id"], on)
    except asyncpg.UniqueViolationError:
        raise LoanChanging from None
    await free_account(conn, loan_id, loan["bank_code"])  # after the application is locked, as disbursements do
    event = DisbursementReversed(
        loan_id=loan_id,
        application_id=loan["application_id"],
        household_id=loan["household_id"],
        village_code=loan["village_code"],
        bank_code=loan["bank_code"],
        principal=loan["principal"],
        disbursed_on=loan["disbursed_on"],
        cause=cause,
        reversed_on=on,
    )
    await outbox.record(
        conn, event, aggregate_id=loan_id, aggregate_version=loan["version"] + 1, region_code=loan["village_code"]
    )
