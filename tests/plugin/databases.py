"""Databases for tests: each is a fresh copy of a template that is made once a run."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from shared import migrations
from tests.plugin.ground import Ground

Build = Callable[[str], Awaitable[None]]
T = TypeVar("T")


class Administrator:
    """The superuser's one connection for all tests of this process, on a loop of its own that outlives each test's."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="administrator", daemon=True)
        self._thread.start()
        self._connection: asyncpg.Connection[Any] = self._begun(asyncpg.connect(url)).result()

    async def execute(self, statement: str, *values: Any) -> str:
        """Run a statement."""
        return await asyncio.wrap_future(self._begun(self._connection.execute(statement, *values)))

    async def fetchval(self, query: str, *values: Any) -> Any:
        """Return the first value of the first row."""
        return await asyncio.wrap_future(self._begun(self._connection.fetchval(query, *values)))

    def close(self) -> None:
        """Disconnect and end the thread."""
        self._begun(self._connection.close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _begun(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)


class Databases:
    """The databases of one test: made on demand, dropped after it."""

    def __init__(self, server_url: str, admin: Administrator, known_templates: set[str]) -> None:
        self._url, self._admin, self._known = server_url, admin, known_templates
        self._made: list[str] = []

    async def empty(self) -> str:
        """Make an empty database and return its URL."""
        return await self._create(f"empty_{secrets.token_hex(6)}", "template1")

    async def migrated(self, service: str) -> str:
        """Make a database with a service's newest schema and return its URL."""
        return await self.copy_of(await self.service_template(service))

    async def copy_of(self, template: str) -> str:
        """Make a copy of a template and return its URL."""
        return await self._create(f"{template}_{secrets.token_hex(6)}", template)

    async def service_template(self, service: str) -> str:
        """Return the name of the template with a service's newest schema, migrated once a run."""

        async def migrate(url: str) -> None:
            await asyncio.to_thread(migrations.upgrade, service, url)  # alembic runs its own event loop

        return await self.template(service, "template1", migrate)

    async def template(self, name: str, original: str, build: Build) -> str:
        """Return the name of a template: a copy of `original` on which `build` ran, once for all workers of the run.

        `build` gets the URL and must leave no connection open.
        """
        name = f"template_{name}"
        if name not in self._known:
            async with _alone(self._admin, name):
                if not await self._admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
                    await self._build(name, original, build)
            self._known.add(name)
        return name

    async def _build(self, name: str, original: str, build: Build) -> None:
        """Make a template under another name first: whoever finds its name finds it whole."""
        unfinished, admin = f"{name}_unfinished", self._admin
        await admin.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {unfinished} TEMPLATE {original} STRATEGY file_copy")
        await build(self._url_of(unfinished))
        await admin.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")

    async def _create(self, name: str, template: str) -> str:
        # Copying files costs half of writing their pages to the log, as long as nothing waits for a disk.
        await self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self._made.append(name)
        return self._url_of(name)

    async def drop(self) -> None:
        """Drop what was made, whoever is still connected."""
        for name in self._made:
            await self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _url_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))


@asynccontextmanager
async def _alone(admin: Administrator, name: str) -> AsyncIterator[None]:
    """Keep other workers from making the same template meanwhile."""
    await admin.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", name)
    try:
        yield
    finally:
        await admin.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)


@pytest.fixture(scope="session")
def known_templates() -> set[str]:
    """Remember which templates this process knows to exist."""
    return set()


@pytest.fixture(scope="session")
def administrator(ground: Ground) -> Iterator[Administrator]:
    """Connect as the superuser, once for all tests of this process."""
    admin = Administrator(ground.postgres)
    yield admin
    admin.close()


@pytest.fixture
async def databases(
    ground: Ground, administrator: Administrator, known_templates: set[str]
) -> AsyncIterator[Databases]:
    """Give out databases and drop them after the test."""
    made = Databases(ground.postgres, administrator, known_templates)
    yield made
    await made.drop()


@pytest.fixture
def new_database(databases: Databases) -> Callable[[str], Awaitable[str]]:
    """Give out databases with the newest schema of a service, by its name."""
    return databases.migrated


@pytest.fixture
def new_empty_database(databases: Databases) -> Callable[[], Awaitable[str]]:
    """Give out empty databases."""
    return databases.empty
