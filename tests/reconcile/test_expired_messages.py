"""Messages that reached their stream's age limit are no difference; an event that is really lost still is."""

import asyncio
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.embedded.folders import scratch_folder
from deploy.embedded.nats import NatsServer
from shared.bus.connection import Link, NatsAccess, connected
from shared.bus.provisioning import provision
from shared.bus.topology import server_permissions, stream_config, stream_of
from tests.messaging.events import until
from tests.reconcile.county import County, read
from tools.reconcile import Nats, run
from tools.reconcile import __main__ as command
from tools.reconcile.program import check_world
from tools.reconcile.streams import Stream, described, read_messages
from tools.reconcile.streams import connected as connected_reader

pytestmark = pytest.mark.timeout(300)

WHOLLY = ("registry", "riskfund")  # of lending a part is left, the others keep everything


@contextmanager
def nats_server(store: Path | None = None) -> Iterator[tuple[NatsServer, dict[str, str]]]:
    """Run a NATS server, on a copy of a store or on none, and lend it with its users' passwords."""
    permissions = server_permissions()
    passwords = {user: secrets.token_hex(8) for user in permissions}
    with scratch_folder() as folder:
        if store is not None:
            shutil.copytree(store, folder / "nats" / "store")
        server = NatsServer(folder / "nats", permissions, passwords)
        server.start()
        try:
            yield server, passwords
        finally:
            server.stop()


@pytest.fixture(scope="module")
def aged(county: County, lived_through: Path) -> Iterator[County]:
    """Lend the county after messages reached the age limit, on a copy of its streams: other tests keep theirs."""
    with nats_server(lived_through / "nats" / "store") as (server, passwords):
        asyncio.run(_age_out(NatsAccess(server.url, "provisioner", passwords["provisioner"])))
        reader = Nats(server.url, "reader", passwords["reader"])
        streams, retelling = asyncio.run(read(reader))
        yield County(county.env, streams, retelling, reader)


async def _age_out(access: NatsAccess) -> None:
    async with connected(access, access.user) as link:
        for owner in WHOLLY:
            await _age_out_of_stream(link, owner, 1.0)
        await _age_out_of_stream(link, "lending", 0.4)


async def _age_out_of_stream(link: Link, owner: str, share: float) -> None:
    """Lower the age limit until that share of the messages has left the stream, then set it back."""
    manager, name = link.client.jsm(), stream_of(owner)
    wanted = stream_config(owner, replicas=1)
    last_to_go = max(1, round((await manager.stream_info(name)).state.last_seq * share))
    published_at = (await manager.get_msg(name, last_to_go)).time
    assert published_at is not None
    age = max(0.1, (datetime.now(UTC) - published_at).total_seconds())  # the server takes no shorter one
    await manager.update_stream(wanted.evolve(max_age=age, duplicate_window=min(age, 60.0)))
    await until(lambda: _has_left(link, name, last_to_go))
    await manager.update_stream(wanted)


async def _has_left(link: Link, name: str, sequence: int) -> bool:
    return bool((await link.client.jsm().stream_info(name)).state.first_seq > sequence)


async def test_messages_that_have_left_by_age_are_no_difference(aged: County) -> None:
    assert [aged.streams[owner].count for owner in WHOLLY] == [0, 0]
    lending = aged.streams["lending"]
    assert 1 < lending.first <= lending.last
    report = await run(command.database_urls(aged.env), aged.reader)
    assert report.is_green, report.to_json()
    (x1a,) = [result for result in report.results if result.id == "X1a"]
    assert any(f"{lending.first - 1} events of lending have left" in note for note in x1a.findings.notes)


async def test_every_event_is_still_compared(county: County, aged: County) -> None:
    for check in ("X1b", "X5", "X7"):
        async with county.with_fault("lending") as whole, aged.with_fault("lending") as rest:
            ((before,), (after,)) = await check_world(whole, [check]), await check_world(rest, [check])
        assert before.findings.compared == after.findings.compared > 0


