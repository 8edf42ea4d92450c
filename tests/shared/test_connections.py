"""A connection goes back to the pool as it was lent; nothing resets it, so whatever stays on it is seen by its test."""

import pytest

from shared.db import Database
from shared.testing.connections import ensure_as_lent, left_behind
from shared.testing.service import StartService

LEFT = {
    "SET statement_timeout = '5s'": "setting statement_timeout",
    "SELECT pg_advisory_lock(4711)": "advisory lock 4711",
    "LISTEN somewhere": "listening to somewhere",
    "CREATE TEMPORARY TABLE left_over (id int)": "temporary table left_over",
}
TAKEN_BACK = ("RESET ALL", "SELECT pg_advisory_unlock_all()", "UNLISTEN *", "DISCARD TEMP")


async def on_one(database: Database, statement: str) -> None:
    async with database.connection() as connection:
        await connection.execute(statement)


async def taken_back_from_all(database: Database) -> None:
    """Undo it on every connection; what the service itself has lent for a moment comes back soon."""
    while await left_behind(database):
        held = [await database.pool.acquire() for _ in range(database.pool.get_idle_size())]
        for connection in held:
            for undo in TAKEN_BACK:
                await connection.execute(undo)
        for connection in held:
            await database.pool.release(connection)


@pytest.mark.parametrize("statement", LEFT)
async def test_what_a_handler_leaves_on_a_connection_is_seen(start_service: StartService, statement: str) -> None:
    database = (await start_service("registry")).database
    await on_one(database, statement)
    assert await left_behind(database) == [LEFT[statement]]
    with pytest.raises(AssertionError, match=LEFT[statement]):
        await ensure_as_lent(database)
    await taken_back_from_all(database)


async def test_what_holds_for_a_transaction_is_gone_with_it(start_service: StartService) -> None:
    database = (await start_service("registry")).database
    async with database.transaction() as connection:
        await connection.execute("SET LOCAL statement_timeout = '5s'")
        await connection.execute("SELECT pg_advisory_xact_lock(4711)")
        await connection.execute("CREATE TEMPORARY TABLE gone (id int) ON COMMIT DROP")
    assert await left_behind(database) == []
