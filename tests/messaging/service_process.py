"""A service reduced to its bus, to be killed: `… -m tests.messaging.service_process SERVICE DATABASE NATS USER PW`."""

import asyncio
import signal
import sys
from contextlib import suppress

from shared.bus import Bus
from shared.db import Database
from tests.messaging.events import subscription

LONGEST_LIFE_SECONDS = 240  # an orphan of a killed test run ends by itself


async def main() -> None:
    """Run until SIGTERM, or until nobody can still be interested."""
    service, database_url, nats_url, user, password = sys.argv[1:]
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    database = await Database.connect(database_url)
    wanted = (subscription(),) if service == "riskfund" else ()
    bus = Bus(
        service=service,
        database=database,
        nats_url=nats_url,
        user=user,
        password=password,
        subscriptions=wanted,
        replicas=1,
    )
    async with bus:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_LIFE_SECONDS):
                await stopped.wait()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
