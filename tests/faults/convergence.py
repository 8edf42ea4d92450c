"""After every fault: all services say the same of every loan, nothing is on its way, the reconciliation is green."""

import asyncio
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import asyncpg

from tests.journeys.tiny_county import Place
from tools.reconcile.__main__ import database_urls, nats_of
from tools.reconcile.program import run

SECONDS = 120.0  # bounds of waiting are far above what a busy machine needs
POLL_SECONDS = 0.1
NOTHING = Decimal("0.00")

LENDING = "SELECT id, principal_outstanding, interest_paid, penalty_paid FROM loan"
RISKFUND = "SELECT loan_id, outstanding FROM covered_loan"
SUBSIDY = """
SELECT a.loan_id, coalesce((SELECT sum(amount) FROM interest_payment i
         WHERE i.loan_id = a.loan_id AND i.superseded_by IS NULL), 0.00),
       coalesce((SELECT sum(amount) FROM penalty_payment p
         WHERE p.loan_id = a.loan_id AND p.superseded_by IS NULL), 0.00)
FROM subsidy_account a
"""

Figures = dict[str, tuple[Decimal, ...]]


async def ensure_settled(place: Place) -> None:
    """Wait until the services agree on every loan, then let the reconciliation look at everything."""
    deadline = time.monotonic() + SECONDS
    while (difference := await _difference(place.platform.env)) is not None:
        assert time.monotonic() < deadline, f"after {SECONDS:.0f} s: {difference}\n{_log_tails(place)}"
        await asyncio.sleep(POLL_SECONDS)
    report = await run(database_urls(place.platform.env), nats_of(place.platform.env))
    while not report.is_green and time.monotonic() < deadline:  # other events than those of loans may be on their way
        await asyncio.sleep(POLL_SECONDS)
        report = await run(database_urls(place.platform.env), nats_of(place.platform.env))
    assert report.is_green, [each for each in report.as_json()["results"] if each["id"] in report.red]


async def _difference(environment: Mapping[str, str]) -> str | None:
    """Return how lending, risk fund and subsidy differ about the loans, or None."""
    lending = await _figures(environment, "LENDING", LENDING)
    riskfund = await _figures(environment, "RISKFUND", RISKFUND)
    subsidy = await _figures(environment, "SUBSIDY", SUBSIDY)
    if (outstanding := {loan: figures[:1] for loan, figures in lending.items()}) != riskfund:
        return f"exposure differs: {set(outstanding.items()) ^ set(riskfund.items())}"
    if (paid := {loan: figures[1:] for loan, figures in lending.items()}) != subsidy:
        return f"interest or penalty paid differs: {set(paid.items()) ^ set(subsidy.items())}"
    return None


async def _figures(environment: Mapping[str, str], service: str, query: str) -> Figures:
    connection = await asyncpg.connect(environment[f"RECONCILE_{service}_DATABASE_URL"])
    try:
        return {str(row[0]): tuple(row.values())[1:] for row in await connection.fetch(query)}
    finally:
        await connection.close()


def _log_tails(place: Place) -> str:
    logs = Path(place.platform.data_dir) / "logs"
    tails = {service: (logs / f"{service}.log").read_text()[-1500:] for service in ("lending", "subsidy", "riskfund")}
    return "\n".join(f"--- {service}\n{tail}" for service, tail in tails.items())
