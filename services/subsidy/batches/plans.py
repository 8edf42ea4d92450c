"""How PostgreSQL works out a county's subsidy: what it joins it hashes, whatever it knows of a table.

A batch that is reviewed a moment after it was prepared has lines that no statistics know of: PostgreSQL then expects
few rows and compares each with each, which is hours for a county of a million loans. Of few it is the fastest way.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from shared.db import Connection

FEW: Final = 500  # loans; compared each with each, they are compared in milliseconds
SECONDS: Final = timedelta(minutes=10).total_seconds()  # a million loans take about one
_HASHED: Final = f"""
SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true),
  set_config('statement_timeout', '{SECONDS:.0f}s', true)
"""
_USUAL: Final = """
SELECT set_config(name, reset_val || coalesce(unit, ''), true) FROM pg_settings
WHERE name IN ('enable_nestloop', 'work_mem', 'statement_timeout')
"""


@asynccontextmanager
async def hashed(conn: Connection, loans: int | None = None) -> AsyncIterator[None]:
    """Let statements hash what they join and take their time; of so few loans (None: a county's) all is as usual."""
    if loans is not None and loans <= FEW:
        yield
        return
    async with conn.transaction():
        await conn.execute(_HASHED)
        yield
        await conn.execute(_USUAL)
