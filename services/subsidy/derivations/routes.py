"""Derivations over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.subsidy.access import ReadSubsidies
from services.subsidy.derivations import queries
from services.subsidy.derivations.schemas import DerivationOut, LoanDerivation
from shared.access import Right
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today

router = APIRouter(tags=["贴息批次 Subsidy batches"])


@router.get("/subsidy-lines/{line_id}/derivation", status_code=200, response_model=DerivationOut)
async def derive_subsidy_line(line_id: UUID, officer: ReadSubsidies, conn: Read) -> DerivationOut:
    """Show how a line's amount came about: period, days, principal, rate, share, what was granted before (DZ-7)."""
    return await queries.derive_line(conn, scope_of(officer, Right.SUBSIDIES_READ), line_id)


@router.get("/subsidy-accounts/{loan_id}/derivation", status_code=200, response_model=LoanDerivation)
async def derive_subsidy_of_loan(
    loan_id: UUID,
    officer: ReadSubsidies,
    conn: Read,
    today: Today,
    period_from: Day | None = None,
    period_until: Day | None = None,
) -> LoanDerivation:
    """Show what a loan's interest, paid on days of a period or on any, is due by what is known now (SX-5)."""
    period = (period_from, period_until)
    return await queries.derive_loan(conn, scope_of(officer, Right.SUBSIDIES_READ), loan_id, today, period)
