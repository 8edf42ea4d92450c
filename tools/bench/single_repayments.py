"""(a) One repayment by HTTP, at the service and through the gateway, beside pgbench with the very same SQL."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx

from deploy.embedded.binaries import postgres_programs
from deploy.embedded.folders import ROOT
from services.lending.repayments.recording_sql import RECORD_ONE
from shared.access import Role
from shared.web import writes
from tools.bench.loans_sql import BANK, COUNTY, NEXT_REFERENCE_SQL, PAID_ON, loan_id_sql
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.repaying import Job, Outcome
from tools.bench.world import ADMIN_PASSWORD, World

CLIENTS: Final = 8
RECORDED_SHARE: Final = 0.99
FLOOR: Final = (
    f"pgbench, prepared statements, {CLIENTS} clients: BEGIN, the claim of the idempotency key, the repayment's one "
    "statement, the key's answer, COMMIT, as the service sends them, on the same loans; the service is paused."
)
_CLIENT: Final = "bench.bank"
_PARAMETER: Final = re.compile(r"\$(\d+)")
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_PROCESSED: Final = re.compile(r"^number of transactions actually processed: (\d+)", re.MULTILINE)
_BY_PGBENCH: Final = "SELECT count(*) FROM repayment WHERE recorded_by = 'pgbench'"
_ANSWER: Final = {
    "repayment_id": "01900000-0000-7000-8000-000000000000",
    "loan_id": "01700000-0000-7000-8000-000000000000",
    "bank_reference": "B000000000000000000000000000000",
    "kind": "repayment",
    "paid_on": PAID_ON,
    "amount": "12.34",
    "penalty": "0.00",
    "interest": "12.34",
    "principal": "0.00",
    "principal_outstanding": "50000.00",
    "loan_closed": False,
    "already_recorded": False,
}
# Values that do not change are parameters too, as they are for the service.
_VARIABLES: Final = {
    "bank": BANK,
    "regions": f"{{{COUNTY}}}",
    "subject": "pgbench",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-0af7651916cd43dd-01",
    "kind": "repayment",
    "paid_on": PAID_ON,
    "payer": "borrower",
    "answer": json.dumps(_ANSWER, separators=(",", ":")),
}
_KEY: Final = "lpad(:reference::text, 36, '0')"
_DIGEST: Final = "decode(lpad(to_hex(:reference::bigint), 64, '0'), 'hex')"


class FloorFailed(RuntimeError):
    """pgbench did not run, or did not record what it said."""


class LoadFailed(RuntimeError):
    """The service refused what the load generator sent."""


def script(first_loan: int, last_loan: int) -> str:
    """Return the pgbench script of recording one repayment on a loan drawn at random."""
    loan = loan_id_sql(":loan::bigint")
    reference = f"({NEXT_REFERENCE_SQL} || to_hex(:reference::bigint))"
    record = {
        6: loan,
        7: reference,
        8: ":kind",
        9: ":paid_on",
        10: "(:cents::numeric * 0.01)",
        11: ":payer",
        12: "NULL",
    }
    constant = {1: ":bank", 2: ":regions", 3: ":subject", 4: ":traceparent", 5: "NULL"}
    return "\n".join(
        (
            f"\\set loan random({first_loan}, {last_loan})",
            "\\set reference random(1, 9000000000000000000)",
            "\\set cents random(100, 4900)",
            "BEGIN;",
            _with_values(writes._CLAIM, {1: ":subject", 2: _KEY}),
            _with_values(RECORD_ONE, constant | record),
            _with_values(writes._STORE, {1: ":subject", 2: _KEY, 3: _DIGEST, 4: "201", 5: ":answer"}),
            "COMMIT;",
            "",
        )
    )


def _with_values(statement: str, values: Mapping[int, str]) -> str:
    return _PARAMETER.sub(lambda found: values[int(found[1])], statement.strip()) + ";"


async def measure(world: World) -> list[Comparison]:
    """Let pgbench, the service and the gateway take turns; return both comparisons."""
    world.platform.start("gateway")
    floor: list[float] = []
    service: list[float] = []
    gateway: list[float] = []
    token = world.token("lending", Role.BANK, _CLIENT, BANK)
    await _create_client(world)
    for _ in range(world.sizes.rounds):
        with world.paused("lending"):
            floor.append(await _floor_per_second(world))
            await world.settle("lending")
        service.append(await _per_second(world, "lending", token))
        gateway.append(await _per_second(world, "gateway", await _sign_in(world)))
    world.platform.stop("gateway")
    by_pgbench = Series("pgbench", "repayments/s", tuple(floor))
    return [
        Comparison(
            "a1",
            "单笔还款（服务）",
            "One repayment at the service",
            Series("HTTP at the lending service", "repayments/s", tuple(service)),
            by_pgbench,
            Target(Bound.AT_LEAST, 0.5),
        ),
        Comparison(
            "a2",
            "单笔还款（网关）",
            "One repayment through the gateway",
            Series("HTTP through the gateway", "repayments/s", tuple(gateway)),
            by_pgbench,
            Target(Bound.AT_LEAST, 0.25),
        ),
    ]


async def generate_load(job: Job) -> Outcome:
    """Run the load generator in its own process and return what it saw.

    Raises:
        LoadFailed: an answer was no success.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.bench.repaying", stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    printed, _ = await child.communicate(json.dumps(asdict(job)).encode())
    if child.returncode != 0:
        raise LoadFailed(f"the load generator ended with code {child.returncode}")
    outcome = Outcome(**json.loads(printed))
    if outcome.failed or not outcome.recorded:
        raise LoadFailed(f"{outcome.failed} of {outcome.failed + outcome.recorded} failed: {outcome.failures}")
    return outcome


