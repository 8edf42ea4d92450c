"""kill -9 in the middle of the days that a service runs by itself: each job of a day is whole or not there, once."""

import asyncio
import signal
import time
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, Final

import asyncpg
import pytest

from deploy.errors import ServerDidNotStart
from shared.access import Right
from shared.dates import today_in_china
from shared.failpoints import VARIABLE
from tests.faults.convergence import ensure_settled
from tests.journeys.tiny_county import Place

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

JOBS: Final = {
    "lending": ("mark-overdue", "classify-loans"),
    "registry": ("list-late-borrowers", "open-duties"),
    "riskfund": ("expire-reservations",),
    "subsidy": ("note-late-periods",),
}
DAYS_LEFT: Final = 4
SECONDS: Final = 60.0
_RAN: Final = "SELECT job, business_date, result::text FROM job_run WHERE scope = $1 AND business_date > $2"
Ran = dict[tuple[str, date], str]


async def ran(place: Place, service: str, since: date) -> Ran:
    """Return what a service's jobs found for each day after one."""
    connection = await asyncpg.connect(place.platform.env[f"RECONCILE_{service.upper()}_DATABASE_URL"])
    try:
        rows = await connection.fetch(_RAN, place.county.code, since)
    finally:
        await connection.close()
    return {(row["job"], row["business_date"]): row["result"] for row in rows}


async def dies_over(place: Place, service: str, failpoint: str, passed: int) -> None:
    """Let a service keep its days and kill itself at the failpoint, after it passed that so often."""
    env = {"DAYS_EVERY_SECONDS": "3600", VARIABLE: f"{failpoint}=kill:after={passed}"}
    with suppress(ServerDidNotStart):  # dead before it was ready
        await asyncio.to_thread(place.platform.start, service, env)
    code = await asyncio.to_thread(place.platform.children()[service].wait, SECONDS)
    assert code == -signal.SIGKILL


async def caught_up(place: Place, service: str, since: date, count: int) -> Ran:
    """Let a service keep its days until all of them ran; then as the other tests want it, days when asked for."""
    await asyncio.to_thread(place.platform.start, service, {"DAYS_EVERY_SECONDS": "3600"})
    deadline = time.monotonic() + SECONDS
    while len(found := await ran(place, service, since)) < count:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)
    await asyncio.to_thread(place.platform.restart, service)
    return found


@pytest.mark.parametrize("service", JOBS)
async def test_a_service_is_killed_over_the_days_that_it_runs_by_itself(lent: Place, service: str) -> None:
    county, jobs, today = lent.county, JOBS[service], today_in_china()
    since, officer = today - timedelta(days=DAYS_LEFT), lent.county.offices.with_right(Right.JOBS_RUN)
    body = {"as_of": since.isoformat(), "county_code": county.code}
    for job in jobs:
        await officer.post(f"/jobs/{job}/runs", body)
    await asyncio.to_thread(lent.platform.stop, service)

    await dies_over(lent, service, "days.before_commit", 1)
    first = await ran(lent, service, since)
    assert len(first) == 1, "the first job of the first day is whole, the next is not there"
    await dies_over(lent, service, "days.after_commit", 1)
    second = await ran(lent, service, since)
    assert len(second) == 3
    assert second.items() >= first.items()

    every: set[Any] = {(job, since + timedelta(days=1 + n)) for job in jobs for n in range(DAYS_LEFT)}
    found = await caught_up(lent, service, since, len(every))
    assert found.keys() == every
    assert found.items() >= second.items()
    await ensure_settled(lent)
