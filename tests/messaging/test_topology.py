"""NATS is set up by code, read back, and lets nobody do more than the table says."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import pytest
from nats import errors as nats_errors
from nats.js.api import ConsumerConfig, DiscardPolicy
from nats.js.client import JetStreamContext

from shared.bus.provisioning import ConfigurationDrift, NotProvisioned, verify
from shared.bus.service_bus import UnknownConsumer
from shared.bus.topology import CONSUMERS, ConsumerSpec, consumer_config, stream_config
from shared.db import Database
from shared.inbox import Subscription, WrongSubscription
from tests.messaging.conftest import Nats
from tests.messaging.events import CounterAdvanced, advance, count, message, note_steps, subscription, until
from tests.messaging.reading import messages


async def test_provisioning_twice_changes_nothing(nats: Nats) -> None:
    assert await nats.provision() == []
    async with nats.link("riskfund") as link:
        await verify(link, "riskfund", replicas=1)


Tamper = Callable[[JetStreamContext], Awaitable[object]]
STREAM = stream_config("lending", 1)
CONSUMER = consumer_config(ConsumerSpec("riskfund", "lending"), 1)


def _stream(**changes: object) -> Tamper:
    return lambda js: js.update_stream(STREAM.evolve(**changes))


def _consumer(**changes: object) -> Tamper:
    return lambda js: js.add_consumer("LENDING", CONSUMER.evolve(**changes))


async def _recreated(js: JetStreamContext) -> None:
    await js.delete_consumer("LENDING", "riskfund-lending")
    await js.add_consumer("LENDING", ConsumerConfig(durable_name="riskfund-lending"))


DRIFTS: dict[str, tuple[str, Tamper]] = {
    "a short window against duplicates": ("duplicate_window", _stream(duplicate_window=1)),
    "a short age": ("max_age", _stream(max_age=90_000)),
    "throwing old messages away": ("discard", _stream(discard=DiscardPolicy.OLD)),
    "a limit of messages": ("max_msgs", _stream(max_msgs=1000)),
    "a limit of bytes": ("max_bytes", _stream(max_bytes=1000)),
    "larger messages": ("max_msg_size", _stream(max_msg_size=1_000_000)),
    "other subjects": ("subjects", _stream(subjects=["lending.>", "else.>"])),
    "direct reading from replicas": ("allow_direct", _stream(allow_direct=True)),
    "another filter": ("filter_subject", _consumer(filter_subject="lending.loan-disbursed.>")),
    "a bounded number of deliveries": ("max_deliver", _consumer(max_deliver=5)),
    "a short time to acknowledge": ("ack_wait", _consumer(ack_wait=1)),
    "a consumer made anew by hand": ("ack_wait", _recreated),
}


@pytest.mark.parametrize("drift", DRIFTS, ids=str)
async def test_refuses_to_start_on_drift_and_names_the_field(nats: Nats, riskfund: Database, drift: str) -> None:
    field, tamper = DRIFTS[drift]
    async with nats.link("provisioner") as link:
        await tamper(link.jetstream)
    with pytest.raises(ConfigurationDrift, match=field):
        async with nats.bus("riskfund", riskfund, subscription()):
            pass
    if drift != "a consumer made anew by hand":
        done = await nats.provision()
        assert len(done) == 1
        assert field in done[0]


async def test_drift_while_running_makes_the_service_unready(
    nats: Nats, riskfund: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.service_bus.CHECK_SECONDS", 0.1)
    async with nats.bus("riskfund", riskfund, subscription()) as bus:
        assert bus.ready()
        async with nats.link("provisioner") as link:
            await _stream(max_age=90_000)(link.jetstream)
        await until(lambda: _says(bus.state, "max_age"))
        assert not bus.ready()
        await nats.provision()
        await until(lambda: _says(bus.state, "ok"))


async def test_a_service_without_an_outbox_needs_no_relay(nats: Nats, lending: Database) -> None:
    await lending.pool.execute("DROP TABLE outbox")
    async with nats.bus("gateway", lending) as bus:
        await until(lambda: _says(bus.state, "ok"))
        assert bus.ready()
        assert "relay" not in bus.state()


async def _says(state: Callable[[], dict[str, str]], text: str) -> bool:
    return text in state()["topology"]


async def test_waits_for_streams_that_are_not_there_yet(nats: Nats, lending: Database) -> None:
    async with nats.link("provisioner") as link:
        await link.client.jsm().delete_stream("LENDING")
        with pytest.raises(NotProvisioned, match="LENDING"):
            await verify(link, "lending", replicas=1)
    async with nats.bus("lending", lending) as bus:
        assert "provision" in bus.state()["topology"]
        async with lending.transaction() as conn:
            await advance(conn, uuid4())
        await nats.provision()
        await until(lambda: _published(lending))


async def _published(database: Database) -> bool:
    return await count(database, "outbox WHERE published_at IS NULL") == 0


async def _is_refused(nats: Nats, user: str, subject: str, body: bytes = b"{}") -> bool:
    """Return whether the server refuses a publication; the request itself only times out."""
    async with nats.link(user) as link:
        with suppress(nats_errors.TimeoutError, nats_errors.NoRespondersError):
            await link.client.request(subject, body, timeout=0.5)
        return "permissions violation" in link.last_error.lower() and subject.lower() in link.last_error.lower()


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("riskfund", message(uuid4(), 1)[0]),
        ("gateway", "lending.loan-disbursed.v1.50.02.36"),
        ("gateway", "$JS.API.CONSUMER.MSG.NEXT.REGISTRY.lending-registry"),
        ("gateway", "$JS.API.CONSUMER.DURABLE.CREATE.REGISTRY.gateway-registry"),
        ("reader", "lending.loan-disbursed.v1.50.02.36"),
        ("provisioner", "lending.loan-disbursed.v1.50.02.36"),
        ("lending", "$JS.API.STREAM.CREATE.LENDING"),
        ("lending", "$JS.API.STREAM.DELETE.LENDING"),
        ("lending", "$JS.API.CONSUMER.CREATE.LENDING.mine"),
        ("lending", "$JS.API.CONSUMER.DURABLE.CREATE.REGISTRY.lending-registry"),
        ("lending", "$JS.API.CONSUMER.MSG.NEXT.LENDING.riskfund-lending"),
        ("lending", "$JS.ACK.LENDING.riskfund-lending.1.1.1.1.0"),
        ("lending", "$JS.API.STREAM.MSG.GET.RISKFUND"),
        ("reader", "$JS.API.CONSUMER.MSG.NEXT.LENDING.riskfund-lending"),
        ("reader", "$JS.API.CONSUMER.DELETE.LENDING.riskfund-lending"),
        ("reader", "$JS.API.STREAM.PURGE.LENDING"),
    ],
)
async def test_refuses_what_a_user_may_not_do(nats: Nats, user: str, subject: str) -> None:
    assert await _is_refused(nats, user, subject)


async def test_refuses_to_listen_to_another_users_answers(nats: Nats) -> None:
    async with nats.link("lending") as link:
        await link.client.subscribe("_INBOX_riskfund.>")
        await link.client.flush()
        await until(lambda: _violated(link.last_error))
        assert await _violated(link.last_error)


async def _violated(error: str) -> bool:
    return "permissions violation" in error.lower()


async def test_the_reader_sees_a_whole_stream_and_moves_nothing(nats: Nats, lending: Database) -> None:
    async with nats.bus("lending", lending):
        for _ in range(7):
            async with lending.transaction() as conn:
                await advance(conn, uuid4())
        await until(lambda: _published(lending))
    async with nats.link("reader") as link:
        for _ in range(2):
            found = [stored.stream_sequence async for stored in messages(link, "lending")]
            assert found == list(range(1, 8))
        assert [stored async for stored in messages(link, "subsidy")] == []
        info = await link.client.jsm().consumer_info("LENDING", "riskfund-lending")
        assert info.num_pending == 7


def test_every_service_reads_whole_streams_of_others() -> None:
    assert all(spec.filter_subjects == (f"{spec.owner}.>",) and spec.owner != spec.service for spec in CONSUMERS)


async def test_refuses_a_subscription_without_a_durable_consumer(nats: Nats, lending: Database) -> None:
    with pytest.raises(UnknownConsumer):
        nats.bus("subsidy", lending, subscription(service="riskfund"))
    with pytest.raises(WrongSubscription):
        Subscription("riskfund", "registry", {CounterAdvanced: note_steps})
