"""The one place that connects to NATS: reconnects for ever, says when it is away, and loses nothing silently."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext

from shared.bus import metrics

log = structlog.get_logger("bus")

RECONNECT_WAIT_SECONDS: Final = 0.1  # the client's default of 2 s would be added to every cold start
PING_INTERVAL_SECONDS: Final = 10  # the default of two minutes hides a silent partition
ATTEMPT_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 5.0
REPEAT_SECONDS: Final = 10.0  # the same error is logged again after this time, not ten times a second
API_SECONDS: Final = 5.0
REMEMBERED_ERRORS: Final = 20
_REFUSED: Final = "Authorization Violation"


@dataclass(frozen=True, slots=True)
class NatsAccess:
    """Where NATS is and as whom to connect; several servers are separated by commas."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def inbox_prefix(self) -> str:
        """Return the private prefix for answers, which no other user may subscribe to."""
        return f"_INBOX_{self.user or 'anyone'}"


class NatsAway(OSError):
    """No server answered in time."""


class NatsRefusedUs(OSError):
    """The server is there and does not know this user and password."""


class Link:
    """A connection to NATS with its state; `client` and `jetstream` are the library's."""

    def __init__(self, service: str, on_trouble: Callable[[], None] = lambda: None) -> None:
        self.service, self._on_trouble = service, on_trouble
        self.client = Client()
        self.jetstream: JetStreamContext = self.client.jetstream(timeout=API_SECONDS)
        self.closed = asyncio.Event()
        self._closing = False
        self._logged_at: dict[str, float] = {}
        self._was_refused = False
        self.generation = 0  # grows with every reconnect: requests of an older one will never be answered
        self.awaited: set[asyncio.Future[Any]] = set()
        self.last_error = "not connected yet"

    @property
    def is_connected(self) -> bool:
        """Return whether a server is there right now."""
        return bool(self.client.is_connected)

    async def connect(self, access: NatsAccess) -> None:
        """Connect once, within a time limit.

        Raises:
            NatsAway, NatsRefusedUs: with the server and the last thing the client said about it.
        """
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await self._connect(access)
        except (TimeoutError, OSError, nats.errors.Error) as error:
            reason = f"{access.url} as {access.user or 'anyone'}: {self.last_error or error}"
            raise (NatsRefusedUs if self._was_refused else NatsAway)(reason) from None
        metrics.CONNECTED.labels(self.service).set(1)
        self.last_error = ""

    async def _connect(self, access: NatsAccess) -> None:
        await self.client.connect(
            access.url.split(","),
            name=self.service,
            user=access.user or None,
            password=access.password or None,
            inbox_prefix=access.inbox_prefix,
            reconnect_time_wait=RECONNECT_WAIT_SECONDS,  # type: ignore[arg-type] # takes fractions of a second
            max_reconnect_attempts=-1,
            ping_interval=PING_INTERVAL_SECONDS,
            max_outstanding_pings=2,
            error_cb=self._on_error,
            disconnected_cb=self._on_disconnected,
            reconnected_cb=self._on_reconnected,
            closed_cb=self._on_closed,
        )

    async def close(self) -> None:
        """Send what is still buffered and close; never waits long for a server that is away."""
        self._closing = True
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                if self.is_connected:
                    await self.client.flush()
                await self.client.close()

    async def _on_error(self, error: Exception) -> None:
        # Every failed reconnect comes through here too, so it must not be fatal. A refused publish or subscribe
        # shows its reason only here; the caller sees a time-out.
        text = f"{type(error).__name__}: {error}".rstrip(": ")
        now = time.monotonic()
        if now - self._logged_at.get(text, -REPEAT_SECONDS) >= REPEAT_SECONDS:
            self._logged_at = (
                {text: now} if len(self._logged_at) > REMEMBERED_ERRORS else {**self._logged_at, text: now}
            )
            log.warning("nats reports an error", service=self.service, error=text)
        self.last_error = text
        self._was_refused = self._was_refused or _REFUSED in text
        metrics.CLIENT_ERRORS.labels(self.service).inc()
        self._on_trouble()

    async def _on_disconnected(self) -> None:
        metrics.CONNECTED.labels(self.service).set(0)
        for answer in list(self.awaited):
            answer.cancel()  # whoever asked finds out now, not after its time-out
        if not self._closing:
            log.warning("disconnected from nats")

    async def _on_reconnected(self) -> None:
        self.generation += 1
        self.last_error = ""
        metrics.CONNECTED.labels(self.service).set(1)
        log.info("reconnected to nats")

    async def _on_closed(self) -> None:
        metrics.CONNECTED.labels(self.service).set(0)
        self.closed.set()


@asynccontextmanager
async def connected(access: NatsAccess, service: str) -> AsyncIterator[Link]:
    """Lend one connection, or raise when no server answers in time."""
    link = Link(service)
    try:
        await link.connect(access)
        yield link
    finally:
        await link.close()
