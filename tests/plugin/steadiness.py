"""A run that gives the same result on a busy machine, and the same tests again for the same seed."""

import gc
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Both compare the clock with a fixed number of milliseconds: on a busy machine they speak of the machine, not of the
# test. Every other health check counts draws, and a test that fails one draws what it cannot use: mend the strategy.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

OURS = ("deploy", "services", "shared", "spec", "tools")
NOT_IMPORTED = ("tests", "migrations", "__main__")  # no constants are taken from tests; alembic runs the others by path


def pytest_configure(config: pytest.Config) -> None:
    """Let the collector wait until all modules are imported, a fifth of the collection, where they are imported."""
    if not config.getoption("numprocesses", default=None):  # with workers, in each of them
        gc.disable()


def our_modules() -> Iterator[str]:
    """Return the name of every module whose constants Hypothesis draws once it is imported."""
    for name in OURS:
        yield from _within(name)


def _within(name: str) -> Iterator[str]:
    yield name
    for each in pkgutil.iter_modules(importlib.import_module(name).__path__, f"{name}."):
        if not each.name.endswith(NOT_IMPORTED):
            yield from _within(each.name) if each.ispkg else (each.name,)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Import what Hypothesis takes constants from, and let the collector leave alone what stays anyway.

    Hypothesis draws the numbers and words that stand in the modules imported by then: with a module that only some test
    imports, the same seed would draw otherwise in each worker, by the tests that it happened to run before.
    """
    if any(item.get_closest_marker("hypothesis") for item in session.items):
        for name in our_modules():
            importlib.import_module(name)
    gc.enable()
    gc.collect()
    gc.freeze()
