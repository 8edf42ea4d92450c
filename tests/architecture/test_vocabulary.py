"""Names, texts and documents use the terms of the glossary and none of the words it rules out."""

from collections import Counter
from pathlib import Path

import pytest

from tools.vocabulary import document
from tools.vocabulary.scan import Scanner
from tools.vocabulary.terms import Banned, Section, Term, sections

ROOT = Path(__file__).resolve().parents[2]
WISH = Term("loan request", "贷款需求", "What a household asks for.", "LG-12", (Banned("wish", True, True),))
OLDER = Term("legacy loan", "存量贷款", "A loan from before.", "LG-2", (Banned("older loan", True, True),))
TOLD = Term("event", "事件", "Something that happened.", "", (Banned("kept", True, False, except_=("by hand",)),))
LOCAL = Term("pass", "轮次", "One round.", "", (Banned("wave", True, False, within=("shared/bus/*",)),))


def test_no_word_stands_where_a_term_of_the_glossary_belongs() -> None:
    findings = Scanner(sections()).scan(ROOT)
    assert not findings, "\n".join(map(str, findings))


def test_the_glossary_is_what_its_file_says() -> None:
    assert document.DOCUMENT.read_text() == document.glossary(), "run `make contracts` and commit what it writes"


def test_every_term_says_in_both_languages_what_it_means_and_where_it_comes_from() -> None:
    terms = [term for section in sections() for term in section.terms]
    assert [term.en for term in terms if not (term.zh and term.means.endswith(".") and term.source)] == []
    assert [name for name, count in Counter(term.en for term in terms).items() if count > 1] == []


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("shared/a.py", "wish = 1\n", [(1, "wish")]),
        ("shared/a.py", "class LoanWish: ...\n", [(1, "LoanWish")]),
        ("shared/a.py", '"""It is\nthe wish of\nthe household."""\n', [(2, "wish")]),
        ("shared/a.py", "x = 'SELECT older_loan FROM loan'\n", [(1, "older_loan")]),
        ("shared/a.py", '# an older\nloans = "older  loan"\n', [(2, "older loan")]),
        ("docs/a.md", "See `/older-loans`.\n", []),
        ("docs/a.md", "See `/older-loan`.\n", [(1, "older-loan")]),
        ("shared/a.py", '"""What is kept."""\nkept = "kept"\n', [(2, "kept")]),
        ("shared/a.py", 'QUERY = """\nSELECT kept FROM a\n"""\n', [(2, "kept")]),
        ("shared/a.py", "kept = 1  # by hand\n", []),
        ("shared/bus/a.py", "waves, wave = 1, 2\n", [(1, "wave")]),
        ("shared/a.py", "wave = 1\n", []),
        ("shared/wish_list.py", "", [(1, "wish_list")]),
        ("services/gateway/contracts/a.yaml", "wish: 1\n", []),
        ("shared/a.py", "unwished = wishful = 1\n", []),
    ],
)
def test_a_word_is_found_where_it_is_wrong(tmp_path: Path, path: str, text: str, found: list[tuple[int, str]]) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True)
    place.write_text(text)
    scanner = Scanner([Section("one", (WISH, OLDER, TOLD, LOCAL))])
    assert [(finding.line, finding.found) for finding in scanner.scan(tmp_path)] == found


def test_a_finding_names_the_place_the_word_and_the_term(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\twish\n")
    (finding,) = Scanner([Section("one", (WISH,))]).scan(tmp_path)
    assert str(finding) == "Makefile:2: “wish” is not used here; the term is “loan request”"
