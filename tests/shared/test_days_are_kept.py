"""A service that has jobs of a day keeps its days itself when its settings say so, and only then."""

import asyncio

import pytest

from services.gateway.routing.contracts import read_contracts
from shared.testing.service import StartService

JOBS = "/jobs/"
WITH_JOBS = sorted(
    name for name, contract in read_contracts().items() if any(JOBS in path for path in contract["paths"])
)


def keeping() -> bool:
    """Return whether days are kept in this process."""
    return any(task.get_name() == "days" for task in asyncio.all_tasks())


@pytest.mark.parametrize("name", WITH_JOBS)
@pytest.mark.parametrize(("every_seconds", "kept"), [("3600", True), ("0", False)])
async def test_a_service_with_jobs_keeps_its_days(
    start_service: StartService, monkeypatch: pytest.MonkeyPatch, name: str, every_seconds: str, kept: bool
) -> None:
    monkeypatch.setenv("DAYS_EVERY_SECONDS", every_seconds)
    await start_service(name)
    assert keeping() is kept


def test_there_are_services_with_jobs() -> None:
    assert {"lending", "registry", "riskfund"} <= set(WITH_JOBS)
