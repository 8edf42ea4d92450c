"""Read every stream from its first message to its last, as a user that can only read."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

OWNERS: Final = ("registry", "lending", "subsidy", "riskfund", "gateway")
READER: Final = "reconciler"  # the only consumer our NATS user may create
BATCH: Final = 5000
FETCH_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5
INACTIVE_SECONDS: Final = 30.0
PASSING_SECONDS: Final = 60  # what is younger may still be on its way
_DATA: Final = b',"data":'


@dataclass(frozen=True, slots=True)
class Nats:
    """Where NATS is and as whom to read."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)


class Message(NamedTuple):
    """One message in a stream, without its body."""

    event_id: str
    sequence: int
    name: str
    aggregate_id: str
    version: int
    data_digest: str
    is_recent: bool


@dataclass(slots=True)
class Stream:
    """One owner's stream: what the server says of it, and its messages in order."""

    owner: str
    first: int
    last: int
    count: int
    deleted: int
    settings: dict[str, object]
    consumers: dict[str, "Durable"]
    messages: list[Message] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    event_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Durable:
    """A service's consumer on a stream: how far it is and how it is set."""

    waiting: int
    unacknowledged: int
    settings: dict[str, object]


class ReadingStopped(RuntimeError):
    """The server stopped answering before the end of the stream; a partial copy proves nothing."""


Listener = Callable[[str, str, int, dict[str, Any]], None]


@asynccontextmanager
async def connected(where: Nats) -> AsyncIterator[Client]:
    """Lend a connection that gives up soon instead of trying for ever."""
    client = await nats.connect(
        where.url.split(","),
        user=where.user or None,
        password=where.password or None,
        inbox_prefix=f"_INBOX_{where.user or 'anyone'}",
        connect_timeout=CONNECT_SECONDS,
        allow_reconnect=False,
        error_cb=_quiet,
    )
    try:
        yield client
    finally:
        await client.close()


async def _quiet(_: Exception) -> None:
    """The call that failed raises; the client would print the same again."""


async def read_streams(client: Client, listener: Listener) -> dict[str, Stream]:
    """Read all streams; `listener(name, aggregate_id, version, data)` hears every event of lending."""
    streams = {}
    for owner in OWNERS:
        streams[owner] = await described(client, owner)
        await read_messages(client, streams[owner], listener if owner == "lending" else None)
    return streams


async def read_messages(client: Client, stream: Stream, listener: Listener | None) -> None:
    """Read into a stream what was in it when it was described; what reaches the age limit meanwhile is left out.

    Raises:
        ReadingStopped: the server stopped answering before the end.
    """
    if stream.count == 0:
        return
    manager, name = client.jsm(), stream.owner.upper()
    with suppress(NotFoundError):
        await manager.delete_consumer(name, READER)  # of a run that was interrupted
    config = ConsumerConfig(
        name=READER,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        num_replicas=1,
        inactive_threshold=INACTIVE_SECONDS,
    )
    await manager.add_consumer(name, config)
    try:
        await _copy(client, stream, listener)
    finally:
        with suppress(NotFoundError):
            await manager.delete_consumer(name, READER)
    _leave_out_expired(stream, await _first_sequence(client, stream.owner))


def _leave_out_expired(stream: Stream, first: int) -> None:
    """Count only what is still there: messages may reach the age limit while others are being read."""
    expired = max(0, min(first, stream.last + 1) - stream.first)
    stream.first, stream.count = stream.first + expired, max(0, stream.count - expired)


async def _first_sequence(client: Client, owner: str) -> int:
    return int((await client.jsm().stream_info(owner.upper())).state.first_seq)


async def _copy(client: Client, stream: Stream, listener: Listener | None) -> None:
    """Ask for all messages in large batches; a callback costs a fraction of the client's own fetch per message."""
    recent = datetime.now(UTC).timestamp() - PASSING_SECONDS
    subject, inbox = f"$JS.API.CONSUMER.MSG.NEXT.{stream.owner.upper()}.{READER}", client.new_inbox()
    taken, awaited, reached = 0, 0, asyncio.Event()

    async def take(message: Msg) -> None:
        nonlocal taken
        if not message.reply.startswith("$JS.ACK."):  # a status instead of a message: nothing more will come
            reached.set()
            return
        place = message.metadata
        _take(stream, place.sequence.stream, message.data, place.timestamp.timestamp() > recent, listener)
        taken += 1
        if taken == awaited:
            reached.set()

    subscription = await client.subscribe(inbox, cb=take)
    try:
        while taken < stream.count:
            reached.clear()
            before, wanted = taken, min(BATCH, stream.count - taken)
            awaited = taken + wanted
            request = {"batch": wanted, "expires": int(FETCH_SECONDS * 1e9)}
            await client.publish(subject, json.dumps(request).encode(), reply=inbox)
            with suppress(TimeoutError):
                await asyncio.wait_for(reached.wait(), FETCH_SECONDS + 1)
            if taken == before:
                if await _first_sequence(client, stream.owner) > stream.first:
                    return  # what is missing has reached the age limit meanwhile
                raise ReadingStopped(f"{stream.owner}: stopped after {taken} of {stream.count} messages")
    finally:
        await subscription.unsubscribe()


def _take(stream: Stream, sequence: int, body: bytes, is_recent: bool, listener: Listener | None) -> None:
    try:
        envelope = json.loads(body)
        published = Message(
            envelope["id"],
            sequence,
            envelope["type"],
            envelope["subject"],
            envelope["aggregateversion"],
            data_digest(body),
            is_recent,
        )
    except (ValueError, KeyError, TypeError):
        stream.unreadable.append(sequence)
        return
    stream.messages.append(published)
    if listener is not None and published.event_id not in stream.event_ids:
        listener(published.name, published.aggregate_id, published.version, envelope["data"])
    stream.event_ids.add(published.event_id)


def data_digest(body: bytes) -> str:
    """Return the MD5 of the event inside an envelope, as PostgreSQL computes it over the same text."""
    _, _, rest = body.partition(_DATA)
    return hashlib.md5(rest[:-1], usedforsecurity=False).hexdigest()


async def described(client: Client, owner: str) -> Stream:
    """Return what the server says of an owner's stream, without its messages."""
    manager = client.jsm()
    info = await manager.stream_info(owner.upper())
    config = info.config
    consumers = {
        each.name: Durable(
            each.num_pending or 0,
            each.num_ack_pending or 0,
            {
                "durable": bool(each.config.durable_name),
                "ack_policy": str(each.config.ack_policy),
                "deliver_policy": str(each.config.deliver_policy),
                "filter": each.config.filter_subject or "",
                "max_deliver": each.config.max_deliver,
            },
        )
        for each in await manager.consumers_info(owner.upper())
        if each.name != READER
    }
    settings: dict[str, object] = {
        "retention": str(config.retention),
        "storage": str(config.storage),
        "discard": str(config.discard),
        "subjects": ",".join(config.subjects or ()),
        "deny_delete": config.deny_delete,
        "deny_purge": config.deny_purge,
        "max_msgs": config.max_msgs,
        "max_bytes": config.max_bytes,
        "max_age": config.max_age,
    }
    state = info.state
    return Stream(owner, state.first_seq, state.last_seq, state.messages, state.num_deleted or 0, settings, consumers)
