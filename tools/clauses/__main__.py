"""Run the tests that prove clauses and say how every clause stands: `python -m tools.clauses`.

Exits with 1 when a claimed clause or part has no passing test, when one of its tests fails, or when a test or pack
names one that the catalogue does not have; with 2 when the tests could not be run at all.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from shared.policy.load import load_pack
from tools.clauses.catalogue import read_catalogue
from tools.clauses.document import as_json, print_table
from tools.clauses.status import Outcome, PartStatus, read_outcomes, statuses, unknown_ids

PROJECT = Path(__file__).resolve().parents[2]
NARROWEST_TABLE = 150
RAN_TO_THE_END = (0, 1, 5)  # pytest: all passed, some failed, none found


class TestsDidNotRun(RuntimeError):
    """pytest stopped before it could say which tests pass."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, write the document and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        outcomes = (
            read_outcomes(options.from_report)
            if options.from_report
            else _run_marked_tests(options.root, options.tests)
        )
    except TestsDidNotRun as problem:
        print(problem, file=sys.stderr)
        return 2
    catalogue = read_catalogue(options.root / "policy" / "clauses.yaml")
    packs = {path.stem: load_pack(path) for path in sorted((options.root / "policy" / "packs").glob("*.yaml"))}
    found = statuses(catalogue, outcomes, packs)
    print_table(catalogue, found, Console(width=max(Console().width, NARROWEST_TABLE)))
    if not options.tests:
        document = options.root / "docs" / "clauses.json"
        document.parent.mkdir(parents=True, exist_ok=True)
        document.write_text(as_json(catalogue, found), encoding="utf-8")
    complaints = [
        *(_broken(part) for each in found for part in each.broken_promises),
        *unknown_ids(catalogue, outcomes, packs),
    ]
    for complaint in complaints:
        print(f"✗ {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def _broken(part: PartStatus) -> str:
    if part.evidence.failed:
        return f"{part.id} is claimed, but {', '.join(part.evidence.failed)} fails; repair it"
    mark = f'@pytest.mark.clause("{part.id}")'
    return f"{part.id} is claimed, but no passing test of a service is marked {mark}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.clauses", description=__doc__)
    parser.add_argument(
        "--from-report", type=Path, metavar="FILE", help="use this report of the recorder; run no tests"
    )
    parser.add_argument("--tests", nargs="+", default=[], metavar="PATH", help="run only these; writes no document")
    parser.add_argument("--root", type=Path, default=PROJECT, help=argparse.SUPPRESS)
    return parser


def _run_marked_tests(root: Path, tests: Sequence[str]) -> tuple[Outcome, ...]:
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory(prefix="clauses-") as folder:
        report = Path(folder) / "report.json"
        plugin = ["-p", "tools.clauses.recorder", "--clause-report", str(report)]
        command = [sys.executable, "-m", "pytest", "-q", "-m", "clause", *plugin, *tests]
        ended = subprocess.run(command, cwd=root, env={**os.environ, "PYTHONPATH": path}, check=False)
        if ended.returncode not in RAN_TO_THE_END or not report.exists():
            raise TestsDidNotRun(f"The tests could not be run: pytest ended with {ended.returncode}, see its output.")
        return read_outcomes(report)


if __name__ == "__main__":
    raise SystemExit(main())
