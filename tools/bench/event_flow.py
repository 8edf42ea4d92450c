"""(c) An event from its commit to its effect at the consumer, and events per second beside the plain NATS client."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from deploy.embedded.folders import ROOT
from shared.access import Role
from shared.events.envelope import encode
from shared.events.lending import RepaymentRecorded
from shared.outbox import bulk_insert
from tools.bench import plain_nats
from tools.bench.loans_sql import BANK, PAID_ON, loan_id_sql
from tools.bench.ratios import Bound, Comparison, Series, Target, percentile
from tools.bench.repaying import Job
from tools.bench.single_repayments import CLIENTS, generate_load
from tools.bench.world import NATS_USER, World

FLOOR: Final = (
    "two processes with plain nats-py on the same server and the same bodies: one publishes and awaits every "
    "acknowledgement, one fetches and acknowledges; no database, no decoding. Ours: outbox, relay, JetStream, inbox "
    "and effect in the subsidy service, each event applied exactly once."
)
LATENCY: Final = (
    "no floor: milliseconds between the two commit timestamps of PostgreSQL, of the repayment in lending and of its "
    "effect in subsidy, at a steady rate of repayments over HTTP."
)
POLL_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 90.0
_CONSUMER: Final = "subsidy-lending"

# $1 first and $2 last loan, $3 version: one event each, of a loan whose events so far have lower versions
_RECORD: Final = f"WITH paid AS (SELECT {loan_id_sql('n')} AS loan_id FROM generate_series($1::int, $2::int) n) " + (
    bulk_insert(
        RepaymentRecorded,
        source="paid p",
        aggregate_id="p.loan_id",
        aggregate_version="$3::int",
        region_code="'500236001201'",
        data={
            "loan_id": "p.loan_id",
            "household_id": "p.loan_id",
            "repayment_id": "uuidv7()",
            "bank_reference": f"'{BANK}-' || p.loan_id",
            "kind": "'repayment'",
            "paid_on": f"'{PAID_ON}'",
            "amount": "'12.34'",
            "penalty": "'0.00'",
            "interest": "'12.34'",
            "principal": "'0.00'",
            "interest_parts": "jsonb_build_array(jsonb_build_object('installment_number', 1, 'period_from', "
            "'2017-01-10', 'period_until', '2017-12-20', 'amount', '12.34'))",
            "principal_outstanding": "'50000.00'",
        },
        event_id="uuidv7()",
        traceparent="'00-0af7651916cd43dd8448eb211c80319c-0af7651916cd43dd-01'",
    )
)
_RECORDED: Final = """
SELECT event_id, aggregate_id, aggregate_version, region_code, occurred_at, traceparent, data::text AS data
FROM outbox WHERE aggregate_version = $1 AND event_name = 'repayment-recorded'
"""
_APPLIED: Final = """
SELECT count(*) FROM inbox WHERE consumer = $1 AND aggregate_version = $2 AND state = 'applied'
  AND aggregate_id >= $3 AND aggregate_id <= $4
