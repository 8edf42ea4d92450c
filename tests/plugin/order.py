"""Which tests run in one process (`--dist loadfile`): those of a file, and those of a folder that share a platform."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# A platform with a county on it takes half a minute: its tests stay together, and they come first, and after them the
# longest files, so that no worker is left alone with one of them at the end. The rest keeps the random order.
SHARING = {
    "tests/journeys/test_whole_life.py": "lived county",  # first: it says to the fen what the others must not change
    "tests/security/": "lived county",
    "tests/faults/": "faults",
    "tests/reconcile/": "reconciliation",
    "tests/journeys/": "",  # each file has its own county
    "tests/deploy/": "deploy",
    "tests/messaging/": "messaging",
    "tests/bench/": "",
    "services/registry/tests/test_eligibility_runs.py": "",
    "services/registry/tests/test_import_worker.py": "",
}


def group_of(nodeid: str) -> str:
    """Return the name of the group of tests that run one after the other in one process."""
    file = nodeid.split("::", 1)[0]
    return next((group for start, group in SHARING.items() if file.startswith(start)), "") or file


def place_of(nodeid: str) -> int:
    """Return how early a test comes."""
    return next((place for place, start in enumerate(SHARING) if nodeid.startswith(start)), len(SHARING))


class GroupScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist publishes no types
    """Hands out groups of tests in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling | None:
    """Take the place of `--dist loadfile`."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return GroupScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest groups come first, whole; within a group and among the others the order stays random."""
    items.sort(key=lambda item: place_of(item.nodeid))
