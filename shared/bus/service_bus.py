"""What a service starts in its lifespan: a connection, the relay, its consumers, and the truth about their state."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import nats.errors
import structlog
from pydantic_settings import BaseSettings

from shared.bus.connection import Link, NatsAccess
from shared.bus.consumer import Consumer
from shared.bus.provisioning import ConfigurationDrift, NotProvisioned, verify
from shared.bus.relay import Relay
from shared.bus.topology import consumers_of
from shared.db import Database
from shared.inbox import Subscription

log = structlog.get_logger("bus")

START_SECONDS: Final = 3.0  # how long a start waits to learn whether the configuration is right
STOP_SECONDS: Final = 15.0
CHECK_SECONDS: Final = 15.0  # drift at run time shows within this time
RETRY_SECONDS: Final = 1.0
FAILURE_SHOWN_SECONDS: Final = 5.0
OK: Final = "ok"


class NatsStreams(BaseSettings):
    """What the environment says about streams: `NATS_STREAM_REPLICAS`, 1 embedded, 3 in production."""

    nats_stream_replicas: int = 1


class UnknownConsumer(TypeError):
    """A subscription has no durable consumer in the topology, or one has no subscription."""


class Bus:
    """Publishes one service's events and feeds its subscriptions while its context is open.

    Starting works while NATS is away; the service then records events, `state()` says what is missing, and everything
    is published when NATS is back.
    """

    def __init__(
        self,
        *,
        service: str,
        database: Database,
        nats_url: str,
        user: str = "",
        password: str = "",
        subscriptions: Sequence[Subscription] = (),
        replicas: int | None = None,
    ) -> None:
        _ensure_consumers(service, subscriptions)
        self.service = service
        self._database, self._subscriptions = database, tuple(subscriptions)
        self._access = NatsAccess(nats_url, user, password)
        self._replicas = NatsStreams().nats_stream_replicas if replicas is None else replicas
        self._publishes = True  # a service without an outbox has no events and needs no relay
        self._stopping = asyncio.Event()
        self._judged = asyncio.Event()  # it is known whether NATS is there and configured as it should be
        self._link = Link(service)
        self._topology = "not read back yet"
        self._drift: ConfigurationDrift | None = None
        self._failures: dict[str, tuple[float, str]] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the relay and the consumers.

        Raises:
            ConfigurationDrift: when NATS is there and configured otherwise than the code says.
        """
        self._publishes = await self._database.pool.fetchval("SELECT to_regclass('outbox') IS NOT NULL")
        self._task = asyncio.create_task(self._run(), name=f"bus-{self.service}")
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await self._judged.wait()
        if self._drift is not None:
            await self._stop()
            raise self._drift
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop fetching, finish and acknowledge what is in hand, give up the lead, close."""
        await self._stop()

    def state(self) -> dict[str, str]:
        """Return each part and "ok", or what is wrong with it."""
        away = f"away: {self._link.last_error or 'reconnecting'}"
        parts = {"nats": OK if self._link.is_connected else away, "topology": self._topology}
        running = [subscription.consumer for subscription in self._subscriptions]
        for name in (["relay"] if self._publishes else []) + running:
            failed_at, reason = self._failures.get(name, (-FAILURE_SHOWN_SECONDS, ""))
            recent = time.monotonic() - failed_at < FAILURE_SHOWN_SECONDS
            parts[name] = f"restarting after {reason}" if recent and reason else OK
        return parts

    def ready(self) -> bool:
        """Return whether every part is well."""
        return all(state == OK for state in self.state().values())

    def wake(self) -> None:
        """Inform the relay that something was committed."""
        self._database.committed.set()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._link = link = Link(self.service, on_trouble=self._judged.set)
            try:
                await link.connect(self._access)
                if await self._verified(link):
                    await self._serve(link)
            except (OSError, nats.errors.Error) as error:
                link.last_error = link.last_error or f"{type(error).__name__}: {error}"
                log.warning("nats is away", service=self.service, reason=link.last_error)
            except Exception:
                log.exception("bus restarts", service=self.service)
            finally:
                await link.close()
            await self._idle(RETRY_SECONDS)

    async def _verified(self, link: Link) -> bool:
        """Wait until streams and consumers are as the code says; false when the connection ended first."""
        while not self._stopping.is_set() and not link.closed.is_set():
            if await self._judge(link):
                return True
            await self._idle(RETRY_SECONDS)
        return False

    async def _judge(self, link: Link) -> bool:
        try:
            await verify(link, self.service, self._replicas)
        except NotProvisioned as error:
            self._topology = str(error)
            self._judged.set()
        except ConfigurationDrift as error:
            self._topology, self._drift = str(error), error
            log.error("nats is misconfigured", service=self.service, differences=error.differences)
            self._judged.set()
        except nats.errors.Error as error:
            log.warning("configuration cannot be read", service=self.service, reason=f"{type(error).__name__}: {error}")
        else:
            self._topology, self._drift = OK, None
            self._judged.set()
            return True
        return False

    async def _serve(self, link: Link) -> None:
        """Run all parts until the connection is closed for good or the service stops."""
        async with asyncio.TaskGroup() as parts:
            if self._publishes:
                relay = Relay(self.service, self._database, link, self._stopping)
                parts.create_task(self._keep_running("relay", link, relay.run))
            for subscription in self._subscriptions:
                consumer = Consumer(subscription, self._database, link, self._stopping)
                parts.create_task(self._keep_running(consumer.name, link, consumer.run))
            parts.create_task(self._watch(link))

    async def _keep_running(self, name: str, link: Link, run: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping.is_set() and not link.closed.is_set():
            try:
                await run()
            except Exception as error:
                self._failures[name] = (time.monotonic(), f"{type(error).__name__}: {error}")
                log.exception("part of the bus failed", service=self.service, part=name)
                await self._idle(RETRY_SECONDS)

    async def _watch(self, link: Link) -> None:
        while not self._stopping.is_set() and not link.closed.is_set():
            await self._idle(CHECK_SECONDS, link)
            if link.is_connected and not self._stopping.is_set():
                await self._judge(link)

    async def _idle(self, seconds: float, link: Link | None = None) -> None:
        waits = [asyncio.create_task(self._stopping.wait())]
        if link is not None:
            waits.append(asyncio.create_task(link.closed.wait()))
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _stop(self) -> None:
        self._stopping.set()
        if self._task is None:
            return
        _, late = await asyncio.wait({self._task}, timeout=STOP_SECONDS)
        for task in late:
            log.warning("bus did not stop in time", service=self.service)
            task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def _ensure_consumers(service: str, subscriptions: Sequence[Subscription]) -> None:
    known = {spec.name for spec in consumers_of(service)}
    for subscription in subscriptions:
        if subscription.service != service or subscription.consumer not in known:
            raise UnknownConsumer(f"{service} has no durable consumer {subscription.consumer}: add it to the topology")
