"""The county with a whole life behind it, for callers who want what is not theirs."""

import pytest_asyncio

from tests.journeys.tiny_county import Place
from tests.security.callers import Ports, ports_of


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(lived: Place) -> Place:
    """Return the county; what these tests try there is refused, or changes none of its figures."""
    return lived


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ports(place: Place) -> Ports:
    """Return the services' own ports."""
    found = ports_of(place.platform, place.http)
    await found.learn_ids()
    return found
