"""Every proven clause has a change that would break its rule, and the command that tries them tells the truth."""

import ast
import json
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.policy.fengjie import PROJECT
from tools.clauses.catalogue import CATALOGUE, read_catalogue
from tools.clauses.mutants import main
from tools.clauses.mutations import KILLED, LIST, Mutation, Project, names_of, read_mutations

MUTATIONS = names_of(read_mutations(PROJECT))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_can_be_applied_and_is_a_program_still(name: str) -> None:
    mutation = MUTATIONS[name]
    changed = mutation.applied_to((PROJECT / mutation.file).read_text(encoding="utf-8"))
    assert mutation.file.suffix == ".py"
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse((PROJECT / mutation.file).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_breaks_what_services_run(name: str) -> None:
    file = MUTATIONS[name].file
    assert file.parts[0] in {"services", "shared"}
    assert "tests" not in file.parts


def test_whatever_is_proven_by_its_own_mark_has_a_mutation_and_nothing_else() -> None:
    """A part that is still proven by the mark of its whole clause gets its mutation with its mark."""
    claimed = {
        cited
        for clause in read_catalogue(CATALOGUE).clauses
        for cited, asked in clause.obligations()
        if asked.claimed and getattr(asked, "mark", "part") == "part"
    }
    assert {each.clause for each in MUTATIONS.values()} == claimed


def test_every_mutation_has_tests_that_are_marked() -> None:
    project = Project(PROJECT)
    assert [name for name, each in MUTATIONS.items() if not project.tests_of(each.clause)] == []


RULE = """
def may_borrow(age):
    return 18 <= age <= 60

def largest_amount():
    return 50_000

def shown():
    return True
"""
TESTS = """
import pytest
from services.rule import largest_amount, may_borrow, shown

@pytest.mark.clause("MS-2(b)")
def test_a_child_may_not_borrow():
    assert not may_borrow(17)
    assert may_borrow(18)

@pytest.mark.clause("MS-1")
def test_there_is_a_largest_amount():
    assert largest_amount() > 0

@pytest.fixture
def loan():
    assert largest_amount() == 50_000
    return 50_000

@pytest.mark.clause("MS-4")
def test_whose_fixture_needs_the_rule(loan):
    assert loan > 0

@pytest.mark.clause("MS-5")
def test_whose_fixture_needs_it_too(loan):
    assert loan > 0

@pytest.mark.clause("MS-5")
def test_that_shows_the_rule_itself():
    assert largest_amount() == 50_000

@pytest.mark.clause("MS-3")
def test_which_fails_anyway():
    assert shown() is None
"""
KILLING = {"clause": "MS-2(b)", "file": "services/rule.py", "text": "18 <= age", "replacement": "17 <= age"}
LIVING = {"clause": "MS-1", "file": "services/rule.py", "text": "50_000", "replacement": "60_000"}
BREAKING = {"clause": "MS-1", "file": "services/rule.py", "text": "return 50_000", "replacement": "return ("}
OF_A_FAILING_TEST = {"clause": "MS-3", "file": "services/rule.py", "text": "return True", "replacement": "return False"}


def project(folder: Path, *mutations: dict[str, str]) -> Path:
    files = {
        "pytest.ini": "[pytest]\npythonpath = .\nmarkers =\n  long: a long test\n",
        "services/__init__.py": "",
        "services/rule.py": RULE,
        "tests/test_rule.py": TESTS,
        str(LIST): json.dumps(mutations),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


@pytest.fixture(autouse=True)
def _of_this_project_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


@pytest.mark.parametrize(
    ("mutation", "fate"),
    [
        (LIVING, "SURVIVED"),
        (BREAKING, "BROKE THE PROGRAM"),
        ({**LIVING, "clause": "MS-4"}, "BROKE THE PROGRAM"),
        (OF_A_FAILING_TEST, "NO PASSING TEST"),
        ({**KILLING, "clause": "MS-9"}, "NO PASSING TEST"),
    ],
)
def test_a_rule_that_no_test_holds_fails_the_round(
    mutation: dict[str, str], fate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path, KILLING, mutation)
    assert main(["--root", str(root)]) == 1
    said = capsys.readouterr().out
    assert fate in said
    assert "1 被测试发现 killed" in said
    assert list(json.loads((root / KILLED).read_text())) == ["MS-2(b) 1"]
    assert (root / "services" / "rule.py").read_text() == RULE


def test_a_fixture_that_breaks_hides_no_test_that_fails(tmp_path: Path) -> None:
    assert main(["--root", str(project(tmp_path, {**LIVING, "clause": "MS-5"}))]) == 0


def test_what_died_and_did_not_change_is_not_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path, KILLING)
    assert main(["--root", str(root), "--clause", "MS-2"]) == 0
    capsys.readouterr()
    assert main(["--root", str(root), "--changed"]) == 0
    assert "nothing to try" in capsys.readouterr().out
    (root / "tests" / "test_rule.py").write_text(TESTS.replace("assert not may_borrow(17)", "assert may_borrow(40)"))
    assert main(["--root", str(root), "--changed"]) == 1
    assert "SURVIVED" in capsys.readouterr().out


def test_a_round_begins_nothing_after_its_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path, KILLING)
    assert main(["--root", str(root), "--minutes", "0"]) == 0
    assert "left for another round: MS-2(b) 1" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["age", "no such text"])
def test_a_text_that_stands_there_not_once_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"times in services/rule\.py"):
        Mutation(clause="MS-1", file=Path("services/rule.py"), text=text, replacement="x").applied_to(RULE)


def test_a_replacement_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        Mutation(clause="MS-1", file=Path("x.py"), text="50_000", replacement="50_000").applied_to(RULE)


@pytest.mark.parametrize("clause", ["MS", "MS-1(ab)", "ms-1", ""])
def test_a_clause_that_is_no_id_is_refused(clause: str) -> None:
    with pytest.raises(ValidationError):
        Mutation(clause=clause, file=Path("x.py"), text="a", replacement="b")
