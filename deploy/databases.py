"""Databases and roles: one database, one owner and one application role per service; strangers cannot connect."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.environment import RECONCILER, owner_of

# pg_stat_statements needs a superuser, the others save the owners a right.
EXTENSIONS = ("pg_stat_statements", "pg_trgm", "btree_gist")

_APP_LIMITS = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",  # for the largest set-based statement; requests have their own, shorter limits
    "idle_in_transaction_session_timeout": "15s",  # an idle open transaction keeps its locks and every dead row
}
_OWNER_LIMITS = {"lock_timeout": "10s"}
_RECONCILER_LIMITS = {"statement_timeout": "300s", "default_transaction_read_only": "on"}


async def create_databases(admin_url: str, environment: Mapping[str, str], services: Iterable[str]) -> None:
    """Create what is missing and set rights and limits; safe to run again.

    Role names are fixed, their passwords are those in the environment's URLs.
    """
    services = tuple(services)
    admin = await asyncpg.connect(admin_url)
    try:
        for service in services:
            await _ensure_role(admin, service, _password(environment[f"{service.upper()}_DATABASE_URL"]), _APP_LIMITS)
            owner_url = environment[f"{service.upper()}_MIGRATION_URL"]
            await _ensure_role(admin, owner_of(service), _password(owner_url), _OWNER_LIMITS)
            reconciler_url = environment[f"RECONCILE_{service.upper()}_DATABASE_URL"]
            await _ensure_role(admin, RECONCILER, _password(reconciler_url), _RECONCILER_LIMITS)
            await _ensure_database(admin, service)
    finally:
        await admin.close()
    await asyncio.gather(*(_grant(_in_database(admin_url, service), service) for service in services))


async def _ensure_role(admin: "asyncpg.Connection[Any]", role: str, password: str, limits: Mapping[str, str]) -> None:
    if not await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", role):
        quoted = "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)"
        await admin.execute(await admin.fetchval(quoted, role, password))
    await admin.execute(";".join(f"ALTER ROLE {role} SET {name} = '{value}'" for name, value in limits.items()))


async def _ensure_database(admin: "asyncpg.Connection[Any]", service: str) -> None:
    if await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", service):
        return
    # A managed server's administrator is no superuser and must be a member of the owner to give it something.
    await admin.execute(f"GRANT {owner_of(service)} TO CURRENT_USER")
    await admin.execute(f"CREATE DATABASE {service} OWNER {owner_of(service)}")


async def _grant(admin_url: str, service: str) -> None:
    owner = owner_of(service)
    admin = await asyncpg.connect(admin_url)
    try:
        for extension in EXTENSIONS:
            await admin.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        await admin.execute(f"""
            REVOKE ALL ON DATABASE {service} FROM PUBLIC;
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            GRANT CONNECT, TEMPORARY ON DATABASE {service} TO {service};
            GRANT CONNECT ON DATABASE {service} TO {RECONCILER};
            GRANT USAGE ON SCHEMA public TO {service}, {RECONCILER};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {service}, {RECONCILER};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {service};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {service};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {RECONCILER};
            ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON SEQUENCES TO {RECONCILER};
        """)
    finally:
        await admin.close()


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _in_database(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()
