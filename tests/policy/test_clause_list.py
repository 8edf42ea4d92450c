"""A pack lists the documents and clauses it cites, so that it stands alone; ours say what the catalogue says."""

from pathlib import Path

import pytest

from shared.policy.clause_list import clause_of, document_of
from shared.policy.difference import diff
from shared.policy.load import PackRefused, cited_clauses, load_pack, read_pack
from shared.policy.pack import PolicyPack
from tests.policy.fengjie import PROJECT, changed, fengjie, fengjie_text, line_of
from tests.policy.test_reading_packs import assert_in_chinese, mistakes_of
from tools.clauses.catalogue import CATALOGUE, read_catalogue

PACKS = sorted((PROJECT / "policy" / "packs").glob("*.yaml"))
KNOWN = {clause.id: clause for clause in read_catalogue(CATALOGUE).clauses}
AMOUNT_MAX = 'amount_max: {value: "50000.00", clause: FJ-10}'
LISTED = '  - {id: FJ-4a, at: "（一）二", zh: 两表一书一合同齐全'
DOCUMENT = "  - {prefix: FJ, zh: 奉节县扶贫小额信贷工作材料, "
every_pack = pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)


@every_pack
def test_a_countys_list_says_what_the_catalogue_says(path: Path) -> None:
    for clause in load_pack(path).clauses:
        known = KNOWN[clause.id]
        assert (clause.zh, clause.en) == (known.zh, known.en), clause.id
        parts = {letter: (part.zh, part.en) for letter, part in known.parts.items()}
        assert {letter: (part.zh, part.en) for letter, part in clause.parts.items()}.items() <= parts.items(), clause.id


@every_pack
def test_a_county_lists_its_whole_document_and_of_others_only_what_it_follows(path: Path) -> None:
    pack = load_pack(path)
    [own] = [document.prefix for document in pack.documents if not document.elsewhere]
    listed = [clause for clause in pack.clauses if document_of(clause.id) == own]
    assert {clause.id for clause in listed} == {each for each in KNOWN if document_of(each) == own}
    assert all(clause.parts.keys() == KNOWN[clause.id].parts.keys() for clause in listed)
    followed = {clause_of(cited) for _, cited, follows in cited_clauses(pack) if follows}
    shown = {clause_of(cited) for example in pack.examples for cited in example.clause}
    assert {clause.id for clause in pack.clauses} - {clause.id for clause in listed} <= followed | shown


def test_a_document_has_the_same_title_wherever_it_is_named() -> None:
    titles: dict[str, set[tuple[str, str]]] = {}
    for document in (each for path in PACKS for each in load_pack(path).documents):
        titles.setdefault(document.prefix, set()).add((document.zh, document.en))
    assert [prefix for prefix, said in titles.items() if len(said) > 1] == []


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        (AMOUNT_MAX, AMOUNT_MAX.replace("FJ-10", "FJ-99"), "lending.amount_max.clause", "is not in this pack's own"),
        (AMOUNT_MAX, AMOUNT_MAX.replace("FJ-10", "FJ-10(d)"), "lending.amount_max.clause", "Did you mean FJ-10("),
        (AMOUNT_MAX, AMOUNT_MAX.replace("FJ-10", "FJ-1000"), "lending.amount_max.clause", "Did you mean FJ-10"),
        (AMOUNT_MAX, AMOUNT_MAX.replace("FJ-10", "WUSHAN-3"), "lending.amount_max.clause", "Add its document to"),
        (AMOUNT_MAX, AMOUNT_MAX.replace("FJ-10", "LG-2"), "lending.amount_max.clause", "of a document from elsewhere"),
        (LISTED, LISTED.replace("FJ-4a", "FJ-4"), "clauses[3].id", "listed twice (first in line"),
        (LISTED, LISTED.replace("FJ-4a", "PA-1"), "clauses[3].id", "`documents` has no prefix PA"),
        (LISTED, LISTED.replace('at: "（一）二", ', ""), "clauses[3].at", "does not say where in its document"),
        (LISTED, LISTED.replace("zh: ", "text: "), "clauses[3].text", "not a key"),
        (LISTED, LISTED.replace("FJ-4a", "FJ4a"), "clauses[3].id", "FJ-10 or FJ-9a"),
        (DOCUMENT, DOCUMENT.replace("FJ", "SX"), "documents[3].prefix", "listed twice (first in line"),
        (DOCUMENT, DOCUMENT.replace("FJ", "fj"), "documents[0].prefix", "capital letters"),
    ],
)
def test_names_line_key_and_remedy_of_a_wrong_entry_in_both_languages(old: str, new: str, key: str, said: str) -> None:
    text = changed(old, new)
    found = {mistake.key: mistake for mistake in mistakes_of(text)}
    assert key in found, list(found)
    assert said in f"{found[key].message.en} {found[key].remedy.en}"
    assert_in_chinese(found[key])
    assert found[key].line == line_of(text, "- prefix: SX" if key.startswith("documents[3]") else new)