async def _per_second(world: World, service: str, token: str) -> float:
    host, port = world.address(service)
    first, last = world.sizes.file_loans
    times = (world.sizes.warm_up_seconds, world.sizes.load_seconds)
    outcome = await generate_load(Job(host, port, token, first, last, CLIENTS, *times))
    return outcome.recorded / outcome.seconds


async def _floor_per_second(world: World) -> float:
    """Return how many repayments pgbench recorded per second, as the ledger counts them."""
    async with world.database("lending") as connection:
        before = await connection.fetchval(_BY_PGBENCH)
        per_second, processed = await asyncio.to_thread(_pgbench, world)
        recorded = await connection.fetchval(_BY_PGBENCH) - before
    # Two clients that meet on one loan end as stale, which the service would answer by trying again.
    if recorded < processed * RECORDED_SHARE:
        raise FloorFailed(f"pgbench processed {processed} transactions, but only {recorded} repayments were recorded")
    return per_second


def _pgbench(world: World) -> tuple[float, int]:
    file = world.folder / "repayment.pgbench"
    file.write_text(script(*world.sizes.file_loans))
    at = urlsplit(world.database_url("lending"))
    environment = {"PATH": os.defpath, "PGPASSWORD": unquote(at.password or ""), "LC_ALL": "C.UTF-8"}
    program = postgres_programs(None, os.environ.get("PLATFORM_POSTGRES_BIN")).path("pgbench")
    defined = [part for name, value in _VARIABLES.items() for part in ("-D", f"{name}={value}")]
    where = ["-h", str(at.hostname), "-p", str(at.port), "-U", str(at.username), at.path.lstrip("/")]
    ending = ["-T", f"{max(1, round(world.sizes.load_seconds))}"]
    how = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", *ending, "-f", str(file)]
    done = subprocess.run([program, *how, *defined, *where], env=environment, capture_output=True, text=True)
    per_second, processed = _TPS.search(done.stdout), _PROCESSED.search(done.stdout)
    if done.returncode != 0 or per_second is None or processed is None:
        raise FloorFailed(f"pgbench ended with code {done.returncode}: {done.stderr[-1000:]}")
    return float(per_second[1]), int(processed[1])


async def _create_client(world: World) -> None:
    """Create the bank's program at the gateway, as its administrator would."""
    form = {"grant_type": "password", "username": "admin", "password": ADMIN_PASSWORD}
    body = {
        "client_id": _CLIENT,
        "display_name": "benchmark",
        "client_secret": ADMIN_PASSWORD + "-of-the-bank",
        "organisation": BANK,
        "grants": [{"role": str(Role.BANK), "region": COUNTY}],
    }
    async with _gateway(world) as http:
        token = (await http.post("/oauth/token", data=form)).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "benchmark-client"}
        (await http.post("/api/v1/api-clients", json=body, headers=headers)).raise_for_status()


async def _sign_in(world: World) -> str:
    secret = ADMIN_PASSWORD + "-of-the-bank"
    form = {"grant_type": "client_credentials", "client_id": _CLIENT, "client_secret": secret}
    async with _gateway(world) as http:
        return str((await http.post("/oauth/token", data=form)).raise_for_status().json()["access_token"])


def _gateway(world: World) -> httpx.AsyncClient:
    host, port = world.address("gateway")
    return httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False, timeout=30.0)
