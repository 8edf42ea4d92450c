"""Jobs (定时任务): what is done for a whole county and a business date, once, whoever asks and however often."""

from collections.abc import Awaitable, Callable
from typing import Any

from shared.access import Principal, Right
from shared.db import Connection
from shared.regions import CountyCode
from shared.web.bodies import Body, HappenedOn

# One run at a time for a county, on whichever replica; the second finds the first one's result.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('job/' || $1::text || '/' || $2::text, 0))"
_STORED = "SELECT result FROM job_run WHERE job = $1 AND scope = $2 AND business_date = $3"
_STORE = "INSERT INTO job_run (job, scope, business_date, result) VALUES ($1, $2, $3, $4)"


class JobRunIn(Body):
    """For which county and business date a job is to run."""

    as_of: HappenedOn
    county_code: CountyCode


async def run_once(
    conn: Connection, officer: Principal, job: str, body: JobRunIn, run: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """Return what a job found for the county and date: by running it now, or as its first run did.

    Raises:
        OutsideRegion: the county is not the officer's.
    """
    officer.ensure_region(Right.JOBS_RUN, body.county_code)
    await conn.execute(_ONE_AT_A_TIME, job, body.county_code)
    stored: dict[str, Any] | None = await conn.fetchval(_STORED, job, body.county_code, body.as_of)
    if stored is None:
        stored = await run()
        await conn.execute(_STORE, job, body.county_code, body.as_of, stored)
    return stored
