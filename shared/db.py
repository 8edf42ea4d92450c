"""PostgreSQL through asyncpg: one pool per service, one transaction per request or message."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias, TypeVar

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy

from shared.errors import Unavailable

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
T = TypeVar("T")

MAX_TRIES = 5  # a conflict that survives five tries is overload, not bad luck
POOL_WAIT_SECONDS = 5.0
# Rows read, judged and written at once: some 20 ms of rules and a few MiB, however large the county.
PIECE: Final = 1_000
RETRIED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class DatabaseBusy(Unavailable):
    """The pool had no free connection in time, or the same rows kept colliding."""

    code = "database-busy"

    def __init__(self) -> None:
        super().__init__(
            zh="数据库繁忙，未作任何处理，请稍候数秒重新提交。",
            en="The database is busy; nothing was changed. Send the same request again in a few seconds.",
        )


def _dumps(value: object) -> str:
    return orjson.dumps(value, default=str).decode()


async def _prepare(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=_dumps, decoder=orjson.loads, schema="pg_catalog")


async def _keep(_connection: Any) -> None:
    """Ask the server for nothing when a connection goes back to the pool.

    asyncpg's own reset is a round trip after every request. It clears session settings, session locks and listeners,
    of which there are none: settings and locks are set for a transaction, and who takes a lock of a session (the
    relay) gives it back or closes its connection.
    """


class Database:
    """One service's database: a pool, transactions, and retries at the outermost boundary."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self.pool = pool
        self.committed = asyncio.Event()  # wakes the outbox relay; a hint only, the relay also polls

    @classmethod
    async def connect(cls, url: str, *, application_name: str = "platform", max_size: int = 10) -> "Database":
        """Open the pool; `jsonb` columns carry Python objects, `numeric` columns `Decimal`."""
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=max_size,
            init=_prepare,
            reset=_keep,
            command_timeout=120,
            max_inactive_connection_lifetime=30.0,  # a busy hour must not keep its connections for ever
            server_settings={"application_name": application_name, "timezone": "UTC"},
        )
        return cls(pool)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend one connection without a transaction, for single-statement reads."""
        try:
            connection = await self.pool.acquire(timeout=POOL_WAIT_SECONDS)
        except TimeoutError:
            raise DatabaseBusy from None
        try:
            yield connection
        finally:
            await self.pool.release(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend one connection inside one READ COMMITTED transaction."""
        async with self.connection() as connection, connection.transaction():
            yield connection
        self.committed.set()

    async def run(self, action: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `action` in one transaction; try again, with jitter, when PostgreSQL asks for it.

        Raises:
            DatabaseBusy: after MAX_TRIES conflicts, or when the pool stays empty.
        """
        for attempt in range(1, MAX_TRIES + 1):
            try:
                async with self.transaction() as connection:
                    return await action(connection)
            except RETRIED:
                if attempt == MAX_TRIES:
                    raise DatabaseBusy from None
                await asyncio.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Close every connection."""
        await self.pool.close()


async def in_pieces(
    conn: Connection, statement: str, *arguments: Any, judged: Callable[[Sequence[asyncpg.Record]], T]
) -> AsyncIterator[T]:
    """Yield what `judged` makes of each piece of a statement's rows, all of one snapshot.

    `judged` runs in a thread, so that the service answers other requests meanwhile, and the database prepares the next
    piece at the same time. Between two pieces the connection is free for other statements.
    """
    cursor = await conn.cursor(statement, *arguments)
    rows = await cursor.fetch(PIECE)
    while rows:
        following = asyncio.create_task(cursor.fetch(PIECE))
        try:
            found = await asyncio.to_thread(judged, rows)
        finally:
            rows = await following
        yield found
