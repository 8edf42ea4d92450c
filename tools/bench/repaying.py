"""A load generator in a process of its own: records repayments over HTTP, as fast as answered or at a steady rate.

`python -m tools.bench.repaying` reads one `Job` as JSON from standard input and prints one `Outcome`. It speaks
HTTP/1.1 over raw kept connections, because a comfortable client would need more CPU than the service.
"""

import asyncio
import json
import random
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from tools.bench.loans_sql import PAID_ON, loan_id, next_reference

FAILURES_SHOWN = 3
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Job:
    """What to send, to whom, for how long."""

    host: str
    port: int
    token: str
    first_loan: int
    last_loan: int
    connections: int
    warm_up_seconds: float
    seconds: float
    per_second: int | None = None  # steady rate; None: the next request as soon as one is answered


@dataclass(slots=True)
class Outcome:
    """What came back in the measured seconds."""

    seconds: float = 0.0
    recorded: int = 0
    failed: int = 0
    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class _Writer:
    """Writes one request after the other; every repayment has its own key and reference."""

    def __init__(self, job: Job) -> None:
        self._random = random.Random()  # references must not come again in the next run
        self._first, self._last = job.first_loan, job.last_loan
        self._head = (
            f"Host: {job.host}:{job.port}\r\nAuthorization: Bearer {job.token}\r\n"
            "Content-Type: application/json\r\nIdempotency-Key: "
        )

    def request(self) -> bytes:
        """Return the next request: a few yuan of the interest due, on a loan drawn at random."""
        loan = loan_id(self._random.randint(self._first, self._last))
        reference = f"{next_reference()}{self._random.getrandbits(40):010x}"
        cents = self._random.randint(100, 4900)
        body = f'{{"bank_reference":"{reference}","paid_on":"{PAID_ON}","amount":"{cents // 100}.{cents % 100:02d}"}}'
        return (
            f"POST /api/v1/loans/{loan}/repayments HTTP/1.1\r\n{self._head}{reference}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


class _Connection(asyncio.Protocol):
    """One kept connection with at most one request under way."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def send(self, request: bytes) -> None:
        """Send one request."""
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        end = received.find(_END_OF_HEAD)
        if end < 0:
            self._received = received
            return
        head = received[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        size = end + len(_END_OF_HEAD) + int(head[at : head.find(b"\r", at) if b"\r" in head[at:] else len(head)])
        if len(received) < size:
            self._received = received
            return
        self._received = received[size:]
        status = int(received[9:12])
        self._load.answered(self, status, received[end + 4 : size], time.perf_counter() - self._sent_at)

    def connection_lost(self, error: Exception | None) -> None:
        self._load.lost(error)

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()


class _Load:
    """Keeps the connections busy and counts what is answered between the warm-up and the end."""

    def __init__(self, job: Job) -> None:
        self._job, self._writer, self._outcome = job, _Writer(job), Outcome()
        self._idle: deque[_Connection] = deque()
        self._freed = asyncio.Event()
        self._done = asyncio.Event()
        self._measures = self._ends = False

    def answered(self, connection: _Connection, status: int, body: bytes, seconds: float) -> None:
        """Count an answer and send the connection's next request."""
        if self._measures:
            self._count(status, body, seconds)
        if self._ends:
            connection.close()
        elif self._job.per_second is None:
            connection.send(self._writer.request())
        else:
            self._idle.append(connection)
            self._freed.set()

    def lost(self, error: Exception | None) -> None:
        """Count a connection that the server closed."""
        if not self._ends:
            self._outcome.failed += 1
            self._outcome.failures.append(f"connection lost: {error}")
            self._done.set()

    async def run(self) -> Outcome:
        """Return what was recorded in the measured seconds."""
        loop = asyncio.get_running_loop()
        for _ in range(self._job.connections):
            _, connection = await loop.create_connection(lambda: _Connection(self), self._job.host, self._job.port)
            self._idle.append(connection)
        sending = asyncio.create_task(self._pace() if self._job.per_second else self._start())
        await self._wait(self._job.warm_up_seconds)
        began, self._measures = time.perf_counter(), True
        await self._wait(self._job.seconds)
        self._measures, self._outcome.seconds = False, time.perf_counter() - began
        self._ends = True
        sending.cancel()
        return self._outcome

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._done.wait()
        except TimeoutError:
            return

    async def _start(self) -> None:
        while self._idle:
            self._idle.popleft().send(self._writer.request())

    async def _pace(self) -> None:
        assert self._job.per_second is not None
        due = time.perf_counter()
        while not self._ends:
            due += 1 / self._job.per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            while not self._idle:
                self._freed.clear()
                await self._freed.wait()
            self._idle.popleft().send(self._writer.request())

    def _count(self, status: int, body: bytes, seconds: float) -> None:
        if status == 201:
            self._outcome.recorded += 1
            self._outcome.milliseconds.append(round(seconds * 1000, 3))
            return
        self._outcome.failed += 1
        if len(self._outcome.failures) < FAILURES_SHOWN:
            self._outcome.failures.append(f"{status}: {body.decode(errors='replace')[:300]}")


def main() -> None:
    """Run one job."""
    job = Job(**json.load(sys.stdin))

    async def run() -> Outcome:
        return await _Load(job).run()

    print(json.dumps(asdict(uvloop.run(run()))))


if __name__ == "__main__":
    main()
