"""Read a whole stream without disturbing anyone: what the reconciliation compares the databases with."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from shared.bus.connection import Link
from shared.bus.topology import RECONCILER, stream_of

BATCH: Final = 1000
FETCH_SECONDS: Final = 5.0
_INACTIVE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as it lies in a stream."""

    subject: str
    stream_sequence: int
    body: bytes


class ReadingStopped(RuntimeError):
    """The stream ended before its last sequence came; the copy read so far is not complete."""


async def messages(link: Link, owner: str) -> AsyncIterator[StoredMessage]:
    """Yield every message that is in an owner's stream now, in stream order. One reader at a time.

    Raises:
        ReadingStopped: when the server stops answering before the end.
    """
    stream, manager = stream_of(owner), link.client.jsm()
    with suppress(NotFoundError):
        await manager.delete_consumer(stream, RECONCILER)
    last = (await manager.stream_info(stream)).state.last_seq
    config = ConsumerConfig(
        name=RECONCILER,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        num_replicas=1,
        inactive_threshold=_INACTIVE_SECONDS,
    )
    await manager.add_consumer(stream, config)
    subscription = await link.jetstream.pull_subscribe_bind(RECONCILER, stream)
    reached = 0
    try:
        while reached < last:
            try:
                batch = await subscription.fetch(BATCH, timeout=FETCH_SECONDS)
            except NatsTimeout:
                raise ReadingStopped(f"{stream}: stopped at {reached} of {last}") from None
            for message in batch:
                reached = message.metadata.sequence.stream
                if reached <= last:
                    yield StoredMessage(message.subject, reached, message.data)
    finally:
        await subscription.unsubscribe()
        with suppress(NotFoundError):
            await manager.delete_consumer(stream, RECONCILER)
