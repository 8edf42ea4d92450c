"""A claw-back is offset while its money comes back, or while its batch is returned: nothing counts twice (DZ-7)."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import asyncpg
import pytest

from services.subsidy.tests.county import COUNTY, Loan, look, open_programme, prepare, review
from services.subsidy.tests.test_clawbacks import LATER, paid_line, pay_interest
from services.subsidy.tests.test_money_back import approved, give_up, receive, sign
from shared.testing.service import ServiceUnderTest

_WAITING: Final = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database()
"""
Held: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_COUNTY: Final = "SELECT pg_advisory_xact_lock(hashtextextended('subsidy-batch/' || $1, 0))"


@asynccontextmanager
async def holding(statement: str, *values: Any) -> AsyncIterator[Held]:
    """Hold what the statement locks until the block ends; lend another connection, which sees who waits."""
    holder, watcher = [await asyncpg.connect(os.environ["SUBSIDY_DATABASE_URL"]) for _ in range(2)]
    try:
        async with holder.transaction():
            await holder.fetch(statement, *values)
            yield watcher
    finally:
        await holder.close()
        await watcher.close()


async def start(watcher: Held, work: Coroutine[Any, Any, Any], waiting: int) -> asyncio.Task[Any]:
    """Start a request and return once so many wait for a lock, this one the last of them."""
    task = asyncio.create_task(work)
    async with asyncio.timeout(20):
        while await watcher.fetchval(_WAITING) < waiting:
            assert not task.done(), task.result()
            await asyncio.sleep(0.01)
    return task


async def _stands(subsidy: ServiceUnderTest) -> dict[str, str]:
    (found,) = (await look(subsidy, "/clawbacks"))["items"]
    names = ("offset_amount", "received_amount", "written_off_amount", "held_amount", "open_amount", "state")
    return {name.removesuffix("_amount"): found[name] for name in names}


async def _owed(subsidy: ServiceUnderTest, interest: str = "110.00") -> tuple[str, str]:
    loan = Loan()
    clawback = await approved(subsidy, await paid_line(subsidy, loan, "100.00"))
    await pay_interest(subsidy, loan, interest, 1)
    return clawback, await open_programme(subsidy, year=2018)


@pytest.mark.clause("DZ-7(b)")
@pytest.mark.parametrize(
    ("is_batch_first", "offset", "received", "held"),
    [(True, "100.00", "0.00", "40.00"), (False, "60.00", "40.00", "0.00")],
    ids=["the batch first", "the receipt first"],
)
async def test_a_batch_and_a_receipt_wait_for_each_other(
    subsidy: ServiceUnderTest, is_batch_first: bool, offset: str, received: str, held: str
) -> None:
    clawback, programme = await _owed(subsidy)
    batch, receipt = prepare(subsidy, programme, expect=201, **LATER), receive(subsidy, clawback, "40.00", "T-1")
    async with holding(_COUNTY, COUNTY) as watcher:
        both = batch, receipt
        order = both if is_batch_first else both[::-1]
        tasks = [await start(watcher, each, place) for place, each in enumerate(order, start=1)]
    await asyncio.gather(*tasks)
    stands = await _stands(subsidy)
    assert (stands["offset"], stands["received"], stands["held"], stands["open"]) == (offset, received, held, "0.00")


@pytest.mark.clause("DZ-7(b)")
async def test_a_batch_and_a_write_off_wait_for_each_other(subsidy: ServiceUnderTest) -> None:
    clawback, programme = await _owed(subsidy)
    asked = await give_up(subsidy, clawback, "100.00")
    async with holding(_COUNTY, COUNTY) as watcher:
        batch = await start(watcher, prepare(subsidy, programme, expect=201, **LATER), 1)
        given = await start(watcher, sign(subsidy, asked, expect=409), 2)
    assert ((await batch)["clawed_back"], (await given)["code"]) == ("100.00", "clawback-not-open")
    assert (await _stands(subsidy))["written_off"] == "0.00"


@pytest.mark.clause("DZ-7(b)")
async def test_a_batch_that_is_returned_and_a_receipt_wait_for_each_other(subsidy: ServiceUnderTest) -> None:
    clawback, programme = await _owed(subsidy, "60.00")
    batch = await prepare(subsidy, programme, expect=201, **LATER)
    async with holding("SELECT FROM clawback FOR UPDATE") as watcher:
        returned = await start(watcher, review(subsidy, batch["id"], "return"), 1)
        receipt = await start(watcher, receive(subsidy, clawback, "100.00", "T-1"), 2)
    await asyncio.gather(returned, receipt)
    stands = await _stands(subsidy)
    assert (stands["offset"], stands["received"], stands["held"]) == ("0.00", "100.00", "0.00")
