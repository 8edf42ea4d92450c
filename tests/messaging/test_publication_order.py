"""An aggregate's events are published by version, whatever transactions are open, fail, or overtake each other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import outbox
from shared.bus.backlog import NEXT, Backlog
from shared.bus.operations import republish
from shared.db import Connection, Database
from tests.messaging.conftest import Nats
from tests.messaging.events import COUNTY, CounterAdvanced, advance, count, until
from tests.messaging.stream import all_published, stream_order


@asynccontextmanager
async def open_transaction(database: Database) -> AsyncIterator[Connection]:
    """Lend a connection inside a transaction that has its number already, as after a first write elsewhere."""
    async with database.pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT pg_current_xact_id()")
        yield conn


async def record(conn: Connection, counter: UUID, version: int) -> None:
    """Record one event under a given version, without the lock that would give it out."""
    event = CounterAdvanced(counter_id=counter, step=version, amount=Decimal(version))
    await outbox.record(conn, event, aggregate_id=counter, aggregate_version=version, region_code=COUNTY)


async def test_a_transaction_with_a_lower_number_that_came_second_is_published_second(
    nats: Nats, lending: Database
) -> None:
    counter = uuid4()
    async with open_transaction(lending) as waiting, open_transaction(lending) as bystander:
        async with lending.transaction() as quick:
            assert await advance(quick, counter) == 1
        assert await advance(waiting, counter) == 2
        await waiting.execute("COMMIT; BEGIN")
        async with nats.bus("lending", lending):
            await until(lambda: all_published(lending))
        assert await bystander.fetchval("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    assert await stream_order(nats) == {counter: [1, 2]}


async def test_an_open_transaction_of_somebody_else_holds_nothing_up(nats: Nats, lending: Database) -> None:
    counters = [uuid4() for _ in range(5)]
    async with nats.bus("lending", lending), open_transaction(lending):
        for counter in counters:
            async with lending.transaction() as conn:
                await advance(conn, counter)
        await until(lambda: all_published(lending))
    assert await stream_order(nats) == {counter: [1] for counter in counters}


async def test_a_version_recorded_before_its_predecessor_was_committed_waits_for_it(
    nats: Nats, lending: Database
) -> None:
    hasty, other = uuid4(), uuid4()
    async with nats.bus("lending", lending):
        async with open_transaction(lending) as slow:
            await record(slow, hasty, 1)
            async with lending.transaction() as conn:
                await record(conn, hasty, 2)
            async with lending.transaction() as conn:
                await advance(conn, other)
            await until(lambda: _published(lending, other))
            await asyncio.sleep(0.2)
            assert not await _published(lending, hasty)
        await until(lambda: all_published(lending))
    assert await stream_order(nats) == {other: [1], hasty: [1, 2]}


async def test_a_version_whose_predecessor_never_comes_is_published_and_reported(nats: Nats, lending: Database) -> None:
    counter = uuid4()
    with structlog.testing.capture_logs() as logs:
        async with nats.bus("lending", lending):
            async with lending.pool.acquire() as slow:
                transaction = slow.transaction()
                await transaction.start()
                await record(slow, counter, 1)
                async with lending.transaction() as conn:
                    await record(conn, counter, 2)
                await asyncio.sleep(0.2)
                assert not await _published(lending, counter)
                await transaction.rollback()
            await until(lambda: all_published(lending))
    assert await stream_order(nats) == {counter: [2]}
    reported = [entry for entry in logs if "gap" in entry["event"]]
    assert [entry["aggregate_version"] for entry in reported] == [2]


async def _published(database: Database, counter: UUID) -> bool:
    return await count(database, f"outbox WHERE aggregate_id = '{counter}' AND published_at IS NOT NULL") > 0


async def test_events_inserted_in_reverse_leave_in_order_however_small_the_batch(lending: Database) -> None:
    counters = [uuid4() for _ in range(3)]
    async with lending.transaction() as conn:
        for version in range(7, 0, -1):
            for counter in counters:
                await record(conn, counter, version)
    assert await _drained(lending, limit=4) == {counter: list(range(1, 8)) for counter in counters}


async def test_a_long_backlog_costs_no_more_than_a_short_one_whatever_the_statistics_say(lending: Database) -> None:
    read = []
    async with lending.connection() as conn:
        await _record_many(conn, 200)
        await conn.execute("UPDATE outbox SET published_at = now()")
        await conn.execute("ANALYZE outbox")  # as if nothing ever waited
        for waiting in (200, 2000):
            await _record_many(conn, waiting)
            read.append(await _pages_read(conn, 100))
    assert read[1] < 2 * read[0]


async def _record_many(conn: Connection, count: int) -> None:
    await conn.execute(_MANY, count, COUNTY)


_MANY = """
INSERT INTO outbox (event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code,
  data) SELECT uuid7(), 'counter-advanced', 1, 'counter', uuid7(), 1, $2, '{}' FROM generate_series(1, $1)
