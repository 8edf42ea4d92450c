"""Databases for tests: each is a fresh copy of a template that is made once a run."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from shared import migrations
from tests.plugin.ground import Ground

Build = Callable[[str], Awaitable[None]]


class Databases:
    """The databases of one test: made on demand, dropped after it."""

    def __init__(self, server_url: str, known_templates: set[str]) -> None:
        self._url, self._known = server_url, known_templates
        self._made: list[str] = []
        self._admin: asyncpg.Connection[Any] | None = None

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
            admin = await self._connection()
            async with _alone(admin, name):
                if not await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
                    await self._build(name, original, build)
            self._known.add(name)
        return name

    async def _build(self, name: str, original: str, build: Build) -> None:
        """Make a template under another name first: whoever finds its name finds it whole."""
        unfinished, admin = f"{name}_unfinished", await self._connection()
        await admin.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {unfinished} TEMPLATE {original} STRATEGY file_copy")
        await build(self._url_of(unfinished))
        await admin.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")

    async def _create(self, name: str, template: str) -> str:
        admin = await self._connection()
        # Copying files costs half of writing their pages to the log, as long as nothing waits for a disk.
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self._made.append(name)
        return self._url_of(name)

    async def drop(self) -> None:
        """Drop what was made, whoever is still connected."""
        if self._admin is not None:
            for name in self._made:
                await self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            await self._admin.close()

    async def _connection(self) -> "asyncpg.Connection[Any]":
        if self._admin is None:
            self._admin = await asyncpg.connect(self._url)
        return self._admin

    def _url_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))


@asynccontextmanager
async def _alone(connection: "asyncpg.Connection[Any]", name: str) -> AsyncIterator[None]:
    """Keep other workers from making the same template meanwhile."""
    await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", name)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)


@pytest.fixture(scope="session")
def known_templates() -> set[str]:
    """Remember which templates this process knows to exist."""
    return set()


@pytest.fixture
async def databases(ground: Ground, known_templates: set[str]) -> AsyncIterator[Databases]:
    """Give out databases and drop them after the test."""
    made = Databases(ground.postgres, known_templates)
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
