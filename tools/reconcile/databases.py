"""One read-only snapshot of each service's database."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import asyncpg

SERVICES: Final = ("registry", "lending", "subsidy", "riskfund", "gateway")
CURSOR_ROWS: Final = 5000
CONNECT_SECONDS: Final = 10.0

_SETTINGS: Final = {
    "application_name": "reconcile",
    "timezone": "UTC",
    "jit": "off",  # compiling takes longer than any of these statements
    "work_mem": "64MB",
    "statement_timeout": "300s",
    "default_transaction_read_only": "on",
}


class Snapshot:
    """One database as it stood at one instant; statements wait for each other."""

    def __init__(self, service: str, connection: "asyncpg.Connection[Any]") -> None:
        self.service = service
        self._connection = connection
        self._one_at_a_time = asyncio.Lock()

    async def rows(self, statement: str, *arguments: object) -> list[Any]:
        """Return all rows of a statement."""
        async with self._one_at_a_time:
            return list(await self._connection.fetch(statement, *arguments))

    async def each(self, statement: str, *arguments: object) -> AsyncIterator[Any]:
        """Yield rows through a server-side cursor, so that many rows take little memory."""
        async with self._one_at_a_time:
            cursor = await self._connection.cursor(statement, *arguments)
            while rows := await cursor.fetch(CURSOR_ROWS):
                for row in rows:
                    yield row

    async def map(self, statement: str, *arguments: object) -> dict[Any, Any]:
        """Return `key -> value` of a statement with two columns, or `key -> (values…)` of one with more."""
        rows = await self.rows(statement, *arguments)
        if rows and len(rows[0]) == 2:
            return {row[0]: row[1] for row in rows}
        return {row[0]: tuple(row)[1:] for row in rows}

    async def value(self, statement: str, *arguments: object) -> Any:
        """Return the first column of the first row, or None."""
        rows = await self.rows(statement, *arguments)
        return rows[0][0] if rows else None


@asynccontextmanager
async def snapshots(urls: Mapping[str, str]) -> AsyncIterator[dict[str, Snapshot]]:
    """Open one REPEATABLE READ snapshot of each database; `urls` by service."""
    async with AsyncExitStack() as stack:
        taken = {}
        for service in SERVICES:
            connection = await asyncpg.connect(urls[service], timeout=CONNECT_SECONDS, server_settings=_SETTINGS)
            stack.push_async_callback(connection.close)
            await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            await connection.fetchval("SELECT 1")  # the snapshot is taken by the first statement
            taken[service] = Snapshot(service, connection)
        yield taken
