"""Fixtures of the risk fund's tests: the real service, with Fengjie's pack in force."""

import pytest

from services.riskfund.tests.county import County, fengjie
from shared.testing.service import ServiceUnderTest, StartService


async def confirm_pack(service: ServiceUnderTest) -> None:
    """Let Fengjie's pack arrive."""
    await County(service).confirm_pack(fengjie())


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Return the service on a fresh database, with no policy pack."""
    return await start_service("riskfund")


@pytest.fixture
async def county(start_service: StartService) -> County:
    """Return Fengjie with its pack in force and no fund yet."""
    return County(await start_service("riskfund", prepared=confirm_pack))


@pytest.fixture
async def open_county(county: County) -> County:
    """Return Fengjie with its pack in force and its fund open."""
    await county.open_fund()
    return county