@pytest.mark.parametrize(
    "lists",
    [
        "documents: FJ\nclauses: [FJ-10, 3]\n",
        "clauses:\n  FJ-10: {zh: 五万元, en: fifty thousand}\n",
        "documents: [[]]\n",
    ],
)
def test_lists_that_are_none_are_refused_and_not_stumbled_over(lists: str) -> None:
    text = fengjie_text()
    without = text[: text.index("\ndocuments:\n")] + "\n" + lists + text[text.index("\neligibility:\n") :]
    found = mistakes_of(without)
    assert any(mistake.key.startswith(("documents", "clauses")) for mistake in found)
    assert "eligibility.exclusions.clause" in {mistake.key for mistake in found}


def test_a_clause_from_elsewhere_may_be_followed_and_shown_by_an_example() -> None:
    pack = fengjie()
    elsewhere = {document.prefix for document in pack.documents if document.elsewhere}
    assert {document_of(cited) for _, cited, follows in cited_clauses(pack) if follows} & elsewhere
    assert {document_of(cited) for example in pack.examples for cited in example.clause} & elsewhere
    assert not {document_of(cited) for _, cited, follows in cited_clauses(pack) if not follows} & elsewhere


def test_two_counties_use_one_prefix_for_different_documents() -> None:
    """An id means what the pack says that cites it; there is no register of prefixes."""
    text = fengjie_text().replace("奉节县扶贫小额信贷工作材料, en: ", "福建省某县扶贫小额信贷办法, en: ")
    other = read_pack(text.replace("zh: 示范评选与授信增长", "zh: 五万元以内"))
    assert {each.zh for each in (*fengjie().clauses, *other.clauses) if each.id == "FJ-10"} == {
        "示范评选与授信增长", "五万元以内",
    }  # fmt: skip
    assert other.lending.amount_max.clause == fengjie().lending.amount_max.clause == ("FJ-10",)


@pytest.mark.parametrize("prefix", ["FENGJIE500236", "FJ_1", "F"])
def test_a_prefix_has_two_to_twelve_letters_and_digits(prefix: str) -> None:
    with pytest.raises(PackRefused):
        read_pack(changed(DOCUMENT, DOCUMENT.replace("FJ", prefix)))


def test_a_long_prefix_and_a_number_of_a_thousand_are_ids() -> None:
    found = read_pack(fengjie_text().replace("FJ-10", "FJ500236-1010").replace(
        DOCUMENT, f"  - {{prefix: FJ500236, zh: 奉节县, en: Fengjie}}\n{DOCUMENT}"
    ))  # fmt: skip
    assert found.lending.amount_max.clause == ("FJ500236-1010",)


def test_rules_kept_before_packs_listed_their_clauses_stay_readable() -> None:
    content = fengjie().content()
    del content["documents"], content["clauses"]
    kept = PolicyPack.model_validate(content)
    assert (kept.clauses, kept.loan_terms()) == ((), fengjie().loan_terms())


def test_differences_say_which_clauses_came_went_and_changed() -> None:
    text = changed(LISTED, LISTED.replace("zh: 两表一书一合同齐全", "zh: 三表一书一合同齐全"))
    new = read_pack(text.replace("- id: FJ-16\n", "- id: FJ-160\n"))
    said = {change.en for change in diff(fengjie(), new) if change.key == "clauses"}
    assert "clauses: zh of FJ-4a from 两表一书一合同齐全 to 三表一书一合同齐全." in said
    assert any(each.startswith("clauses: added ") and "id FJ-160" in each for each in said)
    assert "clauses: removed FJ-16." in said
    assert len(said) == 3
