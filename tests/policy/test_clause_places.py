"""docs/clauses.json leads from a clause to its rule: what names it in the code, or the pack's value that it sets."""

import json
from pathlib import Path

from tools.clauses.places import places_of

ROOT = Path(__file__).resolve().parents[2]


def test_every_claimed_clause_leads_to_its_rule_or_to_the_value_it_sets() -> None:
    places = places_of(ROOT)
    clauses = json.loads((ROOT / "docs" / "clauses.json").read_text(encoding="utf-8"))["clauses"]
    lost = [each["id"] for each in clauses if each["claimed"] and not places.get(each["id"]) and not each["values"]]
    assert lost == []


def test_a_clause_leads_to_functions_classes_and_statements() -> None:
    places = places_of(ROOT)
    assert "services.registry.standing.eligibility.rules.loan:above_credit_limit" in places["FJ-10"]
    assert "services.riskfund.claims.refusals:AlreadyDecided" in places["LG-39"]
    assert not [place for each in places.values() for place in each if ".tests." in place]


def test_what_names_a_clause_is_found_where_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "services" / "x"
    folder.mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    (folder / "rules.py").write_text(
        '"""A module about FJ-1."""\n\n_SQL = "SELECT 1 -- FJ-2a"\n\n\n'
        'def due() -> str:\n    """Return it (FJ-3)."""\n    return "due"\n\n\n'
        'class Late:\n    clause = "FJ-4"\n\n    def said(self) -> str:\n        """Say it (FJ-5)."""\n'
        '        return ""\n'
    )
    assert places_of(tmp_path) == {
        "FJ-2a": ["services.x.rules:_SQL"],
        "FJ-3": ["services.x.rules:due"],
        "FJ-4": ["services.x.rules:Late"],
        "FJ-5": ["services.x.rules:Late.said"],
    }
