"""HTTP of the question what publications of rates would do to loans."""

from fastapi import APIRouter

from services.lending.access import ReadLoans
from services.lending.rate_changes import queries
from services.lending.rate_changes.schemas import RateConsequencesIn, RateConsequencesOut
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read

router = APIRouter(tags=["贷款账户 Loan account"])


@router.post("/rate-consequences", response_model=RateConsequencesOut, status_code=200)
async def show_rate_consequences(body: RateConsequencesIn, officer: ReadLoans, conn: Read) -> RateConsequencesOut:
    """Say what publications of reference rates would do to loans, before they are confirmed; nothing is stored.

    A contract whose bank stated no rate follows the publication of the day it was signed: what was too high is given
    back from the first day, what was too low is asked from `as_of` on. A rate that the bank stated is the contract's
    own; it is listed when it would lie outside what the county's pack allows.
    """
    return await queries.consequences(conn, scope_of(officer, Right.LOANS_READ), body)
