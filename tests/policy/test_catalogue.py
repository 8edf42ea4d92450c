"""The clause catalogue is complete and well formed."""

from pathlib import Path

import pytest

from tests.policy.fengjie import PROJECT
from tools.clauses.catalogue import CatalogueUnreadable, read_catalogue

CATALOGUE = PROJECT / "policy" / "clauses.yaml"


def expected_ids() -> dict[int, list[str]]:
    lines = Path(__file__).with_name("clause_ids.txt").read_text(encoding="utf-8").splitlines()
    return {int(number): ids.split() for number, ids in (line.split(":") for line in lines)}


def test_has_exactly_the_clauses_of_every_section_in_order() -> None:
    catalogue = read_catalogue(CATALOGUE)
    found: dict[int, list[str]] = {number: [] for number in catalogue.sections}
    for clause in catalogue.clauses:
        found[clause.section].append(clause.id)
    assert found == expected_ids()


def test_counts_per_section() -> None:
    assert [len(ids) for ids in expected_ids().values()] == [14, 8, 10, 16, 9, 15, 14, 11, 11]


def test_every_clause_names_its_services_and_has_short_titles() -> None:
    for clause in read_catalogue(CATALOGUE).clauses:
        assert clause.where, clause.id
        assert len(clause.en) <= 110, clause.id
        assert any("\u4e00" <= letter <= "\u9fff" for letter in clause.zh), clause.id
        assert clause.en.isprintable(), clause.id


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  - {id: FJ-4, section: 3, where: [L], zh: 审批, en: again}\n", "listed twice"),
        ("  - {id: QQ-1, section: 3, where: [L], zh: 审批, en: unknown source}\n", "unknown source"),
        ("  - {id: FJ-99, section: 12, where: [L], zh: 审批, en: unknown section}\n", "unknown source or section"),
        ("  - {id: FJ-99, section: 3, where: [X], zh: 审批, en: unknown service}\n", "where"),
        ("  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: typo, claim: true}\n", "claim"),
        (
            "  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: half, claimed: true, lacks: {zh: 一半, en: half}}\n",
            "claimed and lacks",
        ),
        (
            "  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: twice, rules: {a.b:c: part, a.b:d: part}}\n",
            "one rule, or several that decide different parts",
        ),
        ("  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: alone, rules: {a.b:c: part}}\n", "one rule"),
    ],
)
def test_refuses_a_wrong_catalogue(tmp_path: Path, line: str, said: str) -> None:
    wrong = tmp_path / "clauses.yaml"
    wrong.write_text(CATALOGUE.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(CatalogueUnreadable, match=said):
        read_catalogue(wrong)
