"""A run that gives the same result on a busy machine, and the same tests again for the same seed."""

import gc

import pytest
from hypothesis import HealthCheck, settings

# Both compare the clock with a fixed number of milliseconds: on a busy machine they speak of the machine, not of the
# test. Every other health check counts draws, and a test that fails one draws what it cannot use: mend the strategy.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector from walking again and again through modules, tests and applications that stay anyway."""
    gc.collect()
    gc.freeze()
