"""A database that was dumped and restored on another server goes on publishing where it stopped, in order."""

import asyncio
import secrets
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.embedded.accounts import unprivileged_account
from deploy.embedded.binaries import postgres_programs
from deploy.embedded.folders import scratch_folder
from deploy.embedded.postgres import PostgresServer
from shared.bus.operations import republish
from shared.db import Database
from tests.messaging.conftest import Nats, NewDatabase
from tests.messaging.events import advance, arrived, count, effects, subscription, until
from tests.messaging.stream import all_published, stream_order

OLDER_BY = 5_000  # transactions that the old server has seen and the new one has not


@pytest.fixture
def new_server() -> Iterator[PostgresServer]:
    """Run a second PostgreSQL, whose transaction numbers begin anew."""
    with scratch_folder() as folder:
        server = PostgresServer(folder / "postgres", secrets.token_hex(8), durable=False)
        server.start()
        try:
            yield server
        finally:
            server.stop()


Move = Callable[[Database], Awaitable[Database]]


@pytest.fixture
async def move(postgres: PostgresServer, new_server: PostgresServer, tmp_path: Path) -> AsyncIterator[Move]:
    """Dump a database with pg_dump and restore it with pg_restore on the new server."""
    restored: list[Database] = []

    async def moved(database: Database) -> Database:
        name = await database.pool.fetchval("SELECT current_database()")
        dump = tmp_path / "dump"
        await _run("pg_dump", "--format=custom", f"--file={dump}", postgres.url(database=name))
        await _run("createdb", f"--maintenance-db={new_server.url()}", name)
        await _run("pg_restore", "--exit-on-error", f"--dbname={new_server.url(database=name)}", str(dump))
        restored.append(await Database.connect(new_server.url(database=name)))
        return restored[-1]

    yield moved
    for database in restored:
        await database.close()


async def _run(program: str, *arguments: str) -> None:
    path = postgres_programs(unprivileged_account(None)).path(program)
    done = await asyncio.to_thread(subprocess.run, [path, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
async def lending(new_database: NewDatabase, new_server: PostgresServer) -> Database:
    """Make the producing service's database on a server that is far ahead of the new one in transactions."""
    database = await new_database()
    new = await asyncpg.connect(new_server.url())
    goal = await new.fetchval("SELECT pg_current_xact_id()::text::bigint") + OLDER_BY
    await new.close()
    async with database.connection() as conn:
        await conn.execute(f"""
            DO $$ BEGIN WHILE pg_current_xact_id()::text::bigint < {goal} LOOP COMMIT; END LOOP; END $$
        """)
    return database


async def _advance(database: Database, counter: UUID, steps: int) -> None:
    for _ in range(steps):
        async with database.transaction() as conn:
            await advance(conn, counter)


async def test_what_waited_in_the_dump_is_published_before_what_is_recorded_after_it(
    nats: Nats, lending: Database, riskfund: Database, move: Move
) -> None:
    counters = [uuid4() for _ in range(4)]
    async with nats.bus("lending", lending):
        for counter in counters:
            await _advance(lending, counter, 2)
        await until(lambda: all_published(lending))
    for counter in counters:
        await _advance(lending, counter, 2)
    moved = await move(lending)
    for counter in counters:
        await _advance(moved, counter, 2)
    async with nats.bus("lending", moved), nats.bus("riskfund", riskfund, subscription()):
        await until(lambda: arrived(riskfund, 6 * len(counters)))
    assert await stream_order(nats) == {counter: [1, 2, 3, 4, 5, 6] for counter in counters}
    assert await effects(riskfund) == {counter: [1, 2, 3, 4, 5, 6] for counter in counters}
    assert await count(moved, "outbox WHERE published_at IS NULL") == 0


async def test_after_a_restore_and_the_loss_of_nats_everything_is_published_again_in_order(
    nats: Nats, lending: Database, riskfund: Database, move: Move
) -> None:
    counters = [uuid4() for _ in range(4)]
    for counter in counters:
        await _advance(lending, counter, 3)
    await lending.pool.execute("UPDATE outbox SET published_at = now(), stream_sequence = position")
    moved = await move(lending)
    async with moved.transaction() as conn:
        assert await republish(conn) == 3 * len(counters)
    for counter in counters:
        await _advance(moved, counter, 1)
    async with nats.bus("lending", moved), nats.bus("riskfund", riskfund, subscription()):
        await until(lambda: arrived(riskfund, 4 * len(counters)))
    assert await stream_order(nats) == {counter: [1, 2, 3, 4] for counter in counters}
