"""What all processes of one test run stand on: one PostgreSQL and one set of keys."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.postgres import SUPERUSER, PostgresServer
from deploy.keys import ensure_pii_keys, ensure_signing_keys
from tests.plugin.folders import server_folder

ISSUERS = ("gateway", "registry", "lending", "subsidy", "riskfund")
_WORKER_INPUT = "ground"
_SETTINGS = {
    "max_connections": "400",  # of all workers together
    "shared_buffers": "32MB",  # walked again for every database that is made or dropped
    "synchronous_commit": "off",  # nobody kills this server
    "autovacuum": "off",  # databases live for a second, and statistics must not change under a test
}


@dataclass(frozen=True)
class Ground:
    """Where PostgreSQL answers its superuser, and the folder of the keys."""

    postgres: str
    keys_dir: Path


@contextmanager
def made_ground() -> Iterator[Ground]:
    """Run PostgreSQL, not durable, and make signing keys for every issuer and keys for personal data."""
    password = secrets.token_hex(12)
    with server_folder() as folder, ThreadPoolExecutor(1) as supervisor:
        keys = folder / "keys"
        ensure_signing_keys(keys, ISSUERS)
        ensure_pii_keys(keys / "pii.json")
        server = PostgresServer(folder / "pg", password, durable=False, settings=_SETTINGS)
        try:
            supervisor.submit(server.start).result()  # a child lives as long as the thread that started it
            yield Ground(f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{server.port}/postgres", keys)
        finally:
            server.stop()


_held = pytest.StashKey[ExitStack]()
_ground = pytest.StashKey[Ground]()


def _ground_of(config: pytest.Config) -> Ground:
    if _ground not in config.stash:
        config.stash[_held] = ExitStack()
        config.stash[_ground] = config.stash[_held].enter_context(made_ground())
    return config.stash[_ground]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send a worker of pytest-xdist where the ground of the run is."""
    ground = _ground_of(node.config)
    node.workerinput[_WORKER_INPUT] = {"postgres": ground.postgres, "keys_dir": str(ground.keys_dir)}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the ground away when the run is over."""
    if _held in config.stash:
        config.stash[_held].close()


@pytest.fixture(scope="session")
def ground(pytestconfig: pytest.Config) -> Ground:
    """Return the run's PostgreSQL and keys; without workers they are made by the first test that needs them."""
    given = getattr(pytestconfig, "workerinput", {}).get(_WORKER_INPUT)
    if given is not None:
        return Ground(given["postgres"], Path(given["keys_dir"]))
    return _ground_of(pytestconfig)


@pytest.fixture(scope="session")
def keys_dir(ground: Ground) -> Path:
    """Return the folder of the signing keys of every issuer and of the keys for personal data."""
    return ground.keys_dir
