"""Publish committed events: one relay per service, each aggregate's in order, marking only what was acknowledged."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from nats.js.api import PubAck
from pydantic import ValidationError

from shared.bus import metrics
from shared.bus.backlog import Backlog
from shared.bus.connection import Link
from shared.bus.topology import stream_of
from shared.db import Connection, Database
from shared.events.base import find_event
from shared.events.envelope import encode, explained, subject_of
from shared.failpoints import failpoint

log = structlog.get_logger("bus.relay")

BATCH: Final = 1000
POLL_SECONDS: Final = 0.05  # without a hint, for events committed by another replica or job
GATHER_SECONDS: Final = 0.01  # after a hint: a few commits share one round instead of one each
ACK_SECONDS: Final = 5.0  # no answer in this time means "unknown": publish again with the same id
PAUSE_SECONDS: Final = 0.5  # after a round in which something failed
LEADERSHIP_SECONDS: Final = 1.0
MEASURE_SECONDS: Final = 5.0
_LOCK: Final = 0x6F7574626F78  # "outbox"; advisory locks are per database, so services do not meet


class Relay:
    """Moves one service's outbox to its stream while it holds the lead among the service's replicas."""

    def __init__(self, service: str, database: Database, link: Link, stopping: asyncio.Event) -> None:
        self.service, self.stream = service, stream_of(service)
        self._database, self._link, self._stopping = database, link, stopping
        self._measured_at = 0.0
        self._gaps_reported: set[str] = set()

    async def run(self) -> None:
        """Publish until asked to stop; raises only when the database connection is lost."""
        while not self._stopping.is_set():
            async with self._database.pool.acquire() as conn:
                try:
                    if await conn.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                        await self._lead(conn)
                        return
                finally:
                    await _give_up_the_lead(conn)
            await self._idle(LEADERSHIP_SECONDS)

    async def _lead(self, conn: Connection) -> None:
        # The lock lives and dies with this connection, and every read and mark goes through it: a relay that lost
        # the lead cannot go on.
        log.info("relay leads", service=self.service)
        metrics.RELAY_LEADING.labels(self.service).set(1)
        backlog = Backlog(conn)
        try:
            await backlog.release_unknown()
            while not self._stopping.is_set() and not self._link.closed.is_set():
                await self._round(backlog)
        finally:
            metrics.RELAY_LEADING.labels(self.service).set(0)

    async def _round(self, backlog: Backlog) -> None:
        await self._measure(backlog)
        if not self._link.is_connected:
            await self._idle(POLL_SECONDS)
            return
        self._database.committed.clear()
        rows = await backlog.next_events(BATCH)
        if not rows:
            await self._next_hint()
            return
        messages = await self._without_refused(backlog, rows)
        failpoint("relay.before_publish")
        acknowledged = await self._publish_in_order(messages)
        failpoint("relay.after_publish")
        if acknowledged:
            await backlog.mark_published(acknowledged)
        failed = len(messages) - len(acknowledged)
        metrics.RELAY_PUBLISHED.labels(self.service).inc(len(acknowledged))
        metrics.RELAY_FAILED.labels(self.service).inc(failed)
        if failed:
            log.warning("events not acknowledged", service=self.service, failed=failed, reason=self._link.last_error)
            await self._idle(PAUSE_SECONDS)
        elif len(rows) < BATCH:
            await self._next_hint()

    async def _without_refused(self, backlog: Backlog, rows: Sequence[Any]) -> list[Any]:
        """Leave out events that must not be published, note why, and leave out what follows in their aggregates."""
        sound, blocked = [], set()
        for row in rows:
            if row["aggregate_id"] in blocked:
                continue
            self._report_gap(row)
            reason = _fault(row)
            if reason is None:
                sound.append(row)
                continue
            blocked.add(row["aggregate_id"])
            log.error("event cannot be published", service=self.service, position=row["position"], reason=reason)
            await backlog.refuse(row["position"], reason)
        return sound

    def _report_gap(self, row: Any) -> None:
        """Log once per event name that a version is missing; ordered consumers wait for it for ever."""
        if row["has_gap"] and row["event_name"] not in self._gaps_reported:
            self._gaps_reported.add(row["event_name"])
            log.error(
                "versions of an aggregate's events have a gap",
                service=self.service,
                event_name=row["event_name"],
                aggregate_id=str(row["aggregate_id"]),
                aggregate_version=row["aggregate_version"],
            )

    async def _publish_in_order(self, rows: Sequence[Any]) -> list[tuple[int, int]]:
        """Publish pass by pass: an event only after its aggregate's earlier one was acknowledged."""
        acknowledged: list[tuple[int, int]] = []
        stuck: set[UUID] = set()
        for _, members in groupby(rows, key=itemgetter("pass_number")):
            sent = [row for row in members if row["aggregate_id"] not in stuck]
            sequences = await self._publish(sent)
            for row, sequence in zip(sent, sequences, strict=True):
                if sequence is None:
                    stuck.add(row["aggregate_id"])
                else:
                    acknowledged.append((row["position"], sequence))
            if not self._link.is_connected:
                break
        return acknowledged

    async def _publish(self, rows: Iterable[Any]) -> list[int | None]:
        answers: list[asyncio.Future[PubAck] | None] = []
        for row in rows:
            answers.append(await self._send(row))
        waiting = [answer for answer in answers if answer is not None]
        self._link.awaited.update(waiting)
        if waiting:
            await asyncio.wait(waiting, timeout=ACK_SECONDS)
        self._link.awaited.difference_update(waiting)
        return [self._sequence(answer) for answer in answers]

    async def _send(self, row: Any) -> asyncio.Future[PubAck] | None:
        event = find_event(row["event_name"], row["schema_version"])
        assert event is not None  # _without_refused saw to it
        body = encode(
            event.event_type,
            event_id=row["event_id"],
            aggregate_id=row["aggregate_id"],
            aggregate_version=row["aggregate_version"],
            region_code=row["region_code"],
            occurred_at=row["occurred_at"],
            traceparent=row["traceparent"],
            data=row["data"],
        )
        subject = subject_of(event.event_type, row["region_code"])
        headers = {"Nats-Msg-Id": str(row["event_id"])}
        try:
            return await self._link.jetstream.publish_async(subject, body, stream=self.stream, headers=headers)
        except Exception as error:  # the row stays unpublished and is tried again
            self._link.last_error = f"{type(error).__name__}: {error}"
            return None

    def _sequence(self, answer: "asyncio.Future[PubAck] | None") -> int | None:
        if answer is None:
            return None
        if not answer.done():
            answer.cancel()
            return None
        if answer.cancelled():
            return None
        if (error := answer.exception()) is not None:
            self._link.last_error = f"{type(error).__name__}: {error}"
            return None
        return answer.result().seq

    async def _next_hint(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._database.committed.wait()
            await asyncio.sleep(GATHER_SECONDS)

    async def _idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _measure(self, backlog: Backlog) -> None:
        if time.monotonic() - self._measured_at < MEASURE_SECONDS:
            return
        waiting, oldest, refused = await backlog.measure()
        metrics.RELAY_BACKLOG.labels(self.service).set(waiting)
        metrics.RELAY_OLDEST.labels(self.service).set(oldest)
        metrics.RELAY_REFUSED.labels(self.service).set(refused)
        self._measured_at = time.monotonic()


async def _give_up_the_lead(conn: Connection) -> None:
    """Unlock, or close the connection, which unlocks as well: the pool must not get it back with the lock."""
    try:
        await conn.reset()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        conn.terminate()
    except asyncio.CancelledError:
        conn.terminate()
        raise


def _fault(row: Any) -> str | None:
    """Return why a row must not leave, or None; what is published is what the schema promises."""
    event = find_event(row["event_name"], row["schema_version"])
    if event is None:
        return f"unknown event {row['event_name']} v{row['schema_version']}"
    try:
        event.model_validate_json(row["data"])
    except ValidationError as error:
        return explained(error)
    return None
