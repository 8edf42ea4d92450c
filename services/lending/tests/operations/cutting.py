"""The connection to the database is cut before a chosen statement, as the death of the process would cut it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest

from shared.db import Database

STATEMENTS: Final = {
    "execute",
    "executemany",
    "fetch",
    "fetchrow",
    "fetchval",
    "copy_to_table",
    "copy_records_to_table",
}
_TABLES: Final = """
SELECT string_agg(format(
  'SELECT %L AS name, md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '''')) AS rows FROM %I t',
  tablename, tablename), ' UNION ALL ')
FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'inbox%'
"""


@dataclass
class Cut:
    """Which statement of the writes to come is not reached; `passed` counts those that were."""

    database: Database
    before: int
    passed: int = 0

    def step(self, connection: Any) -> None:
        """Pass a statement, or close the socket under the connection that would run it, as the kernel would."""
        self.passed += 1
        if self.passed == self.before:
            connection.terminate()

    @property
    def fell(self) -> bool:
        """Return whether the connection was cut."""
        return self.passed >= self.before


class _Connection:
    """A connection whose statements are steps."""

    def __init__(self, connection: Any, cut: Cut) -> None:
        self._connection, self._cut = connection, cut

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connection, name)
        if name not in STATEMENTS:
            return found

        async def stepping(*args: Any, **named: Any) -> Any:
            self._cut.step(self._connection)
            return await found(*args, **named)

        return stepping


@contextmanager
def cutting(database: Database, before: int) -> Iterator[Cut]:
    """Cut the connection before a statement of the writes in this block, the commit being the last of each."""
    cut = Cut(database, before)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Any]:
        async with database.connection() as connection, connection.transaction():
            yield _Connection(connection, cut)
            cut.step(connection)
        database.committed.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "transaction", transaction)
        yield cut


async def books(database: Database) -> dict[str, str]:
    """Return a digest of every table, but for what was received and is tried again."""
    async with database.connection() as connection:
        query = await connection.fetchval(_TABLES)
        return {row["name"]: row["rows"] for row in await connection.fetch(query)}
