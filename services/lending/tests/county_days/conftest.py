"""One county a test."""

from collections.abc import Awaitable, Callable

import pytest

from services.lending.tests.county import County, county_with_pack
from shared.testing.service import ServiceUnderTest


@pytest.fixture
async def county(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> County:
    """Return a county and one running lending service."""
    return await county_with_pack(await start_service("lending"))
