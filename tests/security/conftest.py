"""A county with a whole life behind it on a platform of its own, for callers who want what is not theirs."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.platform import Platform
from tests.journeys.tiny_county import PACK_FILE, Place, county_on, running_platform
from tests.security.callers import Ports, ports_of
from tools.demo.run import live_through


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Run PostgreSQL, NATS and the five services."""
    with running_platform() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(platform: Platform) -> AsyncIterator[Place]:
    """Return a county in which everything has happened once: loans, claims, recoveries, subsidies."""
    async with county_on(platform) as county:
        async with asyncio.timeout(100):
            await live_through(county.county, PACK_FILE)
        yield county


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ports(place: Place) -> Ports:
    """Return the services' own ports."""
    found = ports_of(place.platform, place.http)
    await found.learn_ids()
    return found
