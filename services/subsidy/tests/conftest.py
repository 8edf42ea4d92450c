"""A running subsidy service with its county's pack, and the register it asks."""

import pytest

from services.subsidy.tests.county import Register, confirmed, pack
from shared.testing.service import ServiceUnderTest, StartService


async def confirm_pack(service: ServiceUnderTest) -> None:
    """Let the county's pack arrive."""
    await service.deliver(confirmed(pack()))


@pytest.fixture
def register() -> Register:
    """Return the register that knows an account for everyone."""
    return Register()


@pytest.fixture
async def subsidy(start_service: StartService, register: Register) -> ServiceUnderTest:
    """Start the service with the county's pack."""
    return await start_service("subsidy", peers={"registry": register.app()}, prepared=confirm_pack)
