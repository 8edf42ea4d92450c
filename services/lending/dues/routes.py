"""The bank's list of dues over HTTP."""

from datetime import date

from fastapi import APIRouter, Response

from services.lending.access import RecordRepayments
from services.lending.dues import queries
from shared.access import Right
from shared.scope import organisation_of
from shared.web.bodies import Day, Instant
from shared.web.edge import Read, download

router = APIRouter(tags=["贷款 Loans"])
FIRST_DAY = date(1949, 10, 1)


@router.get("/dues.csv", responses=download("one line for each unpaid instalment"))
async def list_dues(
    officer: RecordRepayments,
    conn: Read,
    due_through: Day,
    due_from: Day = FIRST_DAY,
    paid_on: Day | None = None,
    known_at: Instant | None = None,
) -> Response:
    """Return what is due to the officer's bank (应收清单), loans in default included.

    `paid_on` is the day up to which penalty is counted, the last due day unless it is given: what then stands in
    `to_pay` is what pays the due on that day. Columns: contract_number, loan_id, household_number, state, debtor,
    heirs, due_on, met_on, interest, principal, penalty, surcharge, penalty_until, total, held, to_pay.

    With `known_at`, as it was known at that moment: what was booked or taken back later does not count.
    """
    asked = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_RECORD), due_from, due_through
    if known_at is None:
        dues = await queries.dues_csv(conn, *asked, paid_on or due_through)
    else:
        dues = await queries.known_dues_csv(conn, *asked, paid_on or due_through, known_at)
    return Response(dues, media_type="text/csv")