A_LOAN_PAID_OUT = """
(SELECT event_id FROM outbox WHERE stream_sequence < {first} AND event_name = 'loan-disbursed' LIMIT 1)
"""
NEVER_APPLIED = """
DELETE FROM inbox WHERE event_id = (
  SELECT event_id FROM inbox WHERE consumer = 'riskfund-lending' AND stream_sequence < {first} LIMIT 1)
"""
DELETED = f"DELETE FROM outbox WHERE event_id = {A_LOAN_PAID_OUT}"
ALTERED = f"""
UPDATE outbox SET data = jsonb_set(data, '{{{{principal}}}}', '"1.00"') WHERE event_id = {A_LOAN_PAID_OUT}
"""
NOT_PUBLISHED = f"UPDATE outbox SET published_at = NULL, stream_sequence = NULL WHERE event_id = {A_LOAN_PAID_OUT}"


@pytest.mark.parametrize(
    ("check", "service", "statement"),
    [
        pytest.param("X1b", "riskfund", NEVER_APPLIED, id="never applied"),
        pytest.param("X1b", "lending", DELETED, id="applied, but not recorded"),
        pytest.param("X5", "lending", DELETED, id="version missing"),
        pytest.param("X7", "lending", ALTERED, id="recorded otherwise"),
        pytest.param("X1a", "lending", NOT_PUBLISHED, id="not published"),
    ],
)
async def test_a_lost_event_among_those_that_have_left_is_seen(
    aged: County, check: str, service: str, statement: str
) -> None:
    async with aged.with_fault(service, statement.format(first=aged.streams["lending"].first)) as world:
        results = await check_world(world, [check])
    assert [result.id for result in results if result.findings.differing] == [check]


def _lose_one(streams: dict[str, Stream]) -> None:
    lending = streams["lending"]
    lost = lending.messages.pop(1)
    lending.event_ids.discard(lost.event_id)


def _begin_anew(streams: dict[str, Stream]) -> None:
    lending = streams["lending"]
    lending.messages.clear()
    lending.event_ids.clear()
    lending.first = lending.last = lending.count = 0


@pytest.mark.parametrize(
    ("check", "alter"),
    [("X1a", _lose_one), ("X6", _lose_one), ("X1a", _begin_anew)],
    ids=["message gone", "message not read", "stream lost and made again"],
)
async def test_a_lost_message_among_those_that_are_left_is_seen(
    aged: County, check: str, alter: Callable[[dict[str, Stream]], None]
) -> None:
    async with aged.with_fault("lending", alter=alter) as world:
        results = await check_world(world, [check])
    assert [result.id for result in results if result.findings.differing] == [check]


async def test_messages_that_reach_the_age_limit_while_they_are_read_stop_nothing() -> None:
    with nats_server() as (server, passwords):
        provisioner = NatsAccess(server.url, "provisioner", passwords["provisioner"])
        async with connected(provisioner, provisioner.user) as link:
            await provision(link, replicas=1)
        async with connected(NatsAccess(server.url, "lending", passwords["lending"]), "lending") as link:
            for number in range(20):
                await asyncio.sleep(1.0 if number == 10 else 0)
                await link.jetstream.publish("lending.counter-advanced.v1.50.02.36", f"{number}".encode())
        async with connected_reader(Nats(server.url, "reader", passwords["reader"])) as client:
            stream = await described(client, "lending")
            assert (stream.first, stream.last, stream.count) == (1, 20, 20)
            async with connected(provisioner, provisioner.user) as link:
                await _age_out_of_stream(link, "lending", 0.5)
            await read_messages(client, stream, None)
    assert 10 < stream.first <= 21
    assert stream.count == 21 - stream.first
    assert stream.unreadable == list(range(stream.unreadable[0], 21)) if stream.unreadable else stream.first == 21
