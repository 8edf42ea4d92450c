"""Named reads of legacy loans."""

from uuid import UUID

from services.lending.legacy_loans.schemas import LegacyLoanOut
from shared.db import Connection
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

_LEGACY_LOANS = f"""
SELECT l.id, l.contract_number, l.household_number, l.village_code, l.bank_code, l.principal,
  l.principal_outstanding, l.disbursed_on AS granted_on, l.matures_on, l.mode, l.granted_under, o.legacy_rule,
  o.guarantor, o.own_terms, o.onboarded_on, o.recorded_by
FROM legacy_loan o JOIN loan l ON l.id = o.loan_id
WHERE {seen("l.village_code", "l.bank_code")}
  AND ($3::uuid IS NULL OR o.loan_id > $3)
ORDER BY o.loan_id LIMIT $4
"""  # noqa: S608 - our own text


async def list_legacy_loans(conn: Connection, scope: Scope, page: PageRequest) -> list[LegacyLoanOut]:
    """Return up to one row more than a page of the loans that keep an earlier rule, in the scope."""
    rows = await conn.fetch(_LEGACY_LOANS, scope.regions, scope.banks, page.after_as(UUID), page.limit + 1)
    return [LegacyLoanOut.model_validate(dict(row)) for row in rows]
