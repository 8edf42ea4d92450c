"""A small county that has been lived through, its servers, and a world in which faults may be planted."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from tools.reconcile.databases import SERVICES, Snapshot
from tools.reconcile.retelling import Retelling
from tools.reconcile.streams import Nats, Stream, connected, read_streams
from tools.reconcile.world import World, packs_of

# Without these a database refuses most of what is planted here; the reconciliation must see it all the same.
_LOOSEN = """
DO $$
DECLARE each record;
BEGIN
  FOR each IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint
    WHERE conrelid = ANY ('{{{tables}}}'::regclass[]) AND contype IN ('f', 'c', 'u', 'p', 'x')
    ORDER BY contype <> 'f' LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', each.owner, each.conname);
  END LOOP;
  FOR each IN SELECT indexrelid::regclass AS name FROM pg_index
    WHERE indisunique AND indrelid = ANY ('{{{tables}}}'::regclass[]) LOOP
    EXECUTE format('DROP INDEX %s', each.name);
  END LOOP;
END $$
"""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_CHANGED = re.compile(r"\b(?:UPDATE|INSERT INTO|DELETE FROM) (\w+)")


@dataclass(frozen=True)
class County:
    """The servers of the county: how its tools reach them, and the streams as they were read once."""

    env: Mapping[str, str]
    streams: Mapping[str, Stream]
    retelling: Retelling
    reader: Nats

    def owner_url(self, service: str) -> str:
        """Return a superuser's connection to one database."""
        return urlsplit(self.env["PLATFORM_POSTGRES_ADMIN_URL"])._replace(path=f"/{service}").geturl()

    @asynccontextmanager
    async def with_fault(
        self,
        service: str,
        statements: str = "",
        alter: Callable[[dict[str, Stream]], None] | None = None,
        *,
        is_online: bool = False,
        elsewhere: Mapping[str, str] | None = None,
        by: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[None]] | None = None,
    ) -> AsyncIterator[World]:
        """Lend a world in which one thing is wrong; everything is rolled back afterwards.

        `elsewhere` holds statements for further services; `by` goes on in the service's database after its statements.
        """
        planted = {service: statements, **(elsewhere or {})}
        async with AsyncExitStack() as stack:
            connections = await asyncio.gather(*(asyncpg.connect(self.owner_url(each)) for each in SERVICES))
            databases = {}
            for name, connection in zip(SERVICES, connections, strict=True):
                stack.push_async_callback(connection.close)
                transaction = connection.transaction()
                await transaction.start()
                stack.push_async_callback(transaction.rollback)
                databases[name] = Snapshot(name, connection)
                if planted.get(name):
                    await plant(connection, planted[name])
                if by is not None and name == service:
                    await by(connection)
            streams = {name: copied(stream) for name, stream in self.streams.items()}
            if alter is not None:
                alter(streams)
            yield World(databases, streams, self.retelling, await packs_of(databases["registry"]), is_online)


async def plant(connection: "asyncpg.Connection[asyncpg.Record]", statements: str) -> None:
    """Change rows against every rule of their tables; each statement must change something.

    Statements that change nothing loosen every table.
    """
    await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers
    tables = set(_CHANGED.findall(statements)) or {row[0] for row in await connection.fetch(_TABLES)}
    await connection.execute(_LOOSEN.format(tables=",".join(sorted(tables))))
    for statement in filter(None, (each.strip() for each in statements.split(";"))):
        done = await connection.execute(statement)
        assert not done.endswith(" 0"), f"nothing to spoil: {statement}"


def copied(stream: Stream) -> Stream:
    """Return a stream that can be spoilt without spoiling the original."""
    other = copy(stream)
    other.messages, other.settings = list(stream.messages), dict(stream.settings)
    other.consumers, other.event_ids = dict(stream.consumers), set(stream.event_ids)
    return other


def nats_reader(env: Mapping[str, str]) -> Nats:
    """Return the access of the user that may only read."""
    return Nats(env["NATS_URL"], env["NATS_READER_USER"], env["NATS_READER_PASSWORD"])


async def read(reader: Nats) -> tuple[dict[str, Stream], Retelling]:
    """Read all streams, as the user that may only read."""
    retelling = Retelling()
    async with connected(reader) as client:
        return await read_streams(client, retelling.hear), retelling
