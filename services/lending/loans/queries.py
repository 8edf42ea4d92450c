"""Named reads of loans: one, a page of them, and a schedule."""

from datetime import date
from uuid import UUID

from services.lending.loans.refusals import LoanUnknown
from services.lending.loans.schemas import (
    InstallmentOut,
    LoanCorrectionOut,
    LoanInstallments,
    LoanOut,
    LoanPolicyOut,
    LoanState,
)
from services.lending.loans.surcharge_sql import surcharge
from shared.db import Connection
from shared.scope import Scope, seen

_COLUMNS = ", ".join(f"l.{name}" for name in LoanOut.model_fields)
_IN_SCOPE = seen("l.village_code", "l.bank_code")

_LOAN = f"SELECT {_COLUMNS} FROM loan l WHERE {_IN_SCOPE} AND l.id = $3"  # noqa: S608 - our own names
_LOANS = f"""
SELECT {_COLUMNS} FROM loan l
WHERE {_IN_SCOPE} AND ($3::text IS NULL OR l.state = $3) AND ($4::uuid IS NULL OR l.household_id = $4)
  AND (NOT $5::boolean OR l.overdue_from IS NOT NULL) AND ($6::text IS NULL OR l.contract_number = $6)
  AND ($7::text IS NULL OR l.product_code = $7) AND ($8::uuid IS NULL OR l.id > $8)
ORDER BY l.id LIMIT $9
"""  # noqa: S608 - our own names
_INSTALLMENTS = f"""
SELECT i.number, i.period_from, i.due_on, i.days, i.principal_due + i.principal_remitted AS principal_due,
  i.interest_due + i.interest_remitted AS interest_due, i.penalty_due + i.penalty_remitted AS penalty_due,
  i.principal_paid, i.interest_paid, i.penalty_paid, i.principal_remitted, i.interest_remitted, i.penalty_remitted,
  CASE WHEN i.of_misuse THEN i.penalty_due + i.penalty_remitted ELSE
    {surcharge("(i.penalty_due + i.penalty_remitted - i.compound_due - i.compound_remitted)", "l.penalty_multiplier")}
    END AS surcharge_due,
  CASE WHEN i.of_misuse THEN i.penalty_paid ELSE
    {surcharge("(i.penalty_paid - i.compound_paid)", "l.penalty_multiplier")} END AS surcharge_paid,
  i.of_misuse, i.cancelled_on
FROM installment i JOIN loan l ON l.id = i.loan_id WHERE {_IN_SCOPE} AND l.id = $3
ORDER BY i.due_on, i.number
"""  # noqa: S608 - our own names


async def get_loan(conn: Connection, loan_id: UUID, scope: Scope) -> LoanOut:
    """Return one loan. Raises: LoanUnknown."""
    row = await conn.fetchrow(_LOAN, scope.regions, scope.banks, loan_id)
    if row is None:
        raise LoanUnknown
    return LoanOut(**row)


async def list_loans(
    conn: Connection,
    scope: Scope,
    *,
    state: LoanState | None,
    household_id: UUID | None,
    overdue_only: bool,
    contract_number: str | None,
    product_code: str | None,
    after: UUID | None,
    limit: int,
) -> list[LoanOut]:
    """Return up to `limit` loans after one id, by id."""
    asked = state, household_id, overdue_only, contract_number, product_code
    rows = await conn.fetch(_LOANS, scope.regions, scope.banks, *asked, after, limit)
    return [LoanOut(**row) for row in rows]


async def list_installments(conn: Connection, loan_id: UUID, scope: Scope) -> LoanInstallments:
    """Return a loan's schedule by due date. Raises: LoanUnknown."""
    rows = await conn.fetch(_INSTALLMENTS, scope.regions, scope.banks, loan_id)
    if not rows:
        raise LoanUnknown
    return LoanInstallments(items=[InstallmentOut(**row) for row in rows])


_SIGNED_UNDER = f"""
SELECT l.id AS loan_id, l.pack_id, l.pack_version FROM loan l WHERE {_IN_SCOPE} AND l.id = $3
"""  # noqa: S608 - our own text
_CORRECTED_BY = """
SELECT c.correction_id, c.number, c.follows_pack_id, p.pack_version AS follows_pack_version, c.keys, c.effective_from
FROM pack_correction c LEFT JOIN policy_pack p ON p.pack_id = c.follows_pack_id
WHERE c.pack_id = $1 AND c.effective_from <= $2 ORDER BY c.number
"""


async def loan_policy(conn: Connection, loan_id: UUID, scope: Scope, as_of: date) -> LoanPolicyOut:
    """Return what a loan was signed under and what corrects it on a day.

    Raises:
        LoanUnknown: there is no such loan in the caller's sight.
    """
    row = await conn.fetchrow(_SIGNED_UNDER, scope.regions, scope.banks, loan_id)
    if row is None:
        raise LoanUnknown
    corrections = [LoanCorrectionOut(**found) for found in await conn.fetch(_CORRECTED_BY, row["pack_id"], as_of)]
    return LoanPolicyOut(**row, as_of=as_of, corrections=corrections)
