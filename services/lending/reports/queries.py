"""Named reads for reports: one snapshot for all figures, so that they agree with each other."""

from datetime import date

from services.lending.reports import sql
from services.lending.reports.schemas import LendingReport
from shared.db import Connection
from shared.scope import Scope

_LISTS = {
    "applications_refused_by_reason": sql.REFUSED_BY_REASON,
    "by_industry": sql.BY_INDUSTRY,
    "by_township": sql.BY_TOWNSHIP,
    "lent_by_month": sql.LENT_BY_MONTH,
    "overdue_by_month": sql.OVERDUE_BY_MONTH,
}


async def lending_report(conn: Connection, region: str, scope: Scope, as_of: date) -> LendingReport:
    """Return the lending figures of a region as of a day. Clauses: FJ-8, FJ-4, DZ-4."""
    asked = (scope.regions, scope.banks, as_of)
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        totals = dict(await conn.fetchrow(sql.TOTALS, *asked))
        refused = await conn.fetchval(sql.REFUSED, *asked)
        lists = {name: [dict(row) for row in await conn.fetch(query, *asked)] for name, query in _LISTS.items()}
    return LendingReport.model_validate(
        {**totals, **lists, "region": region, "as_of": as_of, "applications_refused": refused}
    )
