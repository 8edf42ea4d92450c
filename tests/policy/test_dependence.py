"""An example depends on the clause that it cites: with other values of the clause its figures are others."""

from pathlib import Path

import pytest

from shared.policy.dependence import unproven
from shared.policy.leaves import leaves
from shared.policy.load import bases_beside, read_with_lines
from shared.policy.perturbed import carrying, perturbed
from tests.policy.fengjie import PROJECT, changed, fengjie, line_of
from tools.packs.check import try_examples

CLAIM = "    clause: LG-21b\n    claim:"


def mistakes(text: str) -> list[tuple[int | None, str, str, str]]:
    """Return line, key and sentence of every example that proves nothing of a clause of Fengjie's changed pack."""
    pack, parsed = read_with_lines(text)
    found = unproven(pack, parsed, try_examples)
    return [(each.line, each.key, each.message.zh, each.message.en) for each in found]


PACKS = (
    *sorted((PROJECT / "policy" / "packs").glob("*.yaml")),
    PROJECT / "tests" / "journeys" / "shouning" / "pack.yaml",
)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_example_of_every_pack_depends_on_the_clauses_it_cites(path: Path) -> None:
    pack, parsed = read_with_lines(path.read_text(encoding="utf-8"), path.name, bases_beside(path))
    assert [str(each) for each in unproven(pack, parsed, try_examples)] == []


def test_an_example_that_cites_a_clause_of_other_values_is_named_with_them() -> None:
    text = changed(CLAIM, CLAIM.replace("LG-21b", "FJ-10"))
    [(line, key, zh, en)] = mistakes(text)
    assert line == line_of(text, "- name: {zh: 保险先赔其余分担")
    assert key.endswith(".clause")
    assert "“保险先赔其余分担”不能说明 FJ-10" in zh
    assert "lending.amount_max" in zh
    assert "proves nothing of FJ-10" in en


def test_each_clause_that_an_example_cites_must_be_shown_by_it() -> None:
    text = changed(CLAIM, CLAIM.replace("LG-21b", "[LG-21b, FJ-10]"))
    assert [each[2].count("不能说明 FJ-10") for each in mistakes(text)] == [1]


def test_an_example_that_cites_a_clause_on_which_nothing_rests_is_named() -> None:
    text = changed(CLAIM, CLAIM.replace("LG-21b", "FJ-16"))
    assert [each[2] for each in mistakes(text)] == ["算例“保险先赔其余分担”引用 FJ-16，而没有任何取值依据该条款"]


def test_a_clause_and_its_parts_are_carried_by_the_same_values() -> None:
    pack = fengjie()
    assert [leaf.place for leaf in carrying(pack, "FJ-10(a)")] == [leaf.place for leaf in carrying(pack, "FJ-10")]


def test_every_value_of_a_pack_has_others_and_none_is_the_value_itself() -> None:
    pack = fengjie()
    for leaf in leaves(pack):
        found = list(perturbed(pack, leaf))
        assert found or leaf.value.value == (), leaf.place
        assert all(other != pack for other in found), leaf.place
