"""Alembic for every service: one folder of versions each, run as the schema's owner, never at service start."""

import asyncio
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

from shared.ids import UUID7_FUNCTION

ROOT = Path(__file__).resolve().parent.parent
__all__ = ["SERVICES", "UUID7_FUNCTION", "downgrade", "head", "run", "upgrade"]
SERVICES = ("registry", "lending", "subsidy", "riskfund", "gateway")


def config(service: str, url: str = "") -> Config:
    """Return the Alembic configuration of one service."""
    configuration = Config()
    configuration.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    configuration.attributes["url"] = url
    return configuration


def upgrade(service: str, url: str, revision: str = "head") -> None:
    """Bring one service's database to `revision`, as the owner named in `url`."""
    command.upgrade(config(service, url), revision)


def downgrade(service: str, url: str, revision: str) -> None:
    """Take one service's database back to `revision`."""
    command.downgrade(config(service, url), revision)


def head(service: str) -> str:
    """Return the newest revision in the service's folder."""
    return str(ScriptDirectory.from_config(config(service)).get_current_head())


def run(metadata: MetaData) -> None:
    """Run the migrations; every service's `migrations/env.py` is one call of this."""
    url = str(context.config.attributes["url"])
    asyncio.run(_run_online(url.replace("postgresql://", "postgresql+asyncpg://", 1), metadata))


async def _run_online(url: str, metadata: MetaData) -> None:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
