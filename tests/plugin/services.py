"""Services in this process, each on a database of its own."""

import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from shared.testing.service import Prepared, ServiceUnderTest, StartService, started
from tests.plugin.databases import Databases


@pytest.fixture
async def start_service(databases: Databases, keys_dir: Path) -> AsyncIterator[StartService]:
    """Start services in this process: `await start_service("lending", peers={"registry": app})`.

    With `prepared`, a coroutine function of the service, the database already holds what that did: it runs once for
    all tests of the run and without peers, so it must depend on nothing else and may leave no object behind.
    """
    environment = dict(os.environ)
    async with AsyncExitStack() as stack:

        async def start(
            name: str, peers: Mapping[str, ASGIApp] | None = None, prepared: Prepared | None = None
        ) -> ServiceUnderTest:
            template = await databases.service_template(name)
            if prepared is not None:
                template = await _prepared_template(databases, keys_dir, name, prepared)
            return await started(stack, name, await databases.copy_of(template), keys_dir, peers or {})

        yield start
    os.environ.clear()
    os.environ.update(environment)


async def _prepared_template(databases: Databases, keys_dir: Path, name: str, prepared: Prepared) -> str:
    """Return the template on which `prepared` ran."""

    async def prepare(url: str) -> None:
        async with AsyncExitStack() as stack:
            await prepared(await started(stack, name, url, keys_dir, {}))

    function = f"{prepared.__module__}.{prepared.__qualname__}"
    digest = hashlib.sha256(function.encode()).hexdigest()[:10]
    return await databases.template(f"{name}_{digest}", await databases.service_template(name), prepare)
