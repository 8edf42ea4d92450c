"""What jobs of the risk fund do for a county and a business date."""

from typing import Any, Final

from services.riskfund.cover.actions.reservations import expire_reservations
from services.riskfund.funds.actions.movements import lock_funds
from services.riskfund.funds.refusals import FundNotOpen
from services.riskfund.jobs.schemas import ExpiryRunOut
from shared.access import Principal
from shared.db import Connection
from shared.jobs import JobRunIn, run_once

EXPIRE_RESERVATIONS: Final = "expire-reservations"


async def run_expiry(conn: Connection, officer: Principal, body: JobRunIn) -> ExpiryRunOut:
    """End reservations whose last day has passed; a second run for the same date answers what the first did.

    Raises:
        FundNotOpen: the county has no fund.
        OutsideRegion: the county is not the officer's.
    """

    async def run() -> dict[str, Any]:
        if not await lock_funds(conn, [body.county_code]):
            raise FundNotOpen(body.county_code)
        count, amount = await expire_reservations(conn, body.county_code, body.as_of)
        return {"expired_count": count, "amount": f"{amount:.2f}"}

    found = await run_once(conn, officer, EXPIRE_RESERVATIONS, body, run)
    return ExpiryRunOut(county_code=body.county_code, as_of=body.as_of, **found)
