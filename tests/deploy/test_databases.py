"""Who may do what in which database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg
import pytest

from deploy.databases import create_databases
from deploy.environment import SERVICES
from deploy.platform import Platform

Connect = Callable[[str], AbstractAsyncContextManager["asyncpg.Connection[Any]"]]


@pytest.fixture
async def connect(running: Platform) -> Connect:
    """Create the databases and return a way to connect by variable name."""
    await create_databases(running.servers.postgres.url(), running.env, SERVICES)

    @asynccontextmanager
    async def connected(variable: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
        connection = await asyncpg.connect(running.env[variable])
        try:
            yield connection
        finally:
            await connection.close()

    return connected


async def test_creating_again_changes_nothing_and_fails_nowhere(running: Platform, connect: Connect) -> None:
    await create_databases(running.servers.postgres.url(), running.env, SERVICES)
    async with connect("LENDING_DATABASE_URL") as lending:
        assert await lending.fetchval("SELECT current_user || '@' || current_database()") == "lending@lending"


async def test_a_service_writes_rows_but_never_the_schema(connect: Connect) -> None:
    async with connect("LENDING_MIGRATION_URL") as owner:
        await owner.execute("CREATE TABLE IF NOT EXISTS loan (id bigint GENERATED ALWAYS AS IDENTITY, amount numeric)")
    async with connect("LENDING_DATABASE_URL") as service:
        await service.execute("INSERT INTO loan (amount) VALUES (50000.00)")
        await service.execute("CREATE TEMPORARY TABLE staged (line int)")
        for forbidden in ("CREATE TABLE other (x int)", "ALTER TABLE loan ADD x int", "DROP TABLE loan"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute(forbidden)


async def test_a_service_cannot_enter_another_services_database(running: Platform, connect: Connect) -> None:
    foreign = running.env["LENDING_DATABASE_URL"].removesuffix("lending") + "registry"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(foreign)


async def test_the_reconciler_reads_everything_and_writes_nothing(connect: Connect) -> None:
    async with connect("SUBSIDY_MIGRATION_URL") as owner:
        await owner.execute("CREATE TABLE IF NOT EXISTS batch (id int)")
    async with connect("RECONCILE_SUBSIDY_DATABASE_URL") as reconciler:
        assert await reconciler.fetchval("SELECT count(*) FROM batch") == 0
        await reconciler.execute("SET default_transaction_read_only = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reconciler.execute("INSERT INTO batch VALUES (1)")


async def test_services_give_up_waiting_and_owners_do_not(connect: Connect) -> None:
    query = "SELECT name, setting FROM pg_settings WHERE name ~ '_timeout$'"
    async with connect("RISKFUND_DATABASE_URL") as service:
        limits = dict(await service.fetch(query))
    assert limits["statement_timeout"] == "60000"
    assert limits["lock_timeout"] == "10000"
    assert limits["idle_in_transaction_session_timeout"] == "15000"
    async with connect("RISKFUND_MIGRATION_URL") as owner:
        assert dict(await owner.fetch(query))["statement_timeout"] == "0"
