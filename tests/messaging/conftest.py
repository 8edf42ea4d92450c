"""One PostgreSQL for the session, a fresh database and a fresh NATS for each test."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.nats import NatsServer
from deploy.embedded.postgres import PostgresServer
from shared.bus import Bus, topology
from shared.bus.connection import Link, NatsAccess, connected
from shared.bus.provisioning import provision
from shared.bus.topology import server_permissions
from shared.db import Database
from shared.inbox import Subscription
from tests.messaging.events import schema

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Run one PostgreSQL with a template database."""
    server = PostgresServer(tmp_path_factory.mktemp("messaging") / "postgres", secrets.token_hex(8), durable=False)
    server.start()
    try:
        asyncio.run(_make_template(server))
        yield server
    finally:
        server.stop()


async def _make_template(server: PostgresServer) -> None:
    conn = await asyncpg.connect(server.url())
    await conn.execute("CREATE DATABASE pattern")
    await conn.close()
    conn = await asyncpg.connect(server.url(database="pattern"))
    await conn.execute(schema())
    await conn.close()


NewDatabase = Callable[[], Awaitable[Database]]


@pytest.fixture
async def new_database(postgres: PostgresServer) -> AsyncIterator[NewDatabase]:
    """Make databases for this test."""
    made: list[Database] = []

    async def make() -> Database:
        name = f"test_{next(_numbers)}"
        conn = await asyncpg.connect(postgres.url())
        await conn.execute(f"CREATE DATABASE {name} TEMPLATE pattern")
        await conn.close()
        made.append(await Database.connect(postgres.url(database=name), max_size=16))
        return made[-1]

    yield make
    for database in made:
        await database.close()


@pytest.fixture
async def lending(new_database: NewDatabase) -> Database:
    """Make the producing service's database."""
    return await new_database()


@pytest.fixture
async def riskfund(new_database: NewDatabase) -> Database:
    """Make the consuming service's database."""
    return await new_database()


@dataclass
class Nats:
    """A NATS server of one test, and how its users get in."""

    server: NatsServer
    passwords: dict[str, str]
    folder: Path

    def access(self, user: str) -> NatsAccess:
        """Return what one user connects with."""
        return NatsAccess(self.server.url, user, self.passwords[user])

    async def provision(self) -> list[str]:
        """Create or update streams and consumers."""
        async with self.link("provisioner") as link:
            return await provision(link, replicas=1)

    @asynccontextmanager
    async def link(self, user: str) -> AsyncIterator[Link]:
        """Connect as one user."""
        async with connected(self.access(user), user) as link:
            yield link

    def bus(self, service: str, database: Database, *subscriptions: Subscription) -> Bus:
        """Return a service's bus on this server."""
        access = self.access(service)
        return Bus(
            service=service,
            database=database,
            nats_url=access.url,
            user=access.user,
            password=access.password,
            subscriptions=subscriptions,
            replicas=1,
        )


HASTY_SECONDS = 2


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let unacknowledged messages come again soon; ask for it before `nats`."""
    monkeypatch.setattr(topology, "ACK_WAIT_SECONDS", HASTY_SECONDS)


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[Nats]:
    """Run a provisioned NATS server."""
    permissions = server_permissions()
    passwords = {user: secrets.token_hex(8) for user in permissions}
    server = NatsServer(tmp_path / "nats", permissions, passwords)
    server.start()
    place = Nats(server, passwords, tmp_path / "nats")
    try:
        await place.provision()
        yield place
    finally:
        server.stop()