"""
_COMMITTED: Final = """
SELECT o.event_id, pg_xact_commit_timestamp(r.xmin) AS at
FROM repayment r JOIN outbox o ON o.aggregate_id = r.loan_id AND o.aggregate_version = r.loan_version
WHERE r.recorded_at > $1
"""
_EFFECTIVE: Final = """
SELECT event_id, pg_xact_commit_timestamp(xmin) AS at FROM inbox WHERE consumer = $1 AND state = 'applied'
"""


class EventsMissing(RuntimeError):
    """Not every event was applied in time."""


async def measure(world: World) -> list[Comparison]:
    """Measure latency at a steady rate, then let plain NATS and the platform take turns in draining."""
    world.platform.start("subsidy")
    milliseconds = await _latencies(world)
    floor: list[float] = []
    ours: list[float] = []
    for turn in range(world.sizes.rounds):
        version = turn + 2
        ours.append(await _drained_per_second(world, version))
        floor.append(await _plain_per_second(world, version))
    world.platform.stop("subsidy")
    median_ms, p99_ms = percentile(milliseconds, 50), percentile(milliseconds, 99)
    steady = f"p50 {median_ms:.0f} ms, at {world.sizes.paced_per_second}/s"
    return [
        Comparison(
            "c1",
            "事件从提交到生效",
            f"Event from commit to applied, p99 ({steady})",
            Series(f"p99 of {len(milliseconds)} events, {steady}", "ms", (p99_ms,)),
            None,
            Target(Bound.AT_MOST, 100),
        ),
        Comparison(
            "c2",
            "事件吞吐",
            "Events from outbox to effect",
            Series("outbox to effect in subsidy", "events/s", tuple(ours)),
            Series("plain nats-py", "events/s", tuple(floor)),
            Target(Bound.AT_LEAST, 0.3),
        ),
    ]


async def _latencies(world: World) -> list[float]:
    """Return for each repayment of a steady rate how many milliseconds its effect came after it."""
    sizes, (host, port) = world.sizes, world.address("lending")
    token = world.token("lending", Role.BANK, "bench.bank", BANK)
    loans = sizes.steady_loans
    times = (sizes.warm_up_seconds, sizes.paced_seconds)
    async with world.database("lending", as_superuser=True) as lending:
        job = Job(host, port, token, *loans, CLIENTS, *times, per_second=sizes.paced_per_second)
        began = await lending.fetchval("SELECT clock_timestamp() + make_interval(secs => $1)", sizes.warm_up_seconds)
        await generate_load(job)
        committed = dict(await lending.fetch(_COMMITTED, began))
    deadline = time.monotonic() + PATIENCE_SECONDS
    async with world.database("subsidy", as_superuser=True) as subsidy:
        while True:
            effective: dict[UUID, datetime] = dict(await subsidy.fetch(_EFFECTIVE, _CONSUMER))
            if committed.keys() <= effective.keys():
                return [(effective[event] - at).total_seconds() * 1000 for event, at in committed.items()]
            if time.monotonic() > deadline:
                raise EventsMissing(f"{len(committed.keys() - effective.keys())} of {len(committed)} were not applied")
            await asyncio.sleep(POLL_SECONDS)


async def _drained_per_second(world: World, version: int) -> float:
    """Return events per second from the commit of many events to the last one's effect."""
    first, last = world.sizes.drained_loans
    async with world.database("lending") as lending, world.database("subsidy") as subsidy:
        await lending.execute(_RECORD, first, last, version)
        began = time.monotonic()
        bounds = [await lending.fetchval(f"SELECT {loan_id_sql('$1::int')}", number) for number in (first, last)]
        while await subsidy.fetchval(_APPLIED, _CONSUMER, version, *bounds) < world.sizes.events:
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise EventsMissing(f"{world.sizes.events} events were not all applied in {PATIENCE_SECONDS:.0f} s")
            await asyncio.sleep(POLL_SECONDS)
        return world.sizes.events / (time.monotonic() - began)


async def _plain_per_second(world: World, version: int) -> float:
    """Return events per second of the plain client, with the bodies that the relay published."""
    file = world.folder / "bodies.jsonl"
    async with world.database("lending") as lending:
        rows = await lending.fetch(_RECORDED, version)
    bodies = [_body(row) for row in rows[: world.sizes.events]]
    file.write_bytes(b"\n".join(bodies))
    job = plain_nats.Job(world.platform.nats_url, NATS_USER, world.nats_password(), str(file))
    await plain_nats.create_stream(job)
    with world.paused("lending"), world.paused("subsidy"):
        workers = [await _worker(role, job) for role in ("fetch", "publish")]
        began = time.monotonic()
        ends = await asyncio.gather(*(_finish(worker) for worker in workers))
    await plain_nats.delete_stream(job)
    return len(bodies) / (max(ends) - began)


def _body(row: Any) -> bytes:
    return encode(
        RepaymentRecorded.event_type,
        event_id=row["event_id"],
        aggregate_id=row["aggregate_id"],
        aggregate_version=row["aggregate_version"],
        region_code=row["region_code"],
        occurred_at=row["occurred_at"],
        traceparent=row["traceparent"],
        data=row["data"],
    )


async def _worker(role: str, job: plain_nats.Job) -> asyncio.subprocess.Process:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.bench.plain_nats", role, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
    await worker.stdin.drain()
    if await worker.stdout.readline() != b"ready\n":
        raise EventsMissing(f"the plain client that should {role} did not start")
    return worker


async def _finish(worker: asyncio.subprocess.Process) -> float:
    printed, _ = await worker.communicate(b"go\n")
    if worker.returncode != 0:
        raise EventsMissing(f"the plain client ended with code {worker.returncode}")
    return float(printed)
