"""`python -m tools.clauses` says how every clause stands and fails when a claim is not proven."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.policy.fengjie import FENGJIE, PROJECT
from tools.clauses.__main__ import main

CATALOGUE = """
sources:
  FJ: {zh: 奉节县, en: Fengjie county}
sections:
  "1": {zh: 借款人, en: Borrower}
clauses:
  - {id: FJ-4, section: 1, where: [L], claimed: true, zh: 审批, en: approval}
  - {id: FJ-10, section: 1, where: [R], claimed: true, zh: 授信, en: lines}
  - {id: FJ-99, section: 1, where: [R], open: lending, zh: 其他, en: something else}
  - id: FJ-12
    section: 1
    where: [L]
    zh: 公示
    en: public notice
    parts:
      a: {zh: 核实, en: checks, claimed: true, mark: clause}
      b: {zh: 公示五日, en: five days, open: lending}
      c: {zh: 异议停止计时, en: an objection stops the clock, claimed: true}
"""
PASSING = """
import pytest

@pytest.mark.clause("FJ-4", "FJ-10")
@pytest.mark.parametrize("amount", [1, 2])
def test_passes(amount): pass

@pytest.mark.clause("FJ-12")
def test_whole(): pass

@pytest.mark.clause("FJ-12(c)")
def test_part(): pass

@pytest.mark.skip(reason="not here")
@pytest.mark.clause("FJ-99")
def test_skipped(): pass

def test_unmarked(): assert False
"""
FAILING = """
import pytest

@pytest.fixture
def missing(): raise LookupError

@pytest.mark.clause("FJ-4")
def test_errs(missing): pass

@pytest.mark.clause("FJ-4")
def test_fails(): assert False
"""


def project(folder: Path, tests: dict[str, str], *, with_pack: bool = False) -> Path:
    (folder / "policy" / "packs").mkdir(parents=True)
    (folder / "policy" / "clauses.yaml").write_text(CATALOGUE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n")
    if with_pack:
        (folder / "policy" / "packs" / "fengjie.yaml").write_text(FENGJIE.read_text(encoding="utf-8"), encoding="utf-8")
    for name, text in tests.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@dataclass(frozen=True)
class Ended:
    """What a command returned and printed."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process on a small project, whose own tests need none of the installed plugins."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(root: Path, *options: str) -> Ended:
        code = main(["--root", str(root), *options])
        return Ended(code, *capfd.readouterr())

    return run


