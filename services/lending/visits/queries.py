"""Named reads of visits, and the sheet of one to print."""

from typing import Any, Final
from uuid import UUID

from services.lending.visits.refusals import VisitUnknown
from services.lending.visits.rules.sheet import VisitSheet, sheet_of
from services.lending.visits.schemas import VisitOut, VisitState
from shared.db import Connection
from shared.policy.copies import current_pack
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

_VISIT: Final = f"""
SELECT v.*, v.loan_request ->> 'amount' AS amount, (v.loan_request ->> 'term_months')::int AS term_months,
  v.loan_request ->> 'purpose' AS purpose, a.state AS application_state
FROM visit v LEFT JOIN application a ON a.id = v.application_id WHERE {seen("v.village_code", "v.bank_code")}
"""  # noqa: S608 - our own text


async def get_visit(conn: Connection, scope: Scope, visit_id: UUID) -> VisitOut:
    """Return one visit.

    Raises:
        VisitUnknown: there is none in the caller's scope.
    """
    row = await conn.fetchrow(f"{_VISIT} AND v.id = $3", scope.regions, scope.banks, visit_id)
    if row is None:
        raise VisitUnknown(visit_id)
    return VisitOut.model_validate(dict(row))


async def list_visits(
    conn: Connection, scope: Scope, page: PageRequest, region: str | None, state: VisitState | None
) -> list[VisitOut]:
    """Return up to one row more than a page of visits, oldest first: those that wait longest come first."""
    rows = await conn.fetch(
        f"{_VISIT} AND ($3::text IS NULL OR v.village_code ^@ $3) AND ($4::text IS NULL OR v.state = $4)"
        " AND ($5::uuid IS NULL OR v.id > $5) ORDER BY v.id LIMIT $6",
        *(scope.regions, scope.banks, region, state, page.after_as(UUID), page.limit + 1),
    )
    return [VisitOut.model_validate(dict(row)) for row in rows]


async def visit_sheet(conn: Connection, scope: Scope, visit_id: UUID) -> VisitSheet:
    """Return a visit as its sheet says it, by the pack of the day of the visit.

    Raises:
        VisitUnknown, NoPackInForce.
    """
    visit: Any = await get_visit(conn, scope, visit_id)
    pack = (await current_pack(conn, visit.village_code, visit.visited_on)).product(visit.product_code)
    return sheet_of(visit, pack.pack.rating_scheme().indicators, pack.purpose_rule)
