"""A county's batch is worked out by joins, whatever PostgreSQL knows of its tables; afterwards all is as before."""

import pytest

from services.subsidy.batches.plans import FEW, hashed
from shared.db import Connection
from shared.testing.service import ServiceUnderTest

_SETTINGS = (
    "SELECT current_setting('enable_nestloop'), current_setting('work_mem'), current_setting('statement_timeout')"
)


async def _settings(conn: Connection) -> tuple[str, ...]:
    return tuple(await conn.fetchrow(_SETTINGS))


@pytest.mark.parametrize("loans", [None, FEW + 1], ids=["a county", "many loans"])
async def test_what_many_loans_join_is_hashed_and_given_its_time(subsidy: ServiceUnderTest, loans: int | None) -> None:
    async with subsidy.database.transaction() as conn:
        before = await _settings(conn)
        async with hashed(conn, loans):
            assert await _settings(conn) == ("off", "64MB", "10min")
        assert await _settings(conn) == before


async def test_few_loans_are_looked_up_as_usual(subsidy: ServiceUnderTest) -> None:
    async with subsidy.database.connection() as conn:
        before = await _settings(conn)
        async with hashed(conn, FEW):
            assert await _settings(conn) == before


async def test_a_refusal_leaves_no_setting_behind(subsidy: ServiceUnderTest) -> None:
    async with subsidy.database.transaction() as conn:
        before = await _settings(conn)
        with pytest.raises(ZeroDivisionError):
            async with hashed(conn):
                raise ZeroDivisionError
        assert await _settings(conn) == before
