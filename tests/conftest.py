"""One county's whole life on a platform of real servers, lived once for all tests that only look at it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.platform import Platform
from tests.journeys.tiny_county import Place, county_on, running_platform
from tools.demo.run import live_through


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Run PostgreSQL, NATS and the five services."""
    with running_platform() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lived(platform: Platform) -> AsyncIterator[Place]:
    """Return the county after two years, from its set-up in March 2017 to the end of 2018.

    Everything has happened there once: loans, claims, recoveries, subsidies.
    """
    async with county_on(platform) as place:
        await live_through(place.county)
        yield place
