"""A clause is proven by the case that shows it: without that case it is open again (`tests/plugin/marks.py`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.marks import fault_of

ROOT = Path(__file__).resolve().parents[2]
ONE, TWO, FOUR, FIVE = {"FJ-1"}, {"FJ-1", "FJ-2"}, {"FJ-1", "FJ-2", "FJ-3", "FJ-4a"}, {f"FJ-{n}" for n in range(5)}


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param([FOUR], id="one story of four clauses"),
        pytest.param([ONE, ONE], id="one clause that every case shows"),
        pytest.param([TWO, ONE], id="a clause that one case shows"),
        pytest.param([{"FJ-1"}, {"FJ-2"}, set()], id="each its own"),
        pytest.param([FOUR, ONE], id="one case with three of its own"),
    ],
)
def test_marks_that_lead_to_the_case(cases: list[set[str]]) -> None:
    assert fault_of(cases) is None


@pytest.mark.parametrize(
    ("cases", "fault"),
    [
        pytest.param([FIVE], "write a test for each", id="one story of five clauses"),
        pytest.param([TWO, TWO, TWO], "all cases carry FJ-1, FJ-2", id="two clauses on every case"),
        pytest.param([FIVE, {"FJ-1"}], "one case proves at most", id="four of its own"),
    ],
)
def test_marks_that_do_not(cases: list[set[str]], fault: str) -> None:
    assert fault in (fault_of(cases) or "")


def test_a_test_with_too_many_marks_fails(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    clause(id, *more): proves\n")
    (tmp_path / "test_marks.py").write_text(
        'import pytest\n\n\n@pytest.mark.clause("FJ-1", "FJ-2")\n@pytest.mark.parametrize("case", [1, 2])\n'
        "def test_all(case): pass\n\n\ndef test_none(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.plugin.marks", "-p", "no:cacheprovider", str(tmp_path)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "1 passed, 2 errors" in ended.stdout
    assert "all cases carry FJ-1, FJ-2" in ended.stdout
