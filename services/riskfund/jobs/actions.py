"""Run a job for a county and a business date: once, whoever asks and however often."""

from typing import Final

from services.riskfund.cover.actions.reservations import expire_reservations
from services.riskfund.funds.actions.movements import lock_funds
from services.riskfund.funds.refusals import FundNotOpen
from services.riskfund.jobs.schemas import ExpiryRunIn, ExpiryRunOut
from shared.access import Principal, Right
from shared.db import Connection

EXPIRE_RESERVATIONS: Final = "expire-reservations"
_DONE = "SELECT result FROM job_run WHERE job = $1 AND scope = $2 AND business_date = $3"
_NOTE = "INSERT INTO job_run (job, scope, business_date, result) VALUES ($1, $2, $3, $4)"


async def run_expiry(conn: Connection, officer: Principal, body: ExpiryRunIn) -> ExpiryRunOut:
    """End reservations whose last day has passed; a second run for the same date answers what the first did.

    Raises:
        FundNotOpen: the county has no fund.
    """
    officer.ensure_region(Right.JOBS_RUN, body.county_code)
    if not await lock_funds(conn, [body.county_code]):
        raise FundNotOpen(body.county_code)
    done = await conn.fetchval(_DONE, EXPIRE_RESERVATIONS, body.county_code, body.as_of)
    if done is not None:
        return ExpiryRunOut.model_validate(done)
    row = await expire_reservations(conn, body.county_code, body.as_of)
    result = ExpiryRunOut(
        county_code=body.county_code, as_of=body.as_of, expired_count=row["reservations"], amount=row["amount"]
    )
    await conn.execute(_NOTE, EXPIRE_RESERVATIONS, body.county_code, body.as_of, result.model_dump(mode="json"))
    return result
