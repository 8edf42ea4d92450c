"""A county left alone for nine months shows the same as one that was watched every day."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.lending.main import DAYS
from services.lending.tests.county import COUNTY, County, county_with_pack
from shared.days import DayJob, Days, keeping_days, run_days
from shared.testing.service import ServiceUnderTest

FIRST, LAST = date(2017, 12, 1), date(2018, 9, 1)
ALONE = replace(DAYS, counties=f"SELECT '{COUNTY}' AS county_code, '{FIRST}'::date AS first_day")


async def lived(county: County) -> None:
    """Lend three loans: one that holds its interest, one that holds too little, one that nobody pays."""
    loans = [await county.lend(disbursed_on=date(2017, 3, 6)) for _ in range(3)]
    interest = (await county.installments(loans[0]["id"]))[0]["interest_due"]
    await county.repay(loans[0]["id"], interest, "2017-09-10", "R1")
    await county.repay(loans[1]["id"], "100.00", "2017-09-10", "R2")


async def shown(county: County) -> dict[str, Any]:
    """Return what the books, the classes and the accounts say, but for ids, and what was published of it."""
    pool = county.service.database.pool
    loans = await pool.fetch("SELECT * FROM loan ORDER BY contract_number")
    names = ("state", "principal_outstanding", "interest_paid", "penalty_paid", "held", "overdue_from", "was_late")
    return {
        "loans": [tuple(loan[name] for name in names) for loan in loans],
        "accounts": [
            {**await county.account(str(loan["id"]), f"{LAST}"), "loan_id": loan["contract_number"]} for loan in loans
        ],
        "classes": [
            tuple(row)
            for row in await pool.fetch(
                "SELECT c.classified_on, c.days_past_due, c.principal_outstanding, c.loan_class FROM loan_class c "
                "JOIN loan l ON l.id = c.loan_id ORDER BY c.classified_on, l.contract_number"
            )
        ],
        "overdue": [
            (data["overdue_from"], data["noticed_on"])
            for name, data, *_ in await county.service.outbox()
            if name == "loan-overdue"
        ],
    }


async def test_a_county_left_alone_shows_the_same_as_one_that_was_watched_daily(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    watched, alone = [await county_with_pack(await start_service("lending")) for _ in range(2)]
    await lived(watched)
    day = FIRST
    while day <= LAST:
        await run_days(watched.service.database, ALONE, day)
        day += timedelta(days=1)
    await lived(alone)

    ran = await run_days(alone.service.database, ALONE, LAST)

    assert ran == len(DAYS.jobs) * ((LAST - FIRST).days + 1)
    assert await shown(alone) == await shown(watched)
    assert len((await shown(alone))["overdue"]) == 2
    assert await run_days(alone.service.database, ALONE, LAST) == 0


async def test_two_replicas_run_a_day_once_and_a_county_that_fails_holds_up_no_other(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    county = await county_with_pack(await start_service("lending"))
    await lived(county)
    asked: list[str] = []

    async def fails_elsewhere(_conn: Any, _officer: Any, body: Any) -> None:
        asked.append(body.county_code)
        if body.county_code != COUNTY:
            raise RuntimeError("this county's day cannot be run")

    two = (
        f"SELECT * FROM (VALUES ('110101', '{LAST}'::date), ('{COUNTY}', '{LAST}'::date)) AS c (county_code, first_day)"
    )
    jobs = (*DAYS.jobs, DayJob("fails", fails_elsewhere))
    days = Days(counties=two, jobs=jobs)
    await asyncio.gather(*(run_days(county.service.database, days, LAST) for _ in range(2)))
    assert asked.count(COUNTY) >= 1
    marked = [name for name, *_ in await county.service.outbox() if name == "loan-overdue"]
    assert len(marked) == 2


async def test_days_are_kept_in_the_background(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> None:
    county = await county_with_pack(await start_service("lending"))
    await lived(county)
    database = county.service.database
    async with keeping_days(database, DAYS, 3600):
        for _ in range(200):
            if await database.pool.fetchval("SELECT count(*) FROM job_run") == len(DAYS.jobs):
                break
            await asyncio.sleep(0.05)
    assert await database.pool.fetchval("SELECT count(*) FROM job_run") == len(DAYS.jobs)
