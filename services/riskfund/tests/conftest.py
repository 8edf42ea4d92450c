"""Fixtures of the risk fund's tests: the real service, with Fengjie's pack in force."""

from collections.abc import Awaitable, Callable

import pytest

from services.riskfund.tests.county import County, fengjie
from shared.testing.service import ServiceUnderTest


@pytest.fixture
async def service(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> ServiceUnderTest:
    """Return the service on a fresh database, with no policy pack."""
    return await start_service("riskfund")


@pytest.fixture
async def county(service: ServiceUnderTest) -> County:
    """Return Fengjie with its pack in force and no fund yet."""
    made = County(service)
    await made.confirm_pack(fengjie())
    return made
