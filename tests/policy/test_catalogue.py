"""The clause catalogue is complete and well formed."""

from pathlib import Path

import pytest

from shared.policy.clause_list import clause_of
from tests.policy.fengjie import PROJECT
from tools.clauses.catalogue import CatalogueUnreadable, read_catalogue

CATALOGUE = PROJECT / "policy" / "clauses.yaml"
DOMAINS = {
    "lending", "subsidy", "risk fund", "village funds", "supervision",
    "roles",
}  # fmt: skip

WHOLE, PART = "  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: whole", "{zh: 一项, en: part"


def expected_ids() -> dict[int, list[str]]:
    lines = Path(__file__).with_name("clause_ids.txt").read_text(encoding="utf-8").splitlines()
    return {int(number): ids.split() for number, ids in (line.split(":") for line in lines)}


def test_has_exactly_the_clauses_and_parts_of_every_section_in_order() -> None:
    catalogue = read_catalogue(CATALOGUE)
    found: dict[int, list[str]] = {number: [] for number in catalogue.sections}
    for clause in catalogue.clauses:
        found[clause.section].append(f"{clause.id}({''.join(clause.parts)})" if clause.parts else clause.id)
    assert found == expected_ids()


def test_counts_per_section() -> None:
    assert [len(ids) for ids in expected_ids().values()] == [20, 12, 24, 19, 11, 16, 19, 14, 18]


def test_every_clause_names_its_services_and_has_short_titles() -> None:
    for clause in read_catalogue(CATALOGUE).clauses:
        assert clause.where, clause.id
        for title in (clause, *clause.parts.values()):
            assert len(title.en) <= 110, clause.id
            assert any("\u4e00" <= letter <= "\u9fff" for letter in title.zh), clause.id
            assert title.en.isprintable(), clause.id


def test_every_part_is_claimed_or_open_with_the_domain_that_will_build_it() -> None:
    asked = [each for clause in read_catalogue(CATALOGUE).clauses for each in clause.obligations()]
    assert {part.open for _, part in asked if not part.claimed} == DOMAINS
    assert [cited for cited, part in asked if part.claimed and part.open] == []


def test_clauses_and_their_parts_may_be_cited_and_nothing_else() -> None:
    ids = read_catalogue(CATALOGUE).ids
    assert {"LG-12", "LG-12(a)", "LG-12(d)", "T17-4", "FJ-11"} <= ids
    assert ids & {"LG-12(e)", "FJ-11(a)", "T17-9"} == set()
    assert {clause_of(cited) for cited in ids} == {clause.id for clause in read_catalogue(CATALOGUE).clauses}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  - {id: FJ-4, section: 3, where: [L], zh: 审批, en: again, open: x x}\n", "listed twice"),
        ("  - {id: QQ-1, section: 3, where: [L], zh: 审批, en: unknown source, open: x x}\n", "unknown source"),
        (
            "  - {id: FJ-99, section: 12, where: [L], zh: 审批, en: nowhere, open: x x}\n",
            "unknown source or section",
        ),
        ("  - {id: FJ-99, section: 3, where: [X], zh: 审批, en: unknown service, open: x x}\n", "where"),
        ("  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: typo, claim: true}\n", "claim"),
        ("  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: neither}\n", "either `claimed: true`, or `open:`"),
        ("  - {id: FJ-99, section: 3, where: [L], zh: 审批, en: both, claimed: true, open: x x}\n", "either `claimed"),
        (f"{WHOLE}, claimed: true, lacks: {{zh: 一半, en: half}}}}\n", "claimed and lacks"),
        (f"{WHOLE}, open: x x, rules: {{a.b:c: part, a.b:d: part}}}}\n", "one rule, or several that decide different"),
        (f"{WHOLE}, open: x x, rules: {{a.b:c: part}}}}\n", "one rule"),
        ("  - {id: FJ-9(a), section: 3, where: [L], zh: 审批, en: a part is no clause, open: x x}\n", "id"),
        (f"{WHOLE}, open: x x, parts: {{a: {PART}, open: x x}}}}}}\n", "the clause itself does not"),
        (f"{WHOLE}, parts: {{a: {PART}, open: x x, mark: clause}}}}}}\n", "an open part has no proof"),
        (f"{WHOLE}, parts: {{a: {PART}}}}}}}\n", "a part is either"),
        (f"{WHOLE}, parts: {{b: {PART}, open: x x}}, a: {PART}, open: x x}}}}}}\n", "order of their letters"),
    ],
)
def test_refuses_a_wrong_catalogue(tmp_path: Path, line: str, said: str) -> None:
    wrong = tmp_path / "clauses.yaml"
    wrong.write_text(CATALOGUE.read_text(encoding="utf-8") + line, encoding="utf-8")
    with pytest.raises(CatalogueUnreadable, match=said):
        read_catalogue(wrong)
