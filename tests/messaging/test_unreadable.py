"""Messages nobody can handle are parked with their reason, and everything else flows on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from shared.bus.operations import list_parked, request_replay
from shared.db import Database
from shared.events import base
from shared.events.base import Event
from shared.events.envelope import UnreadableMessage, decode
from tests.messaging.conftest import Nats
from tests.messaging.events import COUNTY, arrived, count, effects, message, subscription, until

FUTURE = f"lending.counter-advanced.v9.{COUNTY[:2]}.{COUNTY[2:4]}.{COUNTY[4:]}"


def changed(body: bytes, **attributes: Any) -> bytes:
    """Return the body with other attributes."""
    return orjson.dumps(orjson.loads(body) | attributes)


def with_data(body: bytes, **fields: Any) -> bytes:
    """Return the body with other fields in the event."""
    data = orjson.loads(body)["data"] | fields
    return changed(body, data=data)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "not JSON": lambda body: b"{",
    "empty": lambda body: b"",
    "not an object": lambda body: b"[]",
    "not UTF-8": lambda body: b"\xff\xfe",
    "a NUL in a text": lambda body: body.replace(b'"/lending"', b'"/lend\\u0000ing"'),
    "an amount as a number": lambda body: with_data(body, amount=1.0),
    "an amount with three decimals": lambda body: with_data(body, amount="1.001"),
    "a step as text": lambda body: with_data(body, step="1"),
    "no aggregate": lambda body: changed(body, subject=None),
    "version zero": lambda body: changed(body, aggregateversion=0),
    "a version beyond the column": lambda body: changed(body, aggregateversion=2**40),
    "another owner": lambda body: changed(body, source="/registry"),
    "another type": lambda body: changed(body, type="counter-closed"),
    "another schema version": lambda body: changed(body, schemaversion=2),
    "another region": lambda body: changed(body, region="510000"),
    "no time zone": lambda body: changed(body, time="2023-03-21T00:00:00"),
    "another CloudEvents version": lambda body: changed(body, specversion="0.3"),
}


@pytest.mark.parametrize("fault", BROKEN, ids=str)
def test_refuses_a_broken_message(fault: str) -> None:
    subject, body = message(uuid4(), 1)
    with pytest.raises(UnreadableMessage):
        decode(subject, BROKEN[fault](body), 1)


@pytest.mark.parametrize(
    "subject", ["lending", "lending.unknown.v1.50.02.36", FUTURE, "registry.counter-advanced.v1.50.02.36",
                "lending.counter-advanced.vx.50.02.36", "lending.counter-advanced.v1.50.02.37"]
)  # fmt: skip
def test_refuses_a_message_on_a_subject_it_does_not_belong_on(subject: str) -> None:
    with pytest.raises(UnreadableMessage):
        decode(subject, message(uuid4(), 1)[1], 1)


def test_ignores_fields_that_a_newer_producer_added() -> None:
    subject, body = message(uuid4(), 1)
    assert decode(subject, with_data(changed(body, tenant="x"), added_later=True), 1).aggregate_version == 1


def test_a_reason_never_repeats_a_value() -> None:
    subject, body = message(uuid4(), 1)
    with pytest.raises(UnreadableMessage) as refused:
        decode(subject, with_data(body, counter_id="500236198001011234"), 1)
    assert "500236198001011234" not in refused.value.reason


async def test_broken_messages_are_parked_and_the_rest_flows(nats: Nats, riskfund: Database) -> None:
    async with nats.link("lending") as link, nats.bus("riskfund", riskfund, subscription()):
        subject, body = message(uuid4(), 1)
        for broken in (b"{", BROKEN["an amount as a number"](body)):
            await link.jetstream.publish(subject, broken)
        await link.jetstream.publish(subject, body)
        await until(lambda: arrived(riskfund, 1))
        await until(lambda: _all_acknowledged(nats))
    async with riskfund.connection() as conn:
        parked = await list_parked(conn)
    assert [row["event_id"] is None for row in parked] == [True, False]
    assert "amount" in parked[1]["reason"]


async def _all_acknowledged(nats: Nats) -> bool:
    async with nats.link("riskfund") as link:
        info = await link.client.jsm().consumer_info("LENDING", "riskfund-lending")
    return bool(info.num_ack_pending == 0 and info.num_pending == 0)


async def test_an_unknown_version_is_parked_and_replayed_after_the_upgrade(nats: Nats, riskfund: Database) -> None:
    counter = uuid4()
    async with nats.link("lending") as link, nats.bus("riskfund", riskfund, subscription()):
        _, body = message(counter, 1)
        await link.jetstream.publish(
            FUTURE, changed(body, schemaversion=9, dataschema="/events/counter-advanced.v9.json")
        )
        await link.jetstream.publish(*message(counter, 2))
        await until(lambda: _is(riskfund, "parked_message WHERE reason LIKE 'unknown event counter-advanced v9%'", 1))
        await until(lambda: _is(riskfund, "inbox WHERE state = 'held'", 1))
        assert await effects(riskfund) == {}

        upgraded = _upgrade()
        try:
            async with riskfund.transaction() as conn:
                assert await request_replay(conn) == 1
            await until(lambda: arrived(riskfund, 1))
            await until(lambda: _is(riskfund, "parked_message WHERE replayed_at IS NOT NULL", 1))
        finally:
            base._catalogue.pop((upgraded.event_type.name, upgraded.event_type.version))
    assert await effects(riskfund) == {counter: [2]}  # the new version has no handler here, its follower has
    assert await count(riskfund, "inbox WHERE state = 'applied'") == 2


def _upgrade() -> type[Event]:
    class CounterAdvanced9(Event, owner="lending", name="counter-advanced", version=9, aggregate="counter"):
        """The next version of the event."""

        counter_id: UUID

    return CounterAdvanced9


async def _is(database: Database, table: str, expected: int) -> bool:
    return await count(database, table) == expected


async def test_a_replayed_message_that_is_still_unreadable_stays_parked(nats: Nats, riskfund: Database) -> None:
    async with nats.link("lending") as link, nats.bus("riskfund", riskfund, subscription()):
        await link.jetstream.publish(message(uuid4(), 1)[0], b"{")
        await until(lambda: _is(riskfund, "parked_message", 1))
        async with riskfund.transaction() as conn:
            await request_replay(conn, consumer="riskfund-lending")
        await until(lambda: _is(riskfund, "parked_message WHERE replay_requested_at IS NULL", 1))
    assert await count(riskfund, "parked_message WHERE replayed_at IS NULL") == 1