"""


async def _pages_read(conn: Connection, limit: int) -> int:
    """Return how many pages the relay reads for its next events."""
    plan = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {NEXT}", limit)
    assert plan[0]["Plan"]["Actual Rows"] == limit
    return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])


async def test_events_published_again_from_a_position_leave_in_order_wherever_they_stand(lending: Database) -> None:
    counter = uuid4()
    async with lending.transaction() as conn:
        for version in (1, 4, 2, 3):
            await record(conn, counter, version)
    assert await _drained(lending, limit=2) == {counter: [1, 2, 3, 4]}
    async with lending.connection() as conn:
        third = await conn.fetchval("SELECT position FROM outbox ORDER BY position OFFSET 2 LIMIT 1")
        assert await republish(conn, third) == 3
    assert await _drained(lending, limit=1) == {counter: [2, 3, 4]}


async def _drained(database: Database, limit: int) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = {}
    async with database.connection() as conn:
        backlog = Backlog(conn)
        while rows := await backlog.next_events(limit):
            for row in rows:
                found.setdefault(row["aggregate_id"], []).append(row["aggregate_version"])
            await backlog.mark_published([(row["position"], row["position"]) for row in rows])
    return found


COUNTERS = tuple(UUID(int=number) for number in (1, 2))
WRITERS = 3
BEGIN = "BEGIN; SELECT pg_current_xact_id()"


@dataclass(eq=False)
class Writer:
    """One business transaction at a time on a connection of its own."""

    name: str
    conn: Connection = field(repr=False)
    locked: set[UUID] = field(default_factory=set, repr=False)
    waits_for: UUID | None = field(default=None, repr=False)
    task: "asyncio.Task[int] | None" = field(default=None, repr=False)


@dataclass
class Stage:
    """Writers with real transactions and real locks, and a relay that may stop after any event."""

    writers: Sequence[Writer]
    backlog: Backlog
    published: list[tuple[UUID, int]] = field(default_factory=list)

    def possible(self) -> list[tuple[Writer, str | UUID]]:
        """Return what can happen next: a transaction changes a counter, commits or is rolled back."""
        acts: list[tuple[Writer, str | UUID]] = []
        for writer in self.writers:
            if writer.waits_for is None:
                acts += [(writer, counter) for counter in COUNTERS if self._is_free_or_worth_waiting(writer, counter)]
                acts += [(writer, how) for how in ("commit", "commit", "rollback")]
        return acts

    async def act(self, writer: Writer, what: str | UUID) -> None:
        """Do one of the possible."""
        if isinstance(what, UUID):
            await self.change(writer, what)
        else:
            await self.end(writer, what)

    async def begin(self) -> None:
        """Let every writer begin; each transaction has its number before it changes a counter."""
        for writer in self.writers:
            await writer.conn.execute(BEGIN)

    async def change(self, writer: Writer, counter: UUID) -> None:
        """Advance a counter, or wait for whoever holds it."""
        if self._holder(counter) in (None, writer):
            await advance(writer.conn, counter)
            writer.locked.add(counter)
        else:
            writer.waits_for = counter
            writer.task = asyncio.create_task(advance(writer.conn, counter))
            await asyncio.sleep(0.002)

    def _holder(self, counter: UUID) -> Writer | None:
        return next((each for each in self.writers if counter in each.locked), None)

    def _is_free_or_worth_waiting(self, writer: Writer, counter: UUID) -> bool:
        """Whether a wait would end: nobody else waits for the counter, its holder does not wait for the writer."""
        holder = self._holder(counter)
        if holder in (None, writer):
            return True
        if any(each.waits_for == counter for each in self.writers):
            return False
        while holder is not None and holder.waits_for is not None:
            holder = self._holder(holder.waits_for)
        return holder is not writer

    async def end(self, writer: Writer, how: str) -> None:
        """End a transaction and begin the next; who waited for its locks goes on."""
        await writer.conn.execute(f"{how}; {BEGIN}")
        released, writer.locked = writer.locked, set()
        for each in self.writers:
            if each.task is not None and each.waits_for in released and each.waits_for is not None:
                await each.task
                each.locked.add(each.waits_for)
                each.waits_for = each.task = None

    async def publish(self, limit: int, lives_for: int) -> bool:
        """Publish one batch, as many events of it as the relay lives for; say whether there was anything."""
        rows = await self.backlog.next_events(limit)
        done = rows[:lives_for]
        self.published += [(row["aggregate_id"], row["aggregate_version"]) for row in done]
        await self.backlog.mark_published([(row["position"], row["position"]) for row in done])
        return bool(rows)

    async def finish(self) -> None:
        """Commit everything, publish everything."""
        while any(each.locked for each in self.writers):
            for each in self.writers:
                if each.waits_for is None:
                    await self.end(each, "commit")
        while await self.publish(limit=5, lives_for=5):
            pass

    async def close(self) -> None:
        """Leave no transaction and no task behind, whatever failed."""
        for each in self.writers:
            if each.task is not None:
                each.task.cancel()
                await asyncio.gather(each.task, return_exceptions=True)
            if each.conn.is_in_transaction():
                await each.conn.execute("ROLLBACK")


@pytest.mark.timeout(300)  # to make a failed example small takes longer than to find it
@given(st.data())
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_whatever_the_order_of_commits_each_counters_events_leave_by_version(
    lending: Database, data: st.DataObject
) -> None:
    await lending.pool.execute("TRUNCATE outbox, counter")
    async with AsyncExitStack() as stack:
        connections = [await stack.enter_async_context(lending.pool.acquire()) for _ in range(WRITERS + 1)]
        writers = [Writer(name, conn) for name, conn in zip("abc", connections, strict=False)]
        stage = Stage(writers, Backlog(connections[-1]))
        stack.push_async_callback(stage.close)
        await stage.begin()
        for _ in range(data.draw(st.integers(10, 40), label="acts")):
            await stage.act(*data.draw(st.sampled_from(stage.possible()), label="act"))
            limit, lives_for = data.draw(st.tuples(st.integers(1, 4), st.integers(0, 4)), label="relay")
            await stage.publish(limit, lives_for)
        await stage.finish()
    recorded = dict(await lending.pool.fetch("SELECT aggregate_id, count(*) FROM outbox GROUP BY 1"))
    for counter in COUNTERS:
        versions = [version for aggregate, version in stage.published if aggregate == counter]
        assert versions == list(range(1, recorded.get(counter, 0) + 1))
