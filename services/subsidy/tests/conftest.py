"""A running subsidy service with its county's pack, and the register it asks."""

import pytest

from services.subsidy.tests.county import Lender, Register, confirmed, pack
from shared.testing.service import ServiceUnderTest, StartService


async def confirm_pack(service: ServiceUnderTest) -> None:
    """Let the county's pack arrive."""
    await service.deliver(confirmed(pack()))


@pytest.fixture
def register() -> Register:
    """Return the register that knows an account for everyone."""
    return Register()


@pytest.fixture
def lender() -> Lender:
    """Return lending, on whose books no loan rests on what is published."""
    return Lender()


@pytest.fixture
async def subsidy(start_service: StartService, register: Register, lender: Lender) -> ServiceUnderTest:
    """Start the service with the county's pack."""
    peers = {"registry": register.app(), "lending": lender.app()}
    return await start_service("subsidy", peers=peers, prepared=confirm_pack)
