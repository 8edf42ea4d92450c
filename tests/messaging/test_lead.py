"""The lead among a service's replicas is a lock of a session, and no connection goes back to the pool with it."""

import asyncio

import asyncpg
import pytest

from shared.bus import relay
from shared.bus.relay import Relay
from shared.db import Database
from tests.messaging.conftest import Nats
from tests.messaging.events import until

_HELD = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def _held(database: Database) -> int:
    return int(await database.pool.fetchval(_HELD))


@pytest.mark.parametrize("ending", ["asked to stop", "cancelled", "its connection dies"])
async def test_a_relay_that_ends_leaves_no_lock_behind(nats: Nats, lending: Database, ending: str) -> None:
    await nats.provision()
    stopping = asyncio.Event()
    async with nats.link("lending") as link:
        leading = asyncio.create_task(Relay("lending", lending, link, stopping).run())
        await until(lambda: _leads(lending))
        if ending == "asked to stop":
            stopping.set()
            await leading
        elif ending == "cancelled":
            leading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leading
        else:
            await lending.pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await leading
    assert not await _held(lending)


async def _leads(database: Database) -> bool:
    return await _held(database) == 1


async def test_a_relay_without_the_lead_waits_for_it(
    nats: Nats, lending: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LEADERSHIP_SECONDS", 0.05)
    await nats.provision()
    async with nats.link("lending") as link:
        first_stops, second_stops = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(Relay("lending", lending, link, first_stops).run())
        await until(lambda: _leads(lending))
        second = asyncio.create_task(Relay("lending", lending, link, second_stops).run())
        await asyncio.sleep(0.2)
        first_stops.set()
        await first
        await until(lambda: _leads(lending))
        second_stops.set()
        await second
    assert not await _held(lending)
