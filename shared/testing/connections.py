"""Connections go back to the pool as they came: a pool that resets nothing must find nothing left on them."""

from typing import Any, Final

import asyncpg

from shared.db import Database

# What outlives a transaction: settings of the session, its locks, what it listens to, its tables, its cursors.
_LEFT: Final = """
SELECT 'setting ' || name FROM pg_settings WHERE source = 'session' AND setting <> reset_val
UNION ALL SELECT 'advisory lock ' || objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
UNION ALL SELECT 'listening to ' || channel FROM pg_listening_channels() AS channel
UNION ALL SELECT 'temporary table ' || relname FROM pg_class
  WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v', 'S')
UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable
"""


async def left_behind(database: Database) -> list[str]:
    """Return what handlers left on the idle connections of a pool: session settings, locks, listeners, tables."""
    pool, held, found = database.pool, list[Any](), list[str]()
    try:
        for _ in range(pool.get_idle_size()):
            held.append(await pool.acquire(timeout=1))
            found += [row[0] for row in await held[-1].fetch(_LEFT)]
    finally:
        for connection in reversed(held):
            await pool.release(connection)
    return found


async def ensure_as_lent(database: Database) -> None:
    """Fail a test after which a pooled connection is not as it was lent; a test may have taken the database away.

    Raises:
        AssertionError: naming what was left.
    """
    if database.pool.is_closing():
        return
    try:
        found = await left_behind(database)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return
    assert not found, f"left on a connection that goes back to the pool: {', '.join(sorted(set(found)))}"
