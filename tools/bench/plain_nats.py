"""The floor of event flow: the plain client publishes the same bodies, a second process fetches and acknowledges them.

`python -m tools.bench.plain_nats publish|fetch` reads one `Job` as JSON from standard input, prints "ready", waits for
another line, and prints the monotonic instant at which it was done; processes of one machine share that clock.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, StorageType, StreamConfig

from shared.bus.relay import BATCH
from shared.bus.topology import FETCH_BATCH, MAX_ACK_PENDING

STREAM: Final = "BENCHMARK"
SUBJECT: Final = "benchmark.event.v1.50.02.36"
CONSUMER: Final = "benchmark"


@dataclass(frozen=True, slots=True)
class Job:
    """Where the server is, and the file with one body a line."""

    url: str
    user: str
    password: str
    bodies: str


async def create_stream(job: Job) -> None:
    """Create an empty stream on disk with one durable consumer, configured like the platform's."""
    client = await _connect(job)
    manager = client.jsm()
    await manager.add_stream(StreamConfig(name=STREAM, subjects=["benchmark.>"], storage=StorageType.FILE))
    consumer = ConsumerConfig(
        durable_name=CONSUMER, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=MAX_ACK_PENDING, num_replicas=1
    )
    await manager.add_consumer(STREAM, consumer)
    await client.close()


async def delete_stream(job: Job) -> None:
    """Delete the stream."""
    client = await _connect(job)
    await client.jsm().delete_stream(STREAM)
    await client.close()


async def _publish(jetstream: JetStreamContext, bodies: list[bytes]) -> None:
    for start in range(0, len(bodies), BATCH):
        answers = [
            await jetstream.publish_async(SUBJECT, body, stream=STREAM) for body in bodies[start : start + BATCH]
        ]
        await asyncio.gather(*answers)


async def _fetch(jetstream: JetStreamContext, bodies: list[bytes]) -> None:
    subscription = await jetstream.pull_subscribe_bind(CONSUMER, STREAM)
    left = len(bodies)
    while left:
        messages = await subscription.fetch(min(left, FETCH_BATCH), timeout=30)
        for message in messages:
            await message.ack()
        left -= len(messages)


async def _connect(job: Job) -> Client:
    client = Client()
    await client.connect(job.url, user=job.user, password=job.password)
    return client


_ROLES: Final[dict[str, Callable[[JetStreamContext, list[bytes]], Awaitable[None]]]] = {
    "publish": _publish,
    "fetch": _fetch,
}


async def _run(role: str) -> None:
    job = Job(**json.loads(sys.stdin.readline()))
    bodies = Path(job.bodies).read_bytes().splitlines()
    client = await _connect(job)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await _ROLES[role](client.jetstream(), bodies)
    print(time.monotonic(), flush=True)
    await client.close()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
