"""Hold a lock while requests run into it: who waits for whom is seen, not left to luck."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from shared.db import Database

WAIT_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.02
_WAITING: Final = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@asynccontextmanager
async def held(database: Database, statement: str, *arguments: Any) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Hold what a statement locks until the block ends; what it yields returns once so many others wait for a lock.

    Raises:
        TimeoutError: fewer came to wait in time.
    """
    async with database.pool.acquire() as connection, connection.transaction():
        await connection.execute(statement, *arguments)

        async def waiting(number: int) -> None:
            async with asyncio.timeout(WAIT_SECONDS):
                while await database.pool.fetchval(_WAITING) < number:  # noqa: ASYNC110 - another process knows
                    await asyncio.sleep(LOOK_SECONDS)

        yield waiting
