"""(g) A county's day at the end of a month: who is late, and the class of every loan, beside one plain statement."""

import math
import time
from datetime import date
from typing import Final

import httpx
import psutil

from shared.access import Role
from shared.ids import new_id
from tools.bench.loans_sql import COUNTY, PUT_APPLICATIONS, PUT_INSTALLMENTS, PUT_LOANS, loan_id
from tools.bench.memory import memory, while_it_runs
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import World

RUN: Final = (
    "one statement on the same loans: days past due by the oldest unpaid due, overdue interest, a class from a CASE, "
    "inserted into a table of five columns; no rest days, no grace, no packs, no officers' reviews, no later "
    "repayments, no events. Ours is both jobs of the day over HTTP, of which one loan in a hundred is newly late."
)
SECONDS: Final = "no floor: seconds of the same runs."
GROWTH: Final = (
    "no floor: the power of the number of loans with which the seconds grow, from the small county to the large."
)
MEMORY: Final = (
    "no floor: the largest memory of lending while it runs the large county's day, less what it took before, "
    "sampled four times a second."
)
COUNTIES: Final = ("500237", "500238", "500239")  # one to warm up with, as small as the second; a small; a large
MONTH_BEFORE: Final = date(2017, 12, 31)
MONTH: Final = date(2018, 1, 31)
DAY_BEFORE: Final = date(2018, 1, 31)
DAY: Final = date(2018, 2, 1)
MEMORY_MIB: Final = 32
JOBS: Final = ("mark-overdue", "classify-loans")
_MIB: Final = 1024 * 1024
_JOB_SECONDS: Final = 600.0

# Three loans in ten have not paid the first year's interest, and one more in a hundred from the measured day on.
_PAID: Final = """
UPDATE installment i SET interest_paid = interest_due
WHERE number = 1 AND loan_id BETWEEN $1 AND $2 AND ('x' || right(loan_id::text, 4))::bit(16)::int % 100 {which}
"""
_UNPAID: Final = """
UPDATE installment i SET interest_paid = 0.00 WHERE number = 1 AND loan_id BETWEEN $1 AND $2
  AND ('x' || right(loan_id::text, 4))::bit(16)::int % 100 = 30
"""
_CLASSIFIED_BEFORE: Final = """
INSERT INTO class_run (id, county_code, classified_on, loans, principal_outstanding, classes, run_as_of, run_by)
VALUES ($1, $2, $3::date, 0, 0.00, '[]', $3::date + 1, 'benchmark')
"""
_PLAIN_TABLE: Final = """
CREATE TABLE plain_class (loan_id uuid, classified_on date, days_past_due int, overdue_interest numeric,
  loan_class text, PRIMARY KEY (loan_id, classified_on))
"""
_PLAIN: Final = """
INSERT INTO plain_class
SELECT loan_id, $2::date, days, round(unpaid * 4.35 * 1.5 / 36000 * days, 2),
  CASE WHEN days > 360 THEN 'loss' WHEN days > 270 THEN 'doubtful' WHEN days > 90 THEN 'substandard'
    WHEN days > 0 THEN 'special_mention' ELSE 'normal' END
FROM (
  SELECT l.id AS loan_id, coalesce($2::date - min(i.due_on) FILTER (WHERE i.due_on < $2), 0) AS days,
    coalesce(sum(i.interest_due - i.interest_paid) FILTER (WHERE i.due_on < $2), 0) AS unpaid
  FROM loan l LEFT JOIN installment i ON i.loan_id = l.id
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)
  WHERE l.county_code = $1 GROUP BY l.id
) late
"""


class LoansMissing(RuntimeError):
    """A county's day did not look at all of its loans."""


