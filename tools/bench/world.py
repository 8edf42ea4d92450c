"""The benchmark's own servers, with a county's loans already on file."""

import json
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from deploy.servers import CREDENTIALS_FILE
from shared.access import Grant, Principal, Role
from shared.bus.topology import server_permissions
from shared.policy.load import load_pack
from shared.tokens import TokenSigner
from tools.bench import loans_sql
from tools.bench.sizes import Sizes

PACK_FILE: Final = ROOT / "policy" / "packs" / "fengjie.yaml"
NATS_USER: Final = "benchmark"
ADMIN_PASSWORD: Final = "benchmark-only"  # noqa: S105 - of servers that live as long as the run
TOKEN_SECONDS: Final = 3600
# A machine that has servers of its own must not get a hundred thousand made-up loans.
_SERVERS_OF_OTHERS: Final = re.compile(r"^(NATS_|[A-Z]+_DATABASE_URL$|[A-Z]+_MIGRATION_URL$|RECONCILE_)")
_EVERYTHING: Final = MappingProxyType({"publish": [">"], "subscribe": [">"]})


@dataclass(frozen=True)
class World:
    """The running platform, and what the measurements need to know of it."""

    platform: Platform
    sizes: Sizes
    folder: Path

    def database_url(self, service: str) -> str:
        """Return the URL under which a service reaches its database."""
        return self.platform.env[f"{service.upper()}_DATABASE_URL"]

    def address(self, service: str) -> tuple[str, int]:
        """Return where a service listens."""
        return "127.0.0.1", int(self.platform.env[f"{service.upper()}_PORT"])

    def token(
        self, audience: str, role: Role, name: str, organisation: str | None = None, *, region: str = loans_sql.COUNTY
    ) -> str:
        """Return a token as the gateway gives it to a service, good for the whole run."""
        signer = TokenSigner.from_directory(Path(self.platform.env["PLATFORM_KEYS_DIR"]), "gateway")
        caller = Principal(name, name, (Grant(role, "" if role is Role.ADMIN else region),), organisation)
        return signer.sign(caller, audience, TOKEN_SECONDS)

    def nats_password(self) -> str:
        """Return the password of the benchmark's own NATS user."""
        known: dict[str, str] = json.loads((self.platform.data_dir / CREDENTIALS_FILE).read_text())
        return known[f"nats/{NATS_USER}"]

    @asynccontextmanager
    async def database(self, service: str, *, as_superuser: bool = False) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """Lend a connection to a service's database."""
        url = self.database_url(service)
        if as_superuser:
            url = urlsplit(self.platform.env["PLATFORM_POSTGRES_ADMIN_URL"])._replace(path=f"/{service}").geturl()
        connection = await asyncpg.connect(url)
        try:
            yield connection
        finally:
            await connection.close()

    @contextmanager
    def paused(self, service: str) -> Iterator[None]:
        """Hold a service still, so that its relay takes nothing from the floor."""
        self.platform.kill(service, signal.SIGSTOP)
        try:
            yield
        finally:
            self.platform.kill(service, signal.SIGCONT)

    async def settle(self, service: str, *tables: str) -> None:
        """Leave nothing to do from the run before: no events to publish, no dead rows, no dirty pages."""
        async with self.database(service, as_superuser=True) as connection:
            await connection.execute(loans_sql.MARK_PUBLISHED)
            for table in ("outbox", *tables):
                await connection.execute(f"VACUUM (ANALYZE) {table}")
            await connection.execute("CHECKPOINT")


@contextmanager
def servers(folder: Path, sizes: Sizes) -> Iterator[World]:
    """Run PostgreSQL and NATS, durable as in production, with the schema and no service yet."""
    for name in [name for name in os.environ if _SERVERS_OF_OTHERS.match(name)]:
        del os.environ[name]
    permissions = {**server_permissions(), NATS_USER: dict(_EVERYTHING)}
    admin = {"GATEWAY_BOOTSTRAP_ADMIN_PASSWORD": ADMIN_PASSWORD}
    with Platform(folder, services=(), permissions=permissions, extra_env=admin) as platform:
        yield World(platform, sizes, folder)


async def fill(world: World) -> None:
    """Put the county's loans on file, in lending and, where their events are applied, in subsidy."""
    await _time_commits(world)
    pack = load_pack(PACK_FILE).model_dump(mode="json")
    async with world.database("lending", as_superuser=True) as connection:
        await connection.execute(loans_sql.PUT_PACK, loans_sql.PACK_ID, loans_sql.COUNTY, json.dumps(pack))
        for statement in (
            loans_sql.PUT_APPLICATIONS,
            loans_sql.PUT_LOANS,
            loans_sql.PUT_INSTALLMENTS,
            loans_sql.PUT_EVENTS,
        ):
            await connection.execute(statement, 1, world.sizes.loans)
    await world.settle("lending", "application", "loan", "installment")
    async with world.database("subsidy", as_superuser=True) as connection:
        for statement in (loans_sql.PUT_ACCOUNTS, loans_sql.PUT_POSITIONS):
            await connection.execute(statement, world.sizes.steady_loans[0], world.sizes.loans)
    await world.settle("subsidy", "subsidy_account", "inbox_position")


async def _time_commits(world: World) -> None:
    """Let PostgreSQL keep the instant of every commit, the only clock that both ends of an event share."""
    async with world.database("lending", as_superuser=True) as connection:
        await connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    world.platform.stop_postgres()
    world.platform.start_postgres()
