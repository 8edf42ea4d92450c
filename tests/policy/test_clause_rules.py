"""Each clause leads to the one rule that decides it, or says which part each of several rules decides; and it runs."""

import ast
import json

import pytest

from tests.architecture.test_reached import ROOT, reached, sources
from tools.clauses.catalogue import CATALOGUE, Clause, read_catalogue

CLAUSES = {each.id: each for each in read_catalogue(CATALOGUE).clauses}
DOCUMENT = json.loads((ROOT / "docs" / "clauses.json").read_text(encoding="utf-8"))["clauses"]


def rules_of(clause: Clause) -> list[str]:
    """Return what decides a clause, as `module:name`."""
    return [clause.rule] if clause.rule else list(clause.rules)


def defined_in(module: str) -> set[str]:
    """Return the functions, classes and constants that a module defines."""
    tree = sources()[module]
    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named |= {each.id for each in targets if isinstance(each, ast.Name)}
    return named


def test_a_clause_that_is_proven_leads_to_its_rule() -> None:
    proven = {each["id"] for each in DOCUMENT if each["state"] in ("proven", "partly")}
    claimed = {clause.id for clause in CLAUSES.values() if any(each.claimed for _, each in clause.obligations())}
    assert [each for each in sorted(proven | claimed) if not rules_of(CLAUSES[each])] == []


@pytest.mark.parametrize("rule", sorted({rule for clause in CLAUSES.values() for rule in rules_of(clause)}))
def test_a_rule_is_there_and_a_service_runs_it(rule: str) -> None:
    module, name = rule.split(":")
    assert module in reached(by_services=True)
    assert name in defined_in(module)


@pytest.mark.parametrize("clause", DOCUMENT, ids=[each["id"] for each in DOCUMENT])
def test_the_document_says_what_the_catalogue_says(clause: dict[str, object]) -> None:
    listed = CLAUSES[str(clause["id"])]
    assert clause["rules"] == ({listed.rule: "all of it"} if listed.rule else listed.rules)
    assert clause["lacks"] == (listed.lacks.model_dump() if listed.lacks else None)
    assert clause["claimed"] is listed.is_claimed