def document(root: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((root / "docs" / "clauses.json").read_text(encoding="utf-8"))
    clauses = {each["id"]: each for each in content["clauses"]}
    return clauses | {part["id"]: part for each in content["clauses"] for part in each.get("parts", ())}


def test_a_claimed_clause_with_passing_tests_is_proven(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {"test_loans.py": PASSING})
    ended = run(root)
    assert ended.returncode == 0, ended.stderr
    clauses = document(root)
    assert clauses["FJ-4"]["state"] == clauses["FJ-10"]["state"] == "proven"
    assert clauses["FJ-4"]["proven_by"] == [{"test": "test_loans.py::test_passes", "cases": 2}]
    assert clauses["FJ-99"]["state"] == "open"
    assert "FJ-4" in ended.stdout


def test_a_mark_on_the_clause_proves_the_parts_that_say_so_and_no_other(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {"test_loans.py": PASSING})
    assert run(root).returncode == 0
    found = document(root)
    assert [found[f"FJ-12({letter})"]["state"] for letter in "abc"] == ["proven", "open", "proven"]
    assert found["FJ-12(c)"]["proven_by"] == [{"test": "test_loans.py::test_part", "cases": 1}]
    assert found["FJ-12"]["proven_by"] == [{"test": "test_loans.py::test_whole", "cases": 1}]
    assert (found["FJ-12"]["state"], found["FJ-12"]["claimed"]) == ("partly", False)
    counted = json.loads((root / "docs" / "clauses.json").read_text(encoding="utf-8"))["summary"]
    assert (counted["clauses"], counted["claimed"], counted["proven"], counted["partly"]) == (4, 2, 2, 1)
    assert (counted["parts"]["asked"], counted["parts"]["claimed"], counted["parts"]["proven"]) == (6, 4, 4)


def test_an_open_part_stays_open_whatever_test_carries_its_mark(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {"test_loans.py": PASSING.replace('"FJ-12(c)"', '"FJ-12(c)", "FJ-12(b)"')})
    assert run(root).returncode == 0
    assert document(root)["FJ-12(b)"]["state"] == "open"


def test_a_clause_of_which_something_is_lacking_is_not_proven_by_tests_of_the_rest(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {"test_loans.py": PASSING})
    catalogue = root / "policy" / "clauses.yaml"
    lacks = "open: lending, zh: 授信, en: lines, rule: services.x.rules:line, lacks: {zh: 没有, en: no line}}"
    written = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(written.replace("claimed: true, zh: 授信, en: lines}", lacks), encoding="utf-8")
    ended = run(root)
    assert ended.returncode == 0, ended.stderr
    clause = document(root)["FJ-10"]
    assert (clause["state"], clause["open"]) == ("open", "lending")
    assert clause["lacks"] == {"zh": "没有", "en": "no line"}
    assert clause["rules"] == {"services.x.rules:line": "all of it"}


def test_the_command_prints_the_same_from_a_shell(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {"test_loans.py": PASSING.replace("FJ-10", "FJ-98")})
    shell = [sys.executable, "-m", "tools.clauses", "--root", str(root)]
    said = subprocess.run(shell, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=100)
    ended = run(root)
    assert (said.returncode, said.stderr) == (ended.returncode, ended.stderr)
    assert said.returncode == 1


def test_the_document_is_the_same_every_time(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {"test_loans.py": PASSING})
    run(root)
    first = (root / "docs" / "clauses.json").read_bytes()
    run(root)
    assert (root / "docs" / "clauses.json").read_bytes() == first


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        pytest.param({}, "FJ-4 is claimed, but no passing test", id="no test at all"),
        pytest.param(
            {"test_loans.py": PASSING.replace('"FJ-12(c)"', '"FJ-12"')},
            'no passing test of a service is marked @pytest.mark.clause("FJ-12(c)")',
            id="only the whole clause is marked",
        ),
        pytest.param(
            {"test_loans.py": PASSING.replace('"FJ-12(c)"', '"FJ-12(c)", "FJ-12(d)"')},
            "test_part names FJ-12(d)",
            id="unknown part",
        ),
        pytest.param(
            {"test_loans.py": PASSING, "test_more.py": FAILING}, "test_more.py::test_fails fails", id="one fails"
        ),
        pytest.param(
            {"tests/policy/test_values.py": PASSING}, "FJ-4 is claimed, but no passing test", id="only a value test"
        ),
        pytest.param(
            {"test_loans.py": PASSING.replace("FJ-10", "FJ-98")}, "test_passes[1] names FJ-98", id="unknown clause"
        ),
    ],
)
def test_fails_when_a_claim_is_not_proven(run: Run, tmp_path: Path, tests: dict[str, str], said: str) -> None:
    ended = run(project(tmp_path, tests))
    assert ended.returncode == 1
    assert said in ended.stderr


@pytest.mark.parametrize("broken", ["import nothing_of_that_name\n", PASSING.replace('"FJ-4", "FJ-10"', "10")])
def test_says_when_the_tests_could_not_run(run: Run, tmp_path: Path, broken: str) -> None:
    root = project(tmp_path, {"test_loans.py": broken})
    ended = run(root)
    assert ended.returncode == 2
    assert "could not be run" in ended.stderr
    assert not (root / "docs").exists()


def test_uses_an_earlier_report_and_shows_the_packs_values(run: Run, tmp_path: Path) -> None:
    root = project(tmp_path, {}, with_pack=True)
    report = tmp_path / "report.json"
    passed = {"test": "services/x/test_y.py::test_z", "clauses": ["FJ-4"], "outcome": "passed"}
    report.write_text(json.dumps({"tests": [passed]}))
    run(root, "--from-report", str(report))
    clauses = document(root)
    assert clauses["FJ-4"]["proven_by"] == [{"test": "services/x/test_y.py::test_z", "cases": 1}]
    assert clauses["FJ-10"]["state"] == "value_only"
    assert {"pack": "fengjie", "key": "lending.amount_max", "follows": False} in clauses["FJ-10"]["values"]


def test_records_under_parallel_workers_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = project(tmp_path, {"test_loans.py": PASSING, "test_more.py": FAILING})
    report = tmp_path / "report.json"
    plugins = ["-p", "xdist", "-p", "tools.clauses.recorder"]
    options = ["-q", "-n", "2", *plugins, "--clause-report", str(report), "-m", "clause"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(root)],
        cwd=PROJECT,
        capture_output=True,
        check=False,
        timeout=100,
    )
    outcomes = {each["test"].rpartition("::")[2]: each["outcome"] for each in json.loads(report.read_text())["tests"]}
    assert outcomes == {
        "test_passes[1]": "passed",
        "test_passes[2]": "passed",
        "test_whole": "passed",
        "test_part": "passed",
        "test_skipped": "skipped",
        "test_fails": "failed",
        "test_errs": "errored",
    }
