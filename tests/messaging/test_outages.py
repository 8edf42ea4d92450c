"""NATS goes away, comes back, or comes back empty; processes are killed at the worst instants: nothing is lost."""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.embedded.postgres import PostgresServer
from shared.bus.operations import republish
from shared.db import Database
from tests.messaging.conftest import HASTY_SECONDS, Nats
from tests.messaging.events import RECORD_MANY, advance, arrived, count, effects, subscription, until


async def write(database: Database, counters: list[UUID], rounds: int = 1) -> None:
    """Let every counter take steps, one transaction each."""
    for _ in range(rounds):
        for counter in counters:
            async with database.transaction() as conn:
                await advance(conn, counter)


async def _published(database: Database) -> bool:
    return await count(database, "outbox WHERE published_at IS NULL") == 0


async def test_events_written_while_nats_is_down_arrive_when_it_is_back(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counters = [uuid4() for _ in range(10)]
    async with nats.bus("lending", lending) as bus, nats.bus("riskfund", riskfund, subscription()):
        assert bus.ready()
        await write(lending, counters)
        await until(lambda: arrived(riskfund, 10))
        nats.server.stop()
        await write(lending, counters, rounds=5)
        assert not bus.ready()
        assert bus.state()["nats"].startswith("away")
        nats.server.start()
        await until(lambda: arrived(riskfund, 60))
        assert bus.ready()
    assert await effects(riskfund) == {counter: [1, 2, 3, 4, 5, 6] for counter in counters}


async def test_a_service_starts_without_nats_and_publishes_later(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    nats.server.stop()
    async with nats.bus("lending", lending) as bus, nats.bus("riskfund", riskfund, subscription()):
        assert not bus.ready()
        await write(lending, [uuid4() for _ in range(5)])
        nats.server.start()
        await until(lambda: arrived(riskfund, 5))
        assert bus.ready()


@pytest.mark.chaos
async def test_nats_is_killed_again_and_again_under_load(nats: Nats, lending: Database, riskfund: Database) -> None:
    counters = [uuid4() for _ in range(20)]
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        for _ in range(4):
            load = asyncio.create_task(write(lending, counters, rounds=5))
            await asyncio.sleep(0.1)
            pid = nats.server.child.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await load
            nats.server.stop()
            nats.server.start()
        await until(lambda: arrived(riskfund, 400), seconds=40)
        await asyncio.sleep(0.3)
    assert await effects(riskfund) == {counter: list(range(1, 21)) for counter in counters}


@pytest.mark.chaos
async def test_all_data_of_nats_are_lost_and_republished_without_doubling(
    nats: Nats, lending: Database, riskfund: Database
) -> None:
    counters = [uuid4() for _ in range(20)]
    async with nats.bus("lending", lending) as bus, nats.bus("riskfund", riskfund, subscription()):
        await write(lending, counters, rounds=3)
        await until(lambda: arrived(riskfund, 60))
        nats.server.stop()
        shutil.rmtree(nats.folder / "store")
        await write(lending, counters)
        nats.server.start()
        await asyncio.sleep(0.5)
        assert await count(lending, "outbox WHERE published_at IS NULL") == 20
        await nats.provision()
        async with lending.transaction() as conn:
            assert await republish(conn) >= 60  # the relay may have published the last twenty already
        bus.wake()
        await until(lambda: arrived(riskfund, 80), seconds=40)
        await until(lambda: _published(lending))
        async with nats.link("reader") as link:
            assert (await link.client.jsm().stream_info("LENDING")).state.messages == 80
    assert await effects(riskfund) == {counter: [1, 2, 3, 4] for counter in counters}


@pytest.mark.chaos
async def test_the_database_of_the_consumer_goes_away_for_a_moment(
    nats: Nats, lending: Database, riskfund: Database, postgres: PostgresServer
) -> None:
    counters = [uuid4() for _ in range(30)]
    async with nats.bus("lending", lending), nats.bus("riskfund", riskfund, subscription()):
        load = asyncio.create_task(write(lending, counters, rounds=4))
        superuser = await asyncpg.connect(postgres.url())
        name = await riskfund.pool.fetchval("SELECT current_database()")
        for _ in range(10):
            await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            await asyncio.sleep(0.05)
        await superuser.close()
        await load
        await until(lambda: _arrived_after_reconnect(riskfund, 120))
    assert await effects(riskfund) == {counter: [1, 2, 3, 4] for counter in counters}
    assert await count(riskfund, "parked_message") == 0


async def _arrived_after_reconnect(database: Database, expected: int) -> bool:
    try:
        return await arrived(database, expected)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False


@asynccontextmanager
async def process(
    nats: Nats, postgres: PostgresServer, service: str, database: Database, failpoints: str
) -> AsyncIterator[Process]:
    """Run one service as a process of its own."""
    url = postgres.url(database=await database.pool.fetchval("SELECT current_database()"))
    access = nats.access(service)
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.messaging.service_process",
        service,
        url,
        access.url,
        access.user,
        access.password,
        env={**os.environ, "FAILPOINTS": failpoints, "NATS_ACK_WAIT_SECONDS": str(HASTY_SECONDS)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
        await started.wait()


Run = Callable[[str, Database, str], AbstractAsyncContextManager[Process]]


@pytest.fixture
def run(hasty: None, nats: Nats, postgres: PostgresServer) -> Run:
    """Return how to run one service with failpoints as a process of its own."""
    return partial(process, nats, postgres)


@pytest.mark.chaos
@pytest.mark.parametrize("point", ["relay.before_publish", "relay.after_publish"])
async def test_a_relay_killed_around_publishing_loses_and_doubles_nothing(
    run: Run, nats: Nats, lending: Database, riskfund: Database, tmp_path: Path, point: str
) -> None:
    counters = [uuid4() for _ in range(50)]
    await lending.pool.execute(RECORD_MANY, counters, 3)
    once = tmp_path / "killed"
    async with nats.bus("riskfund", riskfund, subscription()):
        async with run("lending", lending, f"{point}=kill:once={once}") as killed:
            assert await killed.wait() == -signal.SIGKILL
        async with run("lending", lending, f"{point}=kill:once={once}"):
            await until(lambda: arrived(riskfund, 150))
            await until(lambda: _published(lending))
    assert once.exists()
    assert await effects(riskfund) == {counter: [1, 2, 3] for counter in counters}


@pytest.mark.chaos
@pytest.mark.parametrize("point", ["consumer.before_commit", "consumer.after_commit"])
async def test_a_consumer_killed_around_its_commit_loses_and_doubles_nothing(
    run: Run, nats: Nats, lending: Database, riskfund: Database, tmp_path: Path, point: str
) -> None:
    counters = [uuid4() for _ in range(50)]
    await lending.pool.execute(RECORD_MANY, counters, 3)
    once = tmp_path / "killed"
    async with nats.bus("lending", lending):
        async with run("riskfund", riskfund, f"{point}=kill:once={once}") as killed:
            assert await killed.wait() == -signal.SIGKILL
        assert await count(riskfund, "effect") == (0 if point.endswith("before_commit") else 150)
        async with run("riskfund", riskfund, ""):
            await until(lambda: arrived(riskfund, 150))
            await until(lambda: _acknowledged(nats))
    assert once.exists()
    assert await effects(riskfund) == {counter: [1, 2, 3] for counter in counters}


async def _acknowledged(nats: Nats) -> bool:
    async with nats.link("riskfund") as link:
        info = await link.client.jsm().consumer_info("LENDING", "riskfund-lending")
    return bool(info.num_ack_pending == 0 and info.num_pending == 0)
