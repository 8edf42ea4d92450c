"""Apply events: effect, inbox row and position in one transaction; the event at fault is found, retried, parked."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import structlog

from shared.bus import metrics
from shared.bus.faults import is_transient
from shared.bus.sequencing import Plan, passes_of, plan_ordered
from shared.db import Connection, Database
from shared.events.base import Event
from shared.events.envelope import UnreadableMessage, decode, decode_stored
from shared.events.received import Received
from shared.failpoints import failpoint
from shared.inbox import Subscription
from shared.logs import redacted, trace_id_of

log = structlog.get_logger("bus.consumer")

MAX_ATTEMPTS: Final = 12  # with the pauses below about two minutes: longer than any sibling event is late
FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 30.0
SWEEP_BATCH: Final = 500
REASON_CHARACTERS: Final = 500

_LOCK_POSITIONS: Final = """
WITH fresh AS (
  INSERT INTO inbox_position (consumer, aggregate_id, version)
  SELECT $1, aggregate_id, 0 FROM unnest($2::uuid[]) AS asked (aggregate_id) ORDER BY aggregate_id
  ON CONFLICT DO NOTHING RETURNING aggregate_id, version
), known AS (
  SELECT aggregate_id, version FROM inbox_position
  WHERE consumer = $1 AND aggregate_id = ANY ($2::uuid[]) ORDER BY aggregate_id FOR UPDATE
)
SELECT aggregate_id, version FROM fresh UNION ALL SELECT aggregate_id, version FROM known
"""
_WAITING: Final = """
SELECT body::text AS body, stream_sequence, retry_at IS NULL OR retry_at <= now() AS due
FROM inbox WHERE consumer = $1 AND state <> 'applied' AND aggregate_id = ANY ($2::uuid[])
"""
_NOTE_APPLIED: Final = """
INSERT INTO inbox (consumer, event_id, event_name, aggregate_id, aggregate_version, stream_sequence, state, applied_at)
SELECT $1, event_id, event_name, aggregate_id, aggregate_version, stream_sequence, 'applied', now()
FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::bigint[])
  AS done (event_id, event_name, aggregate_id, aggregate_version, stream_sequence)
ON CONFLICT (consumer, event_id) DO UPDATE
  SET state = 'applied', applied_at = now(), body = NULL, retry_at = NULL, failure = NULL
  WHERE inbox.state <> 'applied'
RETURNING event_id
"""
_NOTE_HELD: Final = """
INSERT INTO inbox (consumer, event_id, event_name, aggregate_id, aggregate_version, stream_sequence, state, body)
SELECT $1, event_id, event_name, aggregate_id, aggregate_version, stream_sequence, 'held', body::jsonb
FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::bigint[], $7::text[])
  AS early (event_id, event_name, aggregate_id, aggregate_version, stream_sequence, body)
ON CONFLICT (consumer, event_id) DO NOTHING
"""
_ADVANCE: Final = """
UPDATE inbox_position SET version = reached.version
FROM unnest($2::uuid[], $3::int[]) AS reached (aggregate_id, version)
WHERE inbox_position.consumer = $1 AND inbox_position.aggregate_id = reached.aggregate_id
"""
_KNOWN: Final = "SELECT event_id FROM inbox WHERE consumer = $1 AND event_id = ANY ($2::uuid[])"
_POSTPONE: Final = """
INSERT INTO inbox (consumer, event_id, event_name, aggregate_id, aggregate_version, stream_sequence,
                   state, body, attempts, failure, retry_at)
VALUES ($1, $2, $3, $4, $5, $6, 'retrying', $7::text::jsonb, 1, $8, now() + make_interval(secs => $9::float8))
ON CONFLICT (consumer, event_id) DO UPDATE
  SET state = 'retrying', attempts = inbox.attempts + 1, failure = excluded.failure,
      retry_at = now() + make_interval(secs => least($9::float8 * 2 ^ inbox.attempts, $10::float8))
  WHERE inbox.state <> 'applied'
