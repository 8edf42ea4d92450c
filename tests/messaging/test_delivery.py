"""Events reach their consumers: all of them, once, in order."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from uuid import uuid4

import structlog

from shared import outbox
from shared.bus.operations import release, republish
from shared.db import Connection, Database
from shared.events.received import Received
from shared.inbox import Subscription
from shared.outbox import RecordedEvent, record_many
from tests.messaging.conftest import Nats
from tests.messaging.events import (
    COUNTY,
    RECORD_MANY,
    CounterAdvanced,
    CounterClosed,
    advance,
    arrived,
    count,
    effects,
    subscription,
    until,
)


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
        await until(lambda: arrived(riskfund, 1200))
    found = await effects(riskfund)
    assert all(steps == sorted(steps) and len(steps) == steps[-1] for steps in found.values())
    assert await count(lending, "outbox WHERE published_at IS NULL OR stream_sequence IS NULL") == 0


async def test_bulk_insert_records_events_that_are_published_like_any_other(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        async with lending.transaction() as conn:
            await conn.execute(RECORD_MANY, [uuid4() for _ in range(50)], 3)
        await until(lambda: arrived(riskfund, 150))
    assert list((await effects(riskfund)).values()) == [[1, 2, 3]] * 50


async def test_events_of_one_counter_written_in_one_transaction_arrive_in_order(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counter = uuid4()
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        async with lending.transaction() as conn:
            for _ in range(30):
                await advance(conn, counter)
        await until(lambda: arrived(riskfund, 30))
    assert await effects(riskfund) == {counter: list(range(1, 31))}


async def test_two_replicas_of_both_services_share_the_work_and_double_nothing(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counters = [uuid4() for _ in range(60)]
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(nats.bus("lending", lending))
            await stack.enter_async_context(nats.bus("riskfund", riskfund, subscription()))
        for _ in range(20):
            async with lending.transaction() as conn:
                for counter in counters:
                    await advance(conn, counter)
        await until(lambda: arrived(riskfund, 1200))
        await asyncio.sleep(0.3)
    assert await effects(riskfund) == {counter: list(range(1, 21)) for counter in counters}


async def test_a_event_without_a_handler_advances_its_counter(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counter = uuid4()
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        async with lending.transaction() as conn:
            await record_many(
                conn,
                [
                    RecordedEvent(CounterAdvanced(counter_id=counter, step=1, amount=Decimal(1)), counter, 1, COUNTY),
                    RecordedEvent(CounterClosed(counter_id=counter), counter, 2, COUNTY),
                    RecordedEvent(CounterAdvanced(counter_id=counter, step=3, amount=Decimal(3)), counter, 3, COUNTY),
                ],
            )
        await until(lambda: arrived(riskfund, 2))
    assert await effects(riskfund) == {counter: [1, 3]}
    assert await count(riskfund, "inbox WHERE state = 'applied'") == 3


async def test_an_unordered_subscription_applies_each_event_once_whatever_its_version(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counter = uuid4()
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription(ordered=False)):
        async with lending.transaction() as conn:
            event = CounterAdvanced(counter_id=counter, step=7, amount=Decimal("7.10"))
            await outbox.record(conn, event, aggregate_id=counter, aggregate_version=7, region_code=COUNTY)
        await until(lambda: arrived(riskfund, 1))
        async with lending.transaction() as conn:
            await republish(conn)
        await asyncio.sleep(0.3)
    assert await effects(riskfund) == {counter: [7]}


async def test_a_event_that_breaks_its_schema_stays_home_and_stops_only_its_own_aggregate(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    bad, good = uuid4(), uuid4()
    async with lending.transaction() as conn:
        await advance(conn, bad)
        await conn.execute("UPDATE outbox SET data = data || '{\"amount\": 1.0}'")
        await advance(conn, bad)
        await advance(conn, good)
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        await until(lambda: arrived(riskfund, 1))
        assert await effects(riskfund) == {good: [1]}
        async with lending.transaction() as conn:
            reason = await conn.fetchval("SELECT refused_reason FROM outbox WHERE refused_reason IS NOT NULL")
            assert "amount" in reason
            await conn.execute('UPDATE outbox SET data = data || \'{"amount": "1.00"}\' WHERE aggregate_version = 1')
            assert await release(conn) == 1
        await until(lambda: arrived(riskfund, 3))
    assert await effects(riskfund) == {good: [1], bad: [1, 2]}


async def test_the_trace_of_the_request_reaches_the_consumer(nats: Nats, lending: Database, riskfund: Database) -> None:
    seen: list[str | None] = []

    async def note_trace(conn: Connection, received: Sequence[Received[CounterAdvanced]]) -> None:
        seen.append(structlog.contextvars.get_contextvars().get("trace_id"))

    tracing = Subscription("riskfund", "lending", {CounterAdvanced: note_trace})
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, tracing):
        with structlog.contextvars.bound_contextvars(trace_id="4bf92f3577b34da6a3ce929d0e0e4736"):
            async with lending.transaction() as conn:
                await advance(conn, uuid4())
        await until(lambda: _is_true(lambda: bool(seen)))
    assert seen == ["4bf92f3577b34da6a3ce929d0e0e4736"]


async def _is_true(condition: Callable[[], bool]) -> bool:
    return condition()
