"""A pytest plugin that notes, for every test marked `clause`, which clauses it proves and how it ended.

Use it as `pytest -p tools.clauses.recorder --clause-report FILE`; it works under pytest-xdist too, because the ids
travel with each test's report.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

PROPERTY = "clauses"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the file to write."""
    parser.addoption("--clause-report", metavar="FILE", help="write which clause-marked tests passed to FILE (JSON)")
    parser.addoption("--only-clause", metavar="ID", action="append", help="run only tests marked with this clause")


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark, and record when a file was named and this process is not an xdist worker."""
    config.addinivalue_line("markers", "clause(id, *more): the policy clauses that this test proves")
    target = config.getoption("--clause-report")
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(target)), "clause-recorder")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Attach the clause ids of its marks to every test, and leave out tests of other clauses when some were named."""
    wanted: list[str] | None = config.getoption("--only-clause")
    others = []
    for item in items:
        ids = sorted(set(_clause_ids(item)))
        if ids:
            item.user_properties.append((PROPERTY, ids))
        if wanted is not None and not set(ids) & set(wanted):
            others.append(item)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [each for each in items if each not in set(others)]


def _clause_ids(item: pytest.Item) -> Iterator[str]:
    for mark in item.iter_markers("clause"):
        if not mark.args or mark.kwargs or not all(isinstance(each, str) for each in mark.args):
            raise pytest.UsageError(f'{item.nodeid}: write the mark as @pytest.mark.clause("FJ-10", ...)')
        yield from mark.args


class Recorder:
    """Gathers the outcome of every marked test and writes them when the run ends."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.outcomes: dict[str, str] = {}
        self.clauses: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one phase of a test; a failure outweighs everything, and only the call can pass or fail.

        What goes wrong around it, in a fixture, is `errored`: it says nothing of the rule.
        """
        ids = next((value for name, value in report.user_properties if name == PROPERTY), None)
        if not isinstance(ids, list):
            return
        self.clauses[report.nodeid] = [str(each) for each in ids]
        if report.failed:
            self.outcomes[report.nodeid] = "failed" if report.when == "call" else "errored"
        elif report.skipped:
            self.outcomes.setdefault(report.nodeid, "skipped")
        elif report.when == "call":
            self.outcomes.setdefault(report.nodeid, "passed")

    def pytest_sessionfinish(self) -> None:
        """Write the report, sorted by test."""
        tests = [
            {"test": nodeid, "clauses": self.clauses[nodeid], "outcome": self.outcomes[nodeid]}
            for nodeid in sorted(self.outcomes)
        ]
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.target.write_text(json.dumps({"tests": tests}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
