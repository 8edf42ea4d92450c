"""One small county for all tests of a worker: lived through by the demonstration, then left with its servers only."""

import asyncio
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from deploy.platform import Platform
from tests.plugin.folders import server_folder
from tests.reconcile.county import County, nats_reader, read
from tools.demo.__main__ import demonstrate
from tools.demo.beginning import Asked

SCALE = Decimal("0.003")  # the smallest county in which everything happens at least once


@pytest.fixture(scope="session")
def lived_through() -> Iterator[Path]:
    """Run the demonstration on a small county and lend the folder of its platform, stopped."""
    with server_folder() as folder:
        console = Console(file=io.StringIO(), width=150)
        status = asyncio.run(demonstrate(Asked.of(SCALE, "fengjie"), folder / "demo", console, durable=False))
        assert status == 0, console.file.getvalue()  # type: ignore[attr-defined]
        yield folder / "demo" / "platform"


@pytest.fixture(scope="session")
def county(lived_through: Path) -> Iterator[County]:
    """Start the county's servers without its services and read its streams once."""
    with Platform(lived_through, services=(), durable=False, prepare=False) as platform:
        reader = nats_reader(platform.env)
        streams, retelling = asyncio.run(read(reader))
        yield County(platform.env, streams, retelling, reader)
