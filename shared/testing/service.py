"""One service under test: its real application, database, outbox and inbox; peers may be small ASGI apps."""

import importlib
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import httpx
from fastapi import FastAPI
from starlette.datastructures import State
from starlette.types import ASGIApp

from shared.access import Grant, Principal, Role
from shared.bus.applier import Applier
from shared.clients import PeerClient
from shared.db import Database
from shared.events.base import Event
from shared.events.envelope import encode, subject_of
from shared.events.received import Received
from shared.ids import new_id
from shared.testing.connections import ensure_as_lent
from shared.testing.refusals import ensure_listed
from shared.tokens import TokenSigner

TOKEN_SECONDS = 600
_NEXT_VERSION = "SELECT coalesce(max(version), 0) + 1 FROM inbox_position WHERE aggregate_id = $1"
_sequence = count(1)
_idle_applications: dict[str, list[FastAPI]] = {}


@dataclass
class ServiceUnderTest:
    """A running service, reached without a network."""

    name: str
    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    signer: TokenSigner

    def headers(
        self, role: Role, *, region: str = "500236", subject: str | None = None, organisation: str | None = None
    ) -> dict[str, str]:
        """Return the headers of one request: a bearer token for the role, and a new Idempotency-Key."""
        name = subject or f"{role}-officer"
        caller = Principal(name, name, (Grant(role, region),), organisation)
        token = self.signer.sign(caller, self.name, TOKEN_SECONDS)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}

    async def deliver(
        self,
        event: Event,
        *,
        aggregate_version: int | None = None,
        region_code: str = "500236001201",
        aggregate_id: UUID | None = None,
        event_id: UUID | None = None,
    ) -> None:
        """Let one event arrive through the service's subscription and inbox, as its aggregate's next unless said."""
        kind, aggregate_id, event_id = event.event_type, aggregate_id or new_id(), event_id or new_id()
        version = aggregate_version or await self.database.pool.fetchval(_NEXT_VERSION, aggregate_id)
        now = datetime.now(UTC)
        body = encode(
            kind,
            event_id=event_id,
            aggregate_id=aggregate_id,
            aggregate_version=version,
            region_code=region_code,
            occurred_at=now,
            traceparent=None,
            data=event.model_dump_json(),
        )
        received = Received(
            event=event,
            event_id=event_id,
            aggregate_id=aggregate_id,
            aggregate_version=version,
            region_code=region_code,
            occurred_at=now,
            traceparent=None,
            stream_sequence=next(_sequence),
            subject=subject_of(kind, region_code),
            body=body,
        )
        await self.deliver_all([received])

    async def deliver_all(self, received: Sequence[Received[Event]]) -> None:
        """Let a batch of one owner's events arrive; a failing handler fails the test."""
        owner = received[0].event.event_type.owner
        (subscription,) = [each for each in self.app.state.subscriptions if each.owner == owner]
        await Applier(subscription, self.database).apply(received)
        failures = await self.database.pool.fetch("SELECT failure FROM inbox WHERE state = 'retrying'")
        assert not failures, failures[0]["failure"]

    async def outbox(self) -> list[tuple[str, dict[str, Any], int, str]]:
        """Return the facts recorded so far: name, data, aggregate version, region."""
        rows = await self.database.pool.fetch(
            "SELECT event_name, data, aggregate_version, region_code FROM outbox ORDER BY position"
        )
        return [tuple(row) for row in rows]


Prepared: TypeAlias = Callable[[ServiceUnderTest], Awaitable[None]]


class StartService(Protocol):
    """Starts a service in this process; with `prepared`, on a database where that has been done already."""

    async def __call__(
        self, name: str, peers: Mapping[str, ASGIApp] | None = None, prepared: Prepared | None = None
    ) -> ServiceUnderTest:
        """Return the running service."""
        ...


async def started(
    stack: AsyncExitStack, name: str, database_url: str, keys_dir: Path, peers: Mapping[str, ASGIApp]
) -> ServiceUnderTest:
    """Start one service in this process on the database; `peers` answer in place of other services."""
    os.environ.update(
        {
            f"{name.upper()}_DATABASE_URL": database_url,
            "NATS_URL": "",  # no relay and no consumers: `deliver` and `outbox` stand at both ends
            "PLATFORM_KEYS_DIR": str(keys_dir),
            "PLATFORM_PII_KEY_FILE": str(keys_dir / "pii.json"),
            "LOG_LEVEL": "WARNING",
        }
    )
    app = stack.enter_context(_application(name))
    await stack.enter_async_context(app.router.lifespan_context(app))
    stack.push_async_callback(ensure_as_lent, app.state.database)
    for peer, answering in peers.items():
        calls: PeerClient = getattr(app.state, peer)
        await calls.close()
        calls.http = httpx.AsyncClient(transport=httpx.ASGITransport(answering), base_url="http://peer")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    hooks = {"response": [ensure_listed]}
    client = await stack.enter_async_context(
        httpx.AsyncClient(transport=transport, base_url="http://test", event_hooks=hooks)
    )
    return ServiceUnderTest(name, app, client, app.state.database, TokenSigner.from_directory(keys_dir, "gateway"))


@contextmanager
def _application(name: str) -> Iterator[FastAPI]:
    """Lend a service's application: one that no test uses just now, or a new one.

    FastAPI works out every route again for every new application, which takes longer than most tests. All that a
    running service remembers is in `app.state`, which is as it was made for every test.
    """
    idle = _idle_applications.setdefault(name, [])
    app: FastAPI = idle.pop() if idle else importlib.import_module(f"services.{name}.main").create_app()
    as_made, app.state = app.state, State(dict(app.state._state))
    try:
        yield app
    finally:
        app.state = as_made
        idle.append(app)