async def measure(world: World) -> list[Comparison]:
    """Run the day of a small and of a large county, each once: a day is only run once."""
    world.platform.stop("lending")  # what it took for an earlier part's files is no part of this
    world.platform.start("lending")
    await _put_counties(world)
    warm_up, small_county, large_county = COUNTIES
    few, loans = world.sizes.days_loans
    await _day(world, warm_up, few)
    small = await _day(world, small_county, few)
    floor = [await _plain_seconds(world, large_county)]
    lending = _lending(world)
    rest = memory(lending)
    large, peak = await while_it_runs(lending, _day(world, large_county, loans))
    floor.append(await _plain_seconds(world, large_county))
    growth = math.log(large / small) / math.log(loans / few)
    run = Series("both jobs", "s", (large,))
    return [
        Comparison(
            "g1",
            f"{loans} 笔贷款的日终与月末分类",
            f"The day of {loans} loans",
            run,
            Series("one statement", "s", tuple(floor)),
            Target(Bound.AT_MOST, 2),
        ),
        Comparison(
            "g2", f"{loans} 笔贷款的日终（秒）", f"The day of {loans} loans (s)", run, None, Target(Bound.AT_MOST, 60)
        ),
        Comparison(
            "g3",
            "日终用时随贷款数增长的幂",
            "Power of the loans with which the day's time grows",
            Series("growth", "power", (growth,)),
            None,
            Target(Bound.AT_MOST, 1.05),
        ),
        Comparison(
            "g4",
            "日终时内存增加 (MiB)",
            "Memory that the day takes (MiB)",
            Series("the lending service", "MiB", ((peak - rest) / _MIB,)),
            None,
            Target(Bound.AT_MOST, MEMORY_MIB),
        ),
    ]


async def _put_counties(world: World) -> None:
    """Put both counties' loans on file, as the day before the measured one leaves them."""
    first, (few, many) = world.sizes.loans + 1, world.sizes.days_loans
    async with world.database("lending", as_superuser=True) as connection:
        await connection.execute(_PLAIN_TABLE)
        for county, count in zip(COUNTIES, (few, few, many), strict=True):
            last = first + count - 1
            for statement in (PUT_APPLICATIONS, PUT_LOANS, PUT_INSTALLMENTS):
                await connection.execute(statement.replace(COUNTY, county), first, last)
            await connection.execute(_PAID.format(which=">= 30"), loan_id(first), loan_id(last))
            await connection.execute(_CLASSIFIED_BEFORE, new_id(), county, MONTH_BEFORE)
            first = last + 1
    await world.settle("lending", "application", "loan", "installment")
    for county in COUNTIES:
        await _run(world, JOBS[0], county, DAY_BEFORE)
    async with world.database("lending", as_superuser=True) as connection:
        await connection.execute(_UNPAID, loan_id(world.sizes.loans + 1), loan_id(first - 1))
    await world.settle("lending", "loan", "installment")


async def _day(world: World, county: str, loans: int) -> float:
    """Return the seconds of a county's day."""
    began = time.perf_counter()
    for job in JOBS:
        await _run(world, job, county, DAY)
    seconds = time.perf_counter() - began
    async with world.database("lending") as connection:
        classified = await connection.fetchval(
            "SELECT loans FROM class_run WHERE county_code = $1 AND classified_on = $2", county, MONTH
        )
    if classified != loans:
        raise LoansMissing(f"{classified} of {loans}")
    return seconds


async def _run(world: World, job: str, county: str, day: date) -> None:
    host, port = world.address("lending")
    token = world.token("lending", Role.SERVICE_CENTRE, "bench.centre", region=county)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
    async with httpx.AsyncClient(trust_env=False, headers=headers, timeout=_JOB_SECONDS) as http:
        body = {"county_code": county, "as_of": day.isoformat()}
        (await http.post(f"http://{host}:{port}/api/v1/jobs/{job}/runs", json=body)).raise_for_status()


async def _plain_seconds(world: World, county: str) -> float:
    with world.paused("lending"):
        async with world.database("lending", as_superuser=True) as connection:
            await connection.execute("TRUNCATE plain_class")
            began = time.perf_counter()
            await connection.execute(_PLAIN, county, DAY, timeout=_JOB_SECONDS)
            return time.perf_counter() - began


def _lending(world: World) -> psutil.Process:
    pid = world.platform.children()["lending"].pid
    if pid is None:
        raise LoansMissing("the lending service does not run")
    return psutil.Process(pid)
