"""What the steps of a misuse ask of its loan, which is locked first, and of what is on file about it."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import Change, RestatementCause, lock
from services.lending.accounts.refusals import LoanAlreadyCompensated
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.misuses.refusals import (
    MisuseNotInForce,
    MisuseOnFile,
    MisuseReversalOnFile,
    MisuseUnknown,
    MoreThanWasLent,
    NothingMisused,
)
from services.lending.proposals.actions import own_scope
from services.lending.proposals.schemas import CorrectionState
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT l.id, l.bank_code, l.state, l.claim_id, l.disbursed_on, l.principal FROM loan l
WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
# Those that are proposed or stand; $2 is not looked at.
_OTHERS: Final = """
SELECT m.id, m.state, e.ended_on FROM misuse m
LEFT JOIN misuse_termination e ON e.misuse_id = m.id AND e.state = 'confirmed'
WHERE m.loan_id = $1 AND m.id IS DISTINCT FROM $2 AND m.state IN ('proposed', 'confirmed')
  AND NOT EXISTS (SELECT FROM misuse_reversal v WHERE v.misuse_id = m.id AND v.state = 'confirmed')
ORDER BY e.ended_on NULLS FIRST
"""
_MISUSE: Final = """
SELECT m.id, m.loan_id, m.state, m.from_on, m.decided_on, l.claim_id, v.id AS reversal_id, v.state AS reversal_state,
  e.id AS termination_id, e.state AS termination_state
FROM misuse m JOIN loan l ON l.id = m.loan_id
LEFT JOIN misuse_reversal v ON v.misuse_id = m.id AND v.state IN ('proposed', 'confirmed')
LEFT JOIN misuse_termination e ON e.misuse_id = m.id AND e.state IN ('proposed', 'confirmed')
WHERE m.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""


def scope_of_bank(officer: Principal) -> Scope:
    """Return what the officer's bank may correct. Raises: OrganisationMissing."""
    return own_scope(officer, Right.REPAYMENTS_CORRECT)


def change(loan_id: UUID, on: date, **more: Any) -> Change:
    """Return what a step does to a loan."""
    return Change(loan_id, RestatementCause.MISUSE, on, **more)


async def own_loan(conn: Connection, officer: Principal, loan_id: UUID) -> Any:
    """Lock a loan of the officer's bank and return it.

    Raises: OrganisationMissing, LoanUnknown, LoanOfAnotherBank.
    """
    bank = organisation_of(officer)
    await lock(conn, [loan_id])
    loan = await conn.fetchrow(_LOAN, loan_id, officer.regions_for(Right.REPAYMENTS_CORRECT))
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    return loan


async def ensure_free(
    conn: Connection, loan: Any, amount: Decimal, from_on: date, misuse_id: UUID | None = None
) -> None:
    """Refuse a misuse of a loan that owes nothing, of more than was lent, or in the days of another.

    Raises: LoanAlreadyCompensated, NothingMisused, MoreThanWasLent, MisuseOnFile, DateBeforeStep.
    """
    if loan["claim_id"] is not None:
        raise LoanAlreadyCompensated
    if loan["state"] == "cancelled":
        raise NothingMisused(from_on)
    if amount > loan["principal"]:
        raise MoreThanWasLent(amount, loan["principal"])
    ensure_not_before("from_on", from_on, "disbursed_on", loan["disbursed_on"])
    for other in await conn.fetch(_OTHERS, loan["id"], misuse_id):
        if other["ended_on"] is None:
            raise MisuseOnFile(other["id"], other["state"])
        ensure_not_before("from_on", from_on, "ended_on", other["ended_on"])


async def in_force(conn: Connection, officer: Principal, misuse_id: UUID) -> Any:
    """Lock the loan of a misuse that stands and return the misuse with what is on file of it.

    Raises: OrganisationMissing, MisuseUnknown, MisuseNotInForce, MisuseReversalOnFile, LoanAlreadyCompensated.
    """
    asked = misuse_id, organisation_of(officer), officer.regions_for(Right.REPAYMENTS_CORRECT)
    found = await conn.fetchrow(_MISUSE, *asked)
    if found is None:
        raise MisuseUnknown(misuse_id)
    await lock(conn, [found["loan_id"]])
    misuse = await conn.fetchrow(_MISUSE, *asked)
    if misuse["state"] != CorrectionState.CONFIRMED:
        raise MisuseNotInForce(misuse["state"])
    if misuse["reversal_id"] is not None:
        raise MisuseReversalOnFile(misuse["reversal_id"], misuse["reversal_state"])
    if misuse["claim_id"] is not None:
        raise LoanAlreadyCompensated
    return misuse


async def ensure_not_compensated(conn: Connection, loan_id: UUID) -> Any:
    """Lock a loan and return it. Raises: LoanAlreadyCompensated."""
    await lock(conn, [loan_id])
    loan = await conn.fetchrow(_LOAN, loan_id, [""])
    if loan["claim_id"] is not None:
        raise LoanAlreadyCompensated
    return loan
