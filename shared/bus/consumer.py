"""One subscription at work: fetch, decode, apply in one transaction, commit, and only then acknowledge."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from shared.bus import metrics
from shared.bus.applier import Applier, UnreadableDelivery
from shared.bus.connection import Link
from shared.bus.faults import is_transient
from shared.bus.pull import Delivery, Pull
from shared.bus.topology import stream_of
from shared.db import Database
from shared.events.base import Event
from shared.events.envelope import UnreadableMessage, decode
from shared.events.received import Received
from shared.failpoints import failpoint
from shared.inbox import Subscription

log = structlog.get_logger("bus.consumer")

SWEEP_SECONDS: Final = 0.5
MEASURE_SECONDS: Final = 5.0
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0


class Consumer:
    """Runs one subscription of a service until asked to stop."""

    def __init__(self, subscription: Subscription, database: Database, link: Link, stopping: asyncio.Event) -> None:
        self.name = subscription.consumer
        self._applier = Applier(subscription, database)
        self._pull = Pull(link, stream_of(subscription.owner), self.name)
        self._link, self._stopping = link, stopping
        self._swept_at = self._measured_at = 0.0

    async def run(self) -> None:
        """Take batches until asked to stop or until the connection is closed for good."""
        await self._pull.start()
        try:
            while not self._stopping.is_set() and not self._link.closed.is_set():
                deliveries = await self._pull.batch()
                if deliveries:
                    await self._take(deliveries)
                await self._tend()
        finally:
            await self._pull.stop()

    async def _take(self, deliveries: list[Delivery]) -> None:
        events, unreadable = _sorted_out(deliveries)
        if not await self._persist(events, unreadable):
            return  # stopping: nothing was acknowledged, so everything comes again
        failpoint("consumer.after_commit")
        await self._pull.acknowledge(deliveries)
        metrics.PENDING.labels(self.name).set(deliveries[-1].pending)

    async def _persist(self, events: Sequence[Received[Event]], unreadable: Sequence[UnreadableDelivery]) -> bool:
        """Apply a batch, however long the database is away; applying twice is harmless."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            try:
                await self._applier.park(unreadable)
                await self._applier.apply(events)
                return True
            except Exception as error:
                if is_transient(error):
                    log.warning(
                        "batch waits for the database", consumer=self.name, reason=f"{type(error).__name__}: {error}"
                    )
                else:
                    log.exception("batch can be neither applied nor parked", consumer=self.name)
            await self._idle(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        return False

    async def _tend(self) -> None:
        now = time.monotonic()
        if now - self._swept_at >= SWEEP_SECONDS:
            await self._applier.sweep()
            self._swept_at = now
        if now - self._measured_at >= MEASURE_SECONDS:
            await self._applier.measure()
            self._measured_at = now

    async def _idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _sorted_out(deliveries: Sequence[Delivery]) -> tuple[list[Received[Event]], list[UnreadableDelivery]]:
    events, unreadable = [], []
    for delivery in deliveries:
        try:
            events.append(decode(delivery.subject, delivery.body, delivery.stream_sequence))
        except UnreadableMessage as error:
            place = (delivery.subject, delivery.body, delivery.stream_sequence)
            unreadable.append(UnreadableDelivery(*place, error.reason, error.event_id))
    return events, unreadable
