"""Whatever order and however often events come, the result is that of each once in order."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import applier as applier_module
from shared.bus.applier import Applier
from shared.bus.sequencing import plan_ordered
from shared.db import Database
from shared.events.base import Event
from shared.events.received import Received
from shared.inbox import Subscription
from tests.messaging.events import CounterAdvanced, count, effects, note_steps, received, subscription

A, B = uuid4(), uuid4()
EVENTS = [received(counter, step, sequence) for sequence, (counter, step) in enumerate(
    [(A, 1), (B, 1), (A, 2), (A, 3), (B, 2), (A, 4)], start=1)]  # fmt: skip
TOTALS = {A: 4, B: 2}


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[Received[Event]]]:
    """Draw every event one to three times, in any order, cut into any batches."""
    copies = [event for event in EVENTS for _ in range(draw(st.integers(1, 3)))]
    shuffled = draw(st.permutations(copies))
    batches: list[list[Received[Event]]] = [[]]
    for event in shuffled:
        if draw(st.booleans()):
            batches.append([])
        batches[-1].append(event)
    return batches


@given(deliveries())
def test_any_order_and_repetition_gives_the_result_of_each_once_in_order(batches: list[list[Received[Event]]]) -> None:
    positions: dict[UUID, int] = dict.fromkeys(TOTALS, 0)
    waiting: dict[UUID, Received[Event]] = {}
    applied: list[Received[Event]] = []
    for batch in batches:
        here = {event.aggregate_id: positions[event.aggregate_id] for event in batch}
        kept = [event for event in waiting.values() if event.aggregate_id in here]
        plan = plan_ordered(here, kept, {event.event_id for event in kept}, batch)
        done = [event for each_pass in plan.passes for event in each_pass]
        applied += done
        positions.update(plan.positions)
        waiting = {event.event_id: event for event in [*waiting.values(), *plan.held] if event not in done}
        assert not plan.conflicting
    for counter, total in TOTALS.items():
        steps = [event.aggregate_version for event in applied if event.aggregate_id == counter]
        assert steps == list(range(1, total + 1))
    assert not waiting


def test_a_second_event_with_a_used_version_is_never_run() -> None:
    first, second = received(A, 1), received(A, 1)
    plan = plan_ordered({A: 0}, [], set(), [first, second])
    assert plan.passes == [[first]]
    assert plan.conflicting == [second]
    late = plan_ordered({A: 1}, [], set(), [second])
    assert late.outdated == [second]
    assert not late.passes


async def test_the_database_gives_the_same_result_for_repeated_and_reversed_batches(riskfund: Database) -> None:
    work = Applier(subscription(), riskfund)
    for batch in ([EVENTS[5], EVENTS[3]], [EVENTS[2]], list(reversed(EVENTS)), EVENTS, [EVENTS[0]]):
        await work.apply(batch)
    assert await effects(riskfund) == {A: [1, 2, 3, 4], B: [1, 2]}
    assert await count(riskfund, "inbox WHERE state = 'applied'") == 6


async def test_a_reused_version_is_parked_because_the_producer_went_back_in_time(riskfund: Database) -> None:
    work = Applier(subscription(), riskfund)
    await work.apply([received(A, 1)])
    await work.apply([received(A, 1)])
    assert await effects(riskfund) == {A: [1]}
    assert await count(riskfund, "parked_message WHERE reason LIKE 'version 1 of%'") == 1


@pytest.mark.parametrize("ordered", [True, False])
async def test_only_the_event_at_fault_waits_and_it_is_parked_in_the_end(
    riskfund: Database, monkeypatch: pytest.MonkeyPatch, ordered: bool
) -> None:
    monkeypatch.setattr(applier_module, "MAX_ATTEMPTS", 3)
    monkeypatch.setattr(applier_module, "FIRST_PAUSE_SECONDS", 0.0)
    work = Applier(subscription(ordered), riskfund)
    async with riskfund.transaction() as conn:
        await conn.execute("INSERT INTO poisoned VALUES ($1, 2)", A)
    crowd = [received(uuid4(), 1) for _ in range(30)]
    await work.apply([*EVENTS[:4], *crowd, *EVENTS[4:]])
    others = {B: [1, 2], **{event.aggregate_id: [1] for event in crowd}}
    behind = [] if ordered else [3, 4]
    assert await effects(riskfund) == {A: [1, *behind], **others}
    assert await count(riskfund, "inbox WHERE state = 'held'") == (2 if ordered else 0)
    for _ in range(3):
        await work.sweep()
    assert await count(riskfund, "parked_message WHERE reason LIKE 'failed 3 times: ValueError: 1 poisoned'") == 1
    assert await count(riskfund, "inbox WHERE state = 'retrying'") == 0
    async with riskfund.transaction() as conn:
        await conn.execute("DELETE FROM poisoned")
        await conn.execute("UPDATE parked_message SET replay_requested_at = now()")
    await work.sweep()
    assert (await effects(riskfund))[A] == ([1, 2, 3, 4] if ordered else [1, 3, 4, 2])
    assert await count(riskfund, "parked_message WHERE replayed_at IS NOT NULL") == 1
    assert await count(riskfund, "inbox WHERE state <> 'applied'") == 0


async def test_aggregates_of_types_that_are_not_ordered_may_have_gaps(riskfund: Database) -> None:
    work = Applier(Subscription("riskfund", "lending", {CounterAdvanced: note_steps}, ordered={"loan"}), riskfund)
    await work.apply([received(A, 5), received(A, 9), received(B, 3)])
    assert await effects(riskfund) == {A: [5, 9], B: [3]}
    mixed = Subscription("riskfund", "lending", {CounterAdvanced: note_steps}, ordered={"counter", "loan"})
    await Applier(mixed, riskfund).apply([received(uuid4(), 2)])
    assert await count(riskfund, "inbox WHERE state = 'held'") == 1


async def test_a_failed_event_is_tried_again_and_takes_its_followers_along(
    riskfund: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applier_module, "FIRST_PAUSE_SECONDS", 0.0)
    work = Applier(subscription(), riskfund)
    async with riskfund.transaction() as conn:
        await conn.execute("INSERT INTO poisoned VALUES ($1, 1)", A)
    await work.apply(EVENTS)
    assert await effects(riskfund) == {B: [1, 2]}
    async with riskfund.transaction() as conn:
        await conn.execute("DELETE FROM poisoned")
    await work.sweep()
    assert (await effects(riskfund))[A] == [1, 2, 3, 4]
    assert CounterAdvanced.event_type.owner == "lending"
