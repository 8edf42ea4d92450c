"""A run that gives the same result on a busy machine, and the same tests again for the same seed."""

import gc

import pytest
from hypothesis import HealthCheck, settings

# Both compare the clock with a fixed number of milliseconds: on a busy machine they speak of the machine, not of the
# test. Every other health check counts draws, and a test that fails one draws what it cannot use: mend the strategy.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Let the collector wait until all modules are imported, a fifth of the collection, where they are imported."""
    if not config.getoption("numprocesses", default=None):  # with workers, in each of them
        gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector from walking again and again through modules, tests and applications that stay anyway."""
    gc.enable()
    gc.collect()
    gc.freeze()
