"""Keep one durable consumer's messages flowing: pull ahead, notice a dead request, survive a reconnect."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription

from shared.bus.connection import Link
from shared.bus.topology import FETCH_BATCH

log = structlog.get_logger("bus.pull")

EXPIRES_SECONDS: Final = 30
HEARTBEAT_SECONDS: Final = 3
SILENCE_SECONDS: Final = 3 * HEARTBEAT_SECONDS  # then the request is dead, whatever the reason
REFUSAL_PAUSE_SECONDS: Final = 1.0
GATHER_SECONDS: Final = 0.005  # a few messages more share one transaction
WAIT_SECONDS: Final = 0.5
_NANOSECONDS: Final = 1_000_000_000
_SHORT_FORM_TOKENS: Final = 9
_HEARTBEAT: Final = "100"
_OVER: Final = frozenset({"404", "408", "409"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message from a stream, with where it stood and how to acknowledge it."""

    subject: str
    body: bytes
    stream_sequence: int
    pending: int
    reply: str


class Pull:
    """Messages of one durable consumer; binds to it, never creates it."""

    def __init__(self, link: Link, stream: str, consumer: str) -> None:
        self._link = link
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._consumer = consumer
        self._inbox = ""
        self._subscription: NatsSubscription | None = None
        self._messages: deque[Delivery] = deque()
        self._arrived = asyncio.Event()
        self._asked = 0  # messages that the server still owes us
        self._generation = -1
        self._heard_at = 0.0
        self._quiet_until = 0.0

    async def start(self) -> None:
        """Subscribe to our own inbox, where the server delivers what we ask for."""
        self._inbox = self._link.client.new_inbox()
        self._subscription = await self._link.client.subscribe(self._inbox, cb=self._on_message)

    async def stop(self) -> None:
        """Stop receiving; what was delivered and not acknowledged comes again later."""
        if self._subscription is not None and self._link.is_connected:
            with suppress(Exception):
                await self._subscription.unsubscribe()

    async def batch(self) -> list[Delivery]:
        """Return what has arrived, at most FETCH_BATCH messages; empty when nothing came for a moment."""
        await self._ask()
        if not self._messages:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._arrived.wait()
                await asyncio.sleep(GATHER_SECONDS)
        count = min(len(self._messages), FETCH_BATCH)
        return [self._messages.popleft() for _ in range(count)]

    async def acknowledge(self, deliveries: list[Delivery]) -> None:
        """Inform the server that these are done; a lost acknowledgement only means that they come again."""
        with suppress(Exception):
            for delivery in deliveries:
                await self._link.client.publish(delivery.reply, b"+ACK")

    async def _ask(self) -> None:
        now = time.monotonic()
        if self._generation != self._link.generation or (self._asked and now - self._heard_at > SILENCE_SECONDS):
            self._generation, self._asked = self._link.generation, 0
        missing = FETCH_BATCH - self._asked - len(self._messages)
        if missing < FETCH_BATCH // 2 or now < self._quiet_until or not self._link.is_connected:
            return
        request = {
            "batch": missing,
            "expires": EXPIRES_SECONDS * _NANOSECONDS,
            "idle_heartbeat": HEARTBEAT_SECONDS * _NANOSECONDS,
        }
        self._asked += missing
        self._heard_at = now
        with suppress(Exception):  # the silence rule asks again
            await self._link.client.publish(self._next, orjson.dumps(request), reply=self._inbox)

    async def _on_message(self, message: Msg) -> None:
        self._heard_at = time.monotonic()
        headers = message.headers
        if headers and "Status" in headers and not message.reply:
            self._on_status(headers)
            return
        self._asked = max(0, self._asked - 1)
        self._messages.append(_delivery(message))
        self._arrived.set()

    def _on_status(self, headers: dict[str, Any]) -> None:
        status = headers["Status"]
        if status == _HEARTBEAT:
            return
        unsent = int(headers.get("Nats-Pending-Messages", self._asked))
        self._asked = max(0, self._asked - unsent)
        if status not in _OVER or "Deleted" in headers.get("Description", ""):
            log.warning("pull refused", consumer=self._consumer, status=status, reason=headers.get("Description"))
            self._quiet_until = time.monotonic() + REFUSAL_PAUSE_SECONDS


def _delivery(message: Msg) -> Delivery:
    tokens = message.reply.split(".")
    at = 5 if len(tokens) == _SHORT_FORM_TOKENS else 7
    return Delivery(message.subject, message.data, int(tokens[at]), int(tokens[at + 3]), message.reply)
