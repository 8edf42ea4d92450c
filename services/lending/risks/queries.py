"""Named reads of loans at risk."""

import io
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.classes.queries import bands_of
from services.lending.collections.queries import list_plans
from services.lending.collections.rules.plans import PlanProgress
from services.lending.risks import risks_sql
from services.lending.risks.schemas import RiskReason, RiskyLoanOut
from services.lending.write_offs.queries import groundless
from shared.db import Connection
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

BROKEN_PLANS_MAX: Final = 100_000  # of one scope; a county has a few hundred plans
EXPORT_SECONDS: Final = 120.0
_SIGNED: Final = f"""
SELECT DISTINCT l.pack_id, l.product_code FROM loan l WHERE {seen("l.village_code", "l.bank_code")}
"""  # noqa: S608 - our own text


async def list_risky_loans(
    conn: Connection, scope: Scope, page: PageRequest, as_of: date, region: str | None, reason: RiskReason | None
) -> list[RiskyLoanOut]:
    """Return up to one row more than a page of loans at risk on a day, by id. Raises: PackNotReplicated."""
    asked = await _asked(conn, scope, as_of, region, reason)
    rows = await conn.fetch(risks_sql.LISTED, *asked, page.after_as(UUID), page.limit + 1)
    return [RiskyLoanOut.model_validate(dict(row)) for row in rows]


async def risky_loans_csv(conn: Connection, scope: Scope, as_of: date, region: str | None) -> bytes:
    """Return all loans at risk on a day as CSV, reasons in one column. Raises: PackNotReplicated."""
    asked, text = await _asked(conn, scope, as_of, region, None), io.BytesIO()
    await conn.copy_from_query(
        risks_sql.EXPORTED, *asked, output=text, format="csv", header=True, timeout=EXPORT_SECONDS
    )
    return text.getvalue()


async def _asked(
    conn: Connection, scope: Scope, as_of: date, region: str | None, reason: RiskReason | None
) -> tuple[Any, ...]:
    signed = [(row["pack_id"], row["product_code"]) for row in await conn.fetch(_SIGNED, scope.regions, scope.banks)]
    bands = await bands_of(conn, signed, as_of)
    plans = await list_plans(
        conn,
        scope,
        as_of,
        state=None,
        progress=PlanProgress.BROKEN,
        loan_id=None,
        after=None,
        limit=BROKEN_PLANS_MAX,
    )
    broken = [plan for plan in plans if plan.signed_on is not None and plan.signed_on <= as_of]
    since = [plan.broken_since for plan in broken]
    gone = await groundless(conn, scope, as_of)
    wrong = [each.loan_id for each in gone], [each.decided_on for each in gone]
    return as_of, *bands, scope.regions, scope.banks, [plan.loan_id for plan in broken], since, reason, region, *wrong
