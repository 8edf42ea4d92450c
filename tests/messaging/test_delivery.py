"""Facts reach their consumers: all of them, once, in order."""

import asyncio
import random
from uuid import uuid4

from shared.db import Database
from tests.messaging.conftest import Nats
from tests.messaging.facts import RECORD_MANY, advance, count, effects, subscription, until


async def test_twelve_writers_lose_nothing_and_keep_each_counters_order(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counters = [uuid4() for _ in range(40)]

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(100):
            async with lending.transaction() as conn:
                await conn.execute("SELECT pg_current_xact_id(), pg_sleep($1)", chance.random() * 0.004)
                await advance(conn, chance.choice(counters))

    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        await asyncio.gather(*(write(seed) for seed in range(12)))
        await until(lambda: _all_arrived(riskfund, 1200))
    found = await effects(riskfund)
    assert all(steps == sorted(steps) and len(steps) == steps[-1] for steps in found.values())
    assert await count(lending, "outbox WHERE published_at IS NULL OR stream_sequence IS NULL") == 0


async def _all_arrived(database: Database, expected: int) -> bool:
    return await count(database, "effect") >= expected


async def test_bulk_insert_records_facts_that_are_published_like_any_other(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        async with lending.transaction() as conn:
            await conn.execute(RECORD_MANY, [uuid4() for _ in range(50)], 3)
        await until(lambda: _all_arrived(riskfund, 150))
    assert all(steps == [1, 2, 3] for steps in (await effects(riskfund)).values())
