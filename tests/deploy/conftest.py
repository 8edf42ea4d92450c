"""A platform of real servers and tiny services."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.folders import scratch_folder
from deploy.environment import SERVICES
from deploy.platform import Platform

TINY = dict.fromkeys(SERVICES, "tests.deploy.tiny:create_app")
NO_RESTRICTIONS: Mapping[str, Mapping[str, list[str]]] = {
    user: {"publish": [">"], "subscribe": [">"]} for user in (*SERVICES, "provisioner", "reader")
}


def tiny_platform(data_dir: Path, **changes: Any) -> Platform:
    """Return a platform of two tiny services on real servers, not started."""
    settings: dict[str, Any] = {
        "durable": False,
        "services": ("lending", "gateway"),
        "applications": TINY,
        "prepare": False,
    }
    return Platform(data_dir, **{**settings, **changes})


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Lend a data folder that PostgreSQL's user can reach."""
    with scratch_folder() as folder:
        yield folder / "platform"


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    """Lend a running platform; tests that use it leave it as they found it."""
    with scratch_folder() as folder, tiny_platform(folder / "platform") as platform:
        yield platform
