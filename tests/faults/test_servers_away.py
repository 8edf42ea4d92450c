"""NATS, PostgreSQL or a service is away: a clear answer at once, recovery without a hand, nothing lost."""

import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.services import is_ready
from deploy.watch import Watch
from shared.bus.operations import republish
from tests.faults.convergence import ensure_settled
from tests.faults.loans import shared_loan
from tests.faults.payments import Payment, ensure_problem, signed_in
from tests.journeys.tiny_county import Place
from tools.demo import applying
from tools.demo.reviewing import review

pytestmark = [pytest.mark.chaos, pytest.mark.asyncio(loop_scope="session")]

RECOVERY_SECONDS = 120.0
READS = {
    "registry": "/regions",
    "lending": "/loans",
    "subsidy": "/subsidy-batches",
    "riskfund": "/funds",
}


async def readiness(place: Place, service: str) -> tuple[int, dict[str, str]]:
    """Return what a service says of its readiness: HTTP status and state of each part."""
    answer = await place.http.get(f"{place.platform.urls[service]}/readyz")
    parts: dict[str, str] = answer.json()["parts"]
    return answer.status_code, parts


async def until_ready(place: Place) -> None:
    """Wait until every service says it is ready."""
    for service in place.platform.services:
        await until_answering(place, service, 200)


async def until_answering(place: Place, service: str, status: int) -> dict[str, str]:
    """Wait until the service's readiness has this HTTP status, and return the state of its parts."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while (said := await readiness(place, service))[0] != status:
        assert time.monotonic() < deadline, f"{service} says {said}"
        await asyncio.sleep(0.1)
    return said[1]


def process_ids(place: Place) -> dict[str, int | None]:
    """Return the services' process ids."""
    return {service: place.platform.children()[service].pid for service in place.platform.services}


async def test_writes_go_on_while_nats_is_stopped_and_everything_arrives_once(lent: Place) -> None:
    county, batch = lent.county, lent.waiting.pop()
    filed = await applying.file(county, batch)
    await review(county, batch)
    await applying.hand_over(county, batch, applying.Outcome())
    payment, running = Payment(lent), process_ids(lent)
    await asyncio.to_thread(lent.platform.stop_nats)
    assert await applying.disburse(county) >= filed["filed_count"] > 0
    assert (await payment.send()).status_code == 201
    parts = await until_answering(lent, "lending", 503)
    assert parts["database"] == "ok"
    assert parts["nats"].startswith("away")
    await asyncio.to_thread(lent.platform.start_nats)
    await ensure_settled(lent)
    await until_ready(lent)
    assert process_ids(lent) == running


async def test_all_data_of_nats_are_lost_and_published_again_by_the_operator(lent: Place) -> None:
    await asyncio.to_thread(lent.platform.stop_nats)
    shutil.rmtree(Path(lent.platform.data_dir) / "nats" / "store")
    payment = Payment(lent)
    assert (await payment.send()).status_code == 201
    await asyncio.to_thread(lent.platform.start_nats)
    await _operate(lent, "republish", "lending")
    for owner in ("registry", "subsidy", "riskfund"):
        await _republish(lent, owner)
    await _operate(lent, "provision")  # last: without streams no relay can put a new event before the old ones
    await ensure_settled(lent)
    await until_ready(lent)
    assert len(await payment.recorded()) == 1


async def _republish(place: Place, owner: str) -> None:
    """Do what the command does, without starting another Python."""
    connection = await asyncpg.connect(place.platform.env[f"{owner.upper()}_DATABASE_URL"])
    try:
        assert await republish(connection) > 0
    finally:
        await connection.close()


async def _operate(place: Place, *command: str) -> None:
    """Run `python -m shared.bus …` as an operator would."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shared.bus",
        *command,
        env={**os.environ, **place.platform.env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()


async def test_postgresql_is_stopped_and_the_services_recover_without_a_restart(lent: Place) -> None:
    payment, running = Payment(lent), process_ids(lent)
    await signed_in(lent, f"bank.{payment.loan.bank_code.lower()}")
    await asyncio.to_thread(lent.platform.stop_postgres)
    ensure_problem(await payment.send(), 503, "database-unavailable")
    for service in lent.platform.services:
        status, parts = await readiness(lent, service)
        assert (status, parts["database"].split(":")[0]) == (503, "failing")
    await asyncio.to_thread(lent.platform.start_postgres)
    await until_ready(lent)
    assert (await payment.send()).status_code == 201
    assert len(await payment.recorded()) == 1
    await ensure_settled(lent)
    assert process_ids(lent) == running


@pytest.mark.parametrize(("service", "server"), [("lending", "postgres"), ("riskfund", "nats")])
async def test_a_service_and_a_server_die_in_one_go_and_the_watch_brings_both_back(
    lent: Place, service: str, server: str
) -> None:
    payment, watch = Payment(lent), Watch(lent.platform, report=print)
    assert (await payment.send()).status_code == 201
    children = lent.platform.children()
    for name in (service, server):
        children[name].signal(signal.SIGKILL)
    for name in (service, server):
        await asyncio.to_thread(children[name].wait)
    deadline = time.monotonic() + RECOVERY_SECONDS
    started = await asyncio.to_thread(watch.look)
    assert started[0] == server
    assert service in started
    while not await all_ready(lent):
        assert time.monotonic() < deadline
        await asyncio.to_thread(watch.look)
        await asyncio.sleep(0.2)
    assert (await payment.send()).status_code == 201
    assert len(await payment.recorded()) == 1
    await ensure_settled(lent)


async def all_ready(place: Place) -> bool:
    """Return whether every service says it is ready."""
    ports = (int(place.platform.env[f"{service.upper()}_PORT"]) for service in place.platform.services)
    return all([await asyncio.to_thread(is_ready, port) for port in ports])


async def test_the_gateway_names_the_service_that_is_away_and_the_others_go_on(lent: Place) -> None:
    headers = await signed_in(lent, "auditor")
    await asyncio.to_thread(lent.platform.kill, "subsidy")
    await asyncio.to_thread(lent.platform.kill, "registry")
    for service, path in READS.items():
        answer = await lent.http.get(f"/api/v1{path}", headers=headers)
        if service in ("subsidy", "registry"):
            assert ensure_problem(answer, 503, "service-unavailable")["values"] == {"service": service}
        else:
            assert answer.status_code == 200
    refused = await _file_one(lent)
    assert ensure_problem(refused, 503, "peer-unavailable")["values"] == {"peer": "registry"}
    for service in ("subsidy", "registry"):
        await asyncio.to_thread(lent.platform.start, service)
    for path in READS.values():
        assert (await lent.http.get(f"/api/v1{path}", headers=headers)).status_code == 200


async def _file_one(place: Place) -> httpx.Response:
    """File an application of a household that has a loan already; registry is asked first."""
    loan = shared_loan(place)
    township = loan.village_code[:9]
    headers = await signed_in(place, f"township.{township}") | {"Idempotency-Key": "faults-file-one-application"}
    body = {
        "household_number": loan.household_number,
        "amount": "10000.00",
        "term_months": 12,
        "industry": "planting",
        "purpose": "planting",
        "documents": [],
        "bank_code": loan.bank_code,
        "filed_on": "2017-09-01",
    }
    return await place.http.post("/api/v1/applications", json=body, headers=headers)
