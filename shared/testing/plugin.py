"""The pytest plugin: `postgres`, `database_url`, `keys_dir` and `start_service`."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from starlette.types import ASGIApp

from deploy.embedded.folders import scratch_folder
from deploy.embedded.postgres import SUPERUSER, PostgresServer
from deploy.keys import ensure_pii_keys, ensure_signing_keys
from shared import migrations
from shared.testing.service import ServiceUnderTest, started

ISSUERS = ("gateway", "registry", "lending", "subsidy", "riskfund")
StartService = Callable[..., Awaitable[ServiceUnderTest]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run one PostgreSQL for the session, not durable, and return the superuser's URL."""
    password = secrets.token_hex(12)
    with scratch_folder() as folder:
        server = PostgresServer(folder / "pg", password, durable=False)
        server.start()
        try:
            yield f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{server.port}/postgres"
        finally:
            server.stop()


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make signing keys for every issuer and keys for personal data."""
    folder = tmp_path_factory.mktemp("keys")
    ensure_signing_keys(folder, ISSUERS)
    ensure_pii_keys(folder / "pii.json")
    return folder


@pytest.fixture(scope="session")
def migrated_templates() -> set[str]:
    """Remember which services' template databases exist in this session."""
    return set()


@pytest.fixture
async def new_database(postgres: str, migrated_templates: set[str]) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    """Give out fresh databases by service name, copied from a template migrated once, and drop them afterwards."""
    made: list[str] = []

    async def new(service: str) -> str:
        template = f"template_{service}"
        if template not in migrated_templates:
            await _execute(postgres, f"CREATE DATABASE {template}")
            with ThreadPoolExecutor(1) as pool:  # alembic runs its own event loop
                await asyncio.get_running_loop().run_in_executor(
                    pool, migrations.upgrade, service, _url(postgres, template)
                )
            migrated_templates.add(template)
        name = f"{service}_{secrets.token_hex(6)}"
        await _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _url(postgres, name)

    yield new
    for name in made:
        await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def new_empty_database(postgres: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Give out empty databases and drop them afterwards."""
    made: list[str] = []

    async def new() -> str:
        name = f"empty_{secrets.token_hex(6)}"
        await _execute(postgres, f"CREATE DATABASE {name}")
        made.append(name)
        return _url(postgres, name)

    yield new
    for name in made:
        await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def start_service(new_database: Callable[[str], Awaitable[str]], keys_dir: Path) -> AsyncIterator[StartService]:
    """Start services in this process: `await start_service("lending", peers={"registry": app})`."""
    environment = dict(os.environ)
    async with AsyncExitStack() as stack:

        async def start(name: str, peers: Mapping[str, ASGIApp] | None = None) -> ServiceUnderTest:
            return await started(stack, name, await new_database(name), keys_dir, peers or {})

        yield start
    os.environ.clear()
    os.environ.update(environment)


def _url(server: str, database: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
