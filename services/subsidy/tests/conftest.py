"""A running subsidy service with its county's pack, and the register it asks."""

from collections.abc import Awaitable, Callable

import pytest

from services.subsidy.tests.county import Register, confirmed, pack
from shared.testing.service import ServiceUnderTest


@pytest.fixture
def register() -> Register:
    """Return the register that knows an account for everyone."""
    return Register()


@pytest.fixture
async def subsidy(start_service: Callable[..., Awaitable[ServiceUnderTest]], register: Register) -> ServiceUnderTest:
    """Start the service and let the county's pack arrive."""
    service = await start_service("subsidy", peers={"registry": register.app()})
    await service.deliver(confirmed(pack()))
    return service
