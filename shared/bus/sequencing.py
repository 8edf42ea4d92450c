"""Decide what of a batch can be applied now, in which order, and what has to wait: pure, no database, no NATS."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.events.base import Event
from shared.events.received import Received


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a batch, and the position that each aggregate has afterwards."""

    passes: list[list[Received[Event]]] = field(default_factory=list)
    held: list[Received[Event]] = field(default_factory=list)
    repeated: list[Received[Event]] = field(default_factory=list)
    outdated: list[Received[Event]] = field(default_factory=list)
    conflicting: list[Received[Event]] = field(default_factory=list)
    positions: dict[UUID, int] = field(default_factory=dict)


def plan_ordered(
    positions: Mapping[UUID, int],
    waiting: Iterable[Received[Event]],
    due: set[UUID],
    incoming: Sequence[Received[Event]],
) -> Plan:
    """Return the plan that applies each aggregate's events by version without a gap.

    `positions` holds the last applied version of each aggregate, `waiting` what the inbox holds for them, `due` the
    event ids among these that may be tried now. An incoming event that already waits is tried now.
    `outdated` events have a version that was applied: repeats, or a second event with a used version.
    """
    plan = Plan()
    queues: dict[UUID, dict[int, Received[Event]]] = {aggregate_id: {} for aggregate_id in positions}
    stored = {event.event_id for event in waiting}
    ready = set(due)
    for event in waiting:
        queues[event.aggregate_id][event.aggregate_version] = event
    for event in incoming:
        _place(plan, event, positions[event.aggregate_id], queues[event.aggregate_id], stored, ready)
    for aggregate_id, queue in queues.items():
        _run(plan, aggregate_id, positions[aggregate_id], queue, stored, ready)
    return plan


def _place(
    plan: Plan,
    event: Received[Event],
    position: int,
    queue: dict[int, Received[Event]],
    stored: set[UUID],
    ready: set[UUID],
) -> None:
    queued = queue.get(event.aggregate_version)
    if event.aggregate_version <= position:
        plan.outdated.append(event)
    elif queued is None:
        queue[event.aggregate_version] = event
        ready.add(event.event_id)
    elif queued.event_id != event.event_id:
        plan.conflicting.append(event)
    elif event.event_id in stored:
        ready.add(event.event_id)
    else:
        plan.repeated.append(event)


def _run(
    plan: Plan,
    aggregate_id: UUID,
    position: int,
    queue: dict[int, Received[Event]],
    stored: set[UUID],
    ready: set[UUID],
) -> None:
    depth = 0
    while (event := queue.get(position + 1)) is not None and event.event_id in ready:
        if depth == len(plan.passes):
            plan.passes.append([])
        plan.passes[depth].append(event)
        depth, position = depth + 1, position + 1
    if depth:
        plan.positions[aggregate_id] = position
    plan.held.extend(event for version, event in queue.items() if version > position and event.event_id not in stored)


def passes_of(events: Iterable[Received[Event]]) -> list[list[Received[Event]]]:
    """Split events in the order they came so that each part has at most one of an aggregate."""
    passes: list[list[Received[Event]]] = []
    depths: dict[UUID, int] = {}
    for event in events:
        depth = depths.get(event.aggregate_id, 0)
        depths[event.aggregate_id] = depth + 1
        if depth == len(passes):
            passes.append([])
        passes[depth].append(event)
    return passes