RETURNING attempts
"""
_FORGET: Final = "DELETE FROM inbox WHERE consumer = $1 AND event_id = $2 AND state <> 'applied'"
_PARK: Final = """
INSERT INTO parked_message (consumer, stream_sequence, event_id, subject, reason, body, body_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (consumer, subject, body_digest) DO UPDATE
  SET reason = excluded.reason, parked_at = now(), replay_requested_at = NULL, replayed_at = NULL
"""
_DUE: Final = """
SELECT i.body::text AS body, i.stream_sequence
FROM inbox i LEFT JOIN inbox_position p USING (consumer, aggregate_id)
WHERE i.consumer = $1 AND i.state <> 'applied' AND (p.version IS NULL OR i.aggregate_version = p.version + 1)
  AND (i.retry_at IS NULL OR i.retry_at <= now())
ORDER BY i.stream_sequence LIMIT $2
"""
_TO_REPLAY: Final = """
SELECT id, stream_sequence, subject, body FROM parked_message
WHERE consumer = $1 AND replay_requested_at IS NOT NULL AND replayed_at IS NULL ORDER BY stream_sequence LIMIT $2
"""
_REPLAYED: Final = "UPDATE parked_message SET replayed_at = now() WHERE id = $1 AND replay_requested_at IS NOT NULL"
_STILL_UNREADABLE: Final = "UPDATE parked_message SET reason = $2, replay_requested_at = NULL WHERE id = $1"
_MEASURE: Final = """
SELECT (SELECT count(*) FROM inbox WHERE consumer = $1 AND state <> 'applied'),
       (SELECT extract(epoch FROM now() - min(received_at))::float8 FROM inbox
        WHERE consumer = $1 AND state <> 'applied'),
       (SELECT count(*) FROM parked_message WHERE consumer = $1 AND replayed_at IS NULL)
"""


class EventIdReused(RuntimeError):
    """An event id that was applied under another version came again as a new event."""


class PositionsMoved(OSError):
    """Another replica made an aggregate's position at the same instant; the transaction is simply tried again."""


@dataclass(frozen=True, slots=True)
class UnreadableDelivery:
    """A message that could not be decoded, with what is known about it."""

    subject: str
    body: bytes
    stream_sequence: int
    reason: str
    event_id: UUID | None


class Applier:
    """Applies one subscription's events to one service's database; needs no NATS."""

    def __init__(self, subscription: Subscription, database: Database) -> None:
        self.subscription, self.consumer = subscription, subscription.consumer
        self._database = database

    async def apply(self, batch: Sequence[Received[Event]], *, follow: bool = True) -> None:
        """Apply a batch once, however often it comes; return when every event is applied, held, retried or parked.

        `follow` also applies what waited for these events.

        Raises:
            Exception: only faults that pass (`faults.is_transient`) or that keep us from noting a failure.
        """
        if not batch:
            return
        try:
            plan = await self._database.run(partial(self._apply, batch=batch, follow=follow))
        except Exception as error:
            if is_transient(error):
                raise
            await self._narrow(batch, follow, error)
        else:
            self._count(plan)

    async def _narrow(self, batch: Sequence[Received[Event]], follow: bool, error: Exception) -> None:
        """Try again in halves, so that in the end only the event at fault is left out."""
        if len(batch) > 1:
            middle = len(batch) // 2
            await self.apply(batch[:middle], follow=follow)
            await self.apply(batch[middle:], follow=follow)
        elif follow and self._is_ordered(batch[0]):
            await self.apply(batch, follow=False)
        else:
            await self._postpone(batch[0], error)

    async def _apply(self, conn: Connection, *, batch: Sequence[Received[Event]], follow: bool) -> Plan:
        ordered = [event for event in batch if self._is_ordered(event)]
        unordered = [event for event in batch if not self._is_ordered(event)]
        plan = await self._apply_ordered(conn, ordered, follow) if ordered else Plan()
        if unordered:
            await self._apply_unordered(conn, unordered, plan)
        failpoint("consumer.before_commit")
        return plan

    def _is_ordered(self, event: Received[Event]) -> bool:
        return self.subscription.is_ordered(type(event.event))

    async def _apply_ordered(self, conn: Connection, batch: Sequence[Received[Event]], follow: bool) -> Plan:
        aggregate_ids = sorted({event.aggregate_id for event in batch})
        positions = await self._lock_positions(conn, aggregate_ids)
        waiting, due = await self._waiting(conn, aggregate_ids)
        plan = plan_ordered(positions, waiting, due if follow else set(), batch)
        await self._handle(conn, plan.passes)
        applied = [event for each_pass in plan.passes for event in each_pass]
        if applied:
            if len(await self._note_applied(conn, applied)) != len(applied):
                raise EventIdReused("an event id was applied before under another version")
            reached = plan.positions
            await conn.execute(_ADVANCE, self.consumer, list(reached), list(reached.values()))
        await self._hold(conn, plan.held)
        await self._park_misused_versions(conn, plan)
        return plan

    async def _apply_unordered(self, conn: Connection, batch: Sequence[Received[Event]], plan: Plan) -> None:
        by_id = {event.event_id: event for event in reversed(batch)}
        # In id order, so that two replicas with overlapping batches wait for each other instead of locking up.
        fresh = set(await self._note_applied(conn, sorted(by_id.values(), key=lambda event: event.event_id)))
        passes = passes_of(by_id[event_id] for event_id in _in_order(batch) if event_id in fresh)
        await self._handle(conn, passes)
        plan.passes.extend(passes)
        plan.repeated.extend(event for event in batch if event.event_id not in fresh)

    async def _handle(self, conn: Connection, passes: Iterable[Sequence[Received[Event]]]) -> None:
        for each_pass in passes:
            by_type: dict[type[Event], list[Received[Event]]] = {}
            for received in each_pass:
                by_type.setdefault(type(received.event), []).append(received)
            for event_type, handler in self.subscription.handlers.items():
                if group := by_type.get(event_type):
                    with structlog.contextvars.bound_contextvars(**_origin(self.consumer, group)):
                        await handler(conn, group)
                        log.info("events handled", type=event_type.event_type.name, count=len(group))

    async def _lock_positions(self, conn: Connection, aggregate_ids: Sequence[UUID]) -> dict[UUID, int]:
        rows = await conn.fetch(_LOCK_POSITIONS, self.consumer, aggregate_ids)
        if len(rows) < len(aggregate_ids):
            raise PositionsMoved("positions were created by another replica meanwhile")
        return {row["aggregate_id"]: row["version"] for row in rows}

    async def _waiting(
        self, conn: Connection, aggregate_ids: Sequence[UUID]
    ) -> tuple[list[Received[Event]], set[UUID]]:
        waiting, due = [], set()
        for row in await conn.fetch(_WAITING, self.consumer, aggregate_ids):
            event = self._restored(row)
            if event is not None:
                waiting.append(event)
                if row["due"]:
                    due.add(event.event_id)
        return waiting, due

    def _restored(self, row: Any) -> Received[Event] | None:
        try:
            return decode_stored(row["body"].encode(), row["stream_sequence"])
        except UnreadableMessage as error:  # code was rolled back; the event goes on waiting
            log.error("waiting event is unreadable", consumer=self.consumer, reason=error.reason)
            return None

    async def _note_applied(self, conn: Connection, events: Sequence[Received[Event]]) -> list[UUID]:
        rows = await conn.fetch(_NOTE_APPLIED, self.consumer, *_columns(events))
        return [row["event_id"] for row in rows]

    async def _hold(self, conn: Connection, events: Sequence[Received[Event]]) -> None:
        if events:
            await conn.execute(_NOTE_HELD, self.consumer, *_columns(events), [event.body.decode() for event in events])

    async def _park_misused_versions(self, conn: Connection, plan: Plan) -> None:
        """Park events whose version another event has: the producer's database may have gone back in time."""
        if not (plan.outdated or plan.conflicting):
            return
        ids = [event.event_id for event in plan.outdated]
        known = {row["event_id"] for row in await conn.fetch(_KNOWN, self.consumer, ids)}
        plan.repeated.extend(event for event in plan.outdated if event.event_id in known)
        for event in [*plan.conflicting, *(event for event in plan.outdated if event.event_id not in known)]:
            reason = f"version {event.aggregate_version} of {event.aggregate_id} came before with another event id"
            await self._park(conn, _delivery(event, reason))

    async def _postpone(self, event: Received[Event], error: Exception) -> None:
        reason = _clean(f"{type(error).__name__}: {error}")
        metrics.FAILED.labels(self.consumer).inc()
        with structlog.contextvars.bound_contextvars(**_origin(self.consumer, [event])):
            log.warning("event failed", event_id=str(event.event_id), subject=event.subject, reason=reason)
        await self._database.run(partial(self._note_failure, event=event, reason=reason))

    async def _note_failure(self, conn: Connection, *, event: Received[Event], reason: str) -> None:
        if self._is_ordered(event):
            positions = await self._lock_positions(conn, [event.aggregate_id])
            if positions[event.aggregate_id] >= event.aggregate_version:
                return  # another replica applied it meanwhile
        columns = [column[0] for column in _columns([event])]
        pauses = (FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        attempts = await conn.fetchval(_POSTPONE, self.consumer, *columns, event.body.decode(), reason, *pauses)
        if attempts is not None and attempts >= MAX_ATTEMPTS:
            await conn.execute(_FORGET, self.consumer, event.event_id)
            await self._park(conn, _delivery(event, f"failed {attempts} times: {reason}"))

    async def park(self, deliveries: Iterable[UnreadableDelivery]) -> None:
        """Keep messages that cannot be read, with the reason, for a person to look at and replay."""
        for delivery in deliveries:
            await self._database.run(partial(self._park, delivery=delivery))

    async def _park(self, conn: Connection, delivery: UnreadableDelivery) -> None:
        metrics.PARKED.labels(self.consumer).inc()
        log.error("message parked", consumer=self.consumer, subject=delivery.subject, reason=delivery.reason,
                  stream_sequence=delivery.stream_sequence)  # fmt: skip
        digest = sha256(delivery.body).hexdigest()
        place = (self.consumer, delivery.stream_sequence, delivery.event_id, delivery.subject)
        await conn.execute(_PARK, *place, delivery.reason, delivery.body, digest)

    async def sweep(self) -> int:
        """Try what waits and is due, replay what a person asked for; return how many were tried."""
        async with self._database.connection() as conn:
            waiting = await conn.fetch(_DUE, self.consumer, SWEEP_BATCH)
            parked = await conn.fetch(_TO_REPLAY, self.consumer, SWEEP_BATCH)
        events = [event for row in waiting if (event := self._restored(row)) is not None]
        await self.apply(events)
        for row in parked:
            await self._replay(row)
        return len(events) + len(parked)

    async def _replay(self, row: Any) -> None:
        try:
            event = decode(row["subject"], row["body"], row["stream_sequence"])
        except UnreadableMessage as error:
            log.error("parked message is still unreadable", consumer=self.consumer, reason=error.reason)
            async with self._database.connection() as conn:
                await conn.execute(_STILL_UNREADABLE, row["id"], error.reason)
            return
        await self.apply([event])
        async with self._database.connection() as conn:
            await conn.execute(_REPLAYED, row["id"])

    async def measure(self) -> None:
        """Set the gauges of what waits and what is parked."""
        async with self._database.connection() as conn:
            waiting, oldest, parked = await conn.fetchrow(_MEASURE, self.consumer)
        metrics.WAITING.labels(self.consumer).set(waiting)
        metrics.WAITING_OLDEST.labels(self.consumer).set(oldest or 0)
        metrics.PARKED_OPEN.labels(self.consumer).set(parked)

    def _count(self, plan: Plan) -> None:
        lag, now, applied = metrics.LAG.labels(self.consumer), time.time(), 0
        for each_pass in plan.passes:
            applied += len(each_pass)
            for event in each_pass:
                lag.observe(now - event.occurred_at.timestamp())
        metrics.APPLIED.labels(self.consumer).inc(applied)
        metrics.HELD.labels(self.consumer).inc(len(plan.held))
        metrics.DUPLICATES.labels(self.consumer).inc(len(plan.repeated))


def _columns(events: Sequence[Received[Event]]) -> tuple[list[Any], ...]:
    return (
        [event.event_id for event in events],
        [event.event.event_type.name for event in events],
        [event.aggregate_id for event in events],
        [event.aggregate_version for event in events],
        [event.stream_sequence for event in events],
    )


def _in_order(batch: Iterable[Received[Event]]) -> Iterable[UUID]:
    return dict.fromkeys(event.event_id for event in batch)


def _delivery(event: Received[Event], reason: str) -> UnreadableDelivery:
    return UnreadableDelivery(event.subject, event.body, event.stream_sequence, reason, event.event_id)


def _clean(reason: str) -> str:
    return redacted(reason.replace("\0", ""))[:REASON_CHARACTERS]


def _origin(consumer: str, group: Sequence[Received[Event]]) -> dict[str, str]:
    """Return the log context of a group: its trace when all come from one request, else only the consumer."""
    parents = {received.traceparent for received in group}
    trace_id = trace_id_of(parents.pop()) if len(parents) == 1 else None
    return {"consumer": consumer, "trace_id": trace_id} if trace_id else {"consumer": consumer}
