"""The days that a service runs by itself (日终): its jobs, for each county and business day, missed days in order.

Every replica tries; the lock and the record of `run_once` let each job of a county and day run once. A day that fails
stops its county until the next try and no other county. Who asks for a day by hand meets the same record.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import FastAPI

from shared.access import Grant, Principal, Role
from shared.dates import today_in_china
from shared.db import Connection, Database
from shared.failpoints import failpoint
from shared.jobs import JobRunIn

logger = logging.getLogger(__name__)

_ONE_DAY: Final = timedelta(days=1)
_RAN: Final = """
SELECT job, max(business_date) AS day FROM job_run WHERE scope = $1 AND job = ANY ($2::text[]) GROUP BY job
"""


@dataclass(frozen=True, slots=True)
class DayJob:
    """A job of a business day, as its route runs it; it answers what its first run did."""

    name: str
    run: Callable[[Connection, Principal, JobRunIn], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Days:
    """The jobs of a service's day, in their order, and the statement for its counties.

    `counties` yields county_code and first_day: the day on which there is something to do for the first time.
    """

    counties: str
    jobs: tuple[DayJob, ...]


async def run_days(database: Database, days: Days, today: date) -> int:
    """Run what was not run yet for every county up to today; return how many jobs of a day ran."""
    async with database.connection() as conn:
        counties = await conn.fetch(days.counties)
    ran = 0
    for county in counties:
        try:
            ran += await _run_county(database, days, county["county_code"], county["first_day"], today)
        except Exception:
            logger.exception("the days of county %s stand still", county["county_code"])
    return ran


async def _run_county(database: Database, days: Days, county: str, first_day: date, today: date) -> int:
    async with database.connection() as conn:
        rows = await conn.fetch(_RAN, county, [job.name for job in days.jobs])
    last: Mapping[str, date] = {row["job"]: row["day"] for row in rows}
    next_days = {job.name: last.get(job.name, first_day - _ONE_DAY) + _ONE_DAY for job in days.jobs}
    clock = Principal("platform", "平台 Platform", (Grant(Role.SERVICE_CENTRE, county),))
    ran, day = 0, min(next_days.values())
    while day <= today:
        for job in days.jobs:
            if day >= next_days[job.name]:
                async with database.transaction() as conn:
                    await job.run(conn, clock, JobRunIn(as_of=day, county_code=county))
                    failpoint("days.before_commit")
                failpoint("days.after_commit")
                ran += 1
        day += _ONE_DAY
    return ran


async def keep_days(app: FastAPI, stack: AsyncExitStack, days: Days) -> None:
    """Let a service keep its days as long as it runs, unless its settings say that days run when asked for."""
    if (every := app.state.platform.days_every_seconds) > 0:
        await stack.enter_async_context(keeping_days(app.state.database, days, every))


@asynccontextmanager
async def keeping_days(database: Database, days: Days, every_seconds: float) -> AsyncIterator[None]:
    """Run the days in the background, at once and then again and again."""

    async def keep() -> None:
        while True:
            try:
                await run_days(database, days, today_in_china())
            except Exception:
                logger.exception("the days of the service stand still")
            await asyncio.sleep(every_seconds)

    task = asyncio.create_task(keep(), name="days")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
