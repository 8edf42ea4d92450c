"""A county with loans on a platform of its own, for faults to strike."""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest
import pytest_asyncio

from deploy.platform import Platform
from tests.faults.convergence import ensure_settled
from tests.journeys.tiny_county import Place, county_on, lend, running_platform

ACK_WAIT_SECONDS = 2  # what a killed consumer had not acknowledged comes again soon
KEPT_BACK = 2
SCALE = Decimal("0.006")  # each fault that changes more than some fen of a loan has one of its own
PLACES = ("relay.before_publish", "relay.after_publish", "consumer.before_commit", "consumer.after_commit")
FAILPOINTS = [
    *(f"{place}=kill" for place in (*PLACES, "web.before_commit", "web.after_commit")),
    "web.before_commit=raise",
]


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Run a platform whose unacknowledged messages come again soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NATS_ACK_WAIT_SECONDS", str(ACK_WAIT_SECONDS))
        with running_platform(FAILPOINTS) as running:
            yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lent(platform: Platform) -> AsyncIterator[Place]:
    """Return a county whose first round is lent and published everywhere, but for two batches that tests may file."""
    async with county_on(platform, SCALE) as place:
        await lend(place, KEPT_BACK)
        await ensure_settled(place)
        yield place
