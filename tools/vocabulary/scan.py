"""Find the words that are not used: in names, paths, SQL and codes, and in docstrings, comments and documents.

A name is split into its words, so that a phrase is found in snake_case, CamelCase and kebab-case. Every file is read
once; only where a word could be plain English as well is it looked at whether it stands in code or in prose.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tools.vocabulary.terms import Banned, Section, Term

FOLDERS: Final = ("services", "shared", "deploy", "spec", "tools", "tests", "docs", "policy")
SUFFIXES: Final = frozenset({".py", ".md", ".yaml", ".yml", ".toml", ".conf", ".sh", ".html", ".mako"})
# History keeps the words of its time; the rest is written by machine from what is scanned, or is the list itself.
SKIPPED: Final = (
    "CHANGELOG.md",
    "docs/glossary.md",
    "shared/vocabulary/terms.yaml",
    "services/gateway/contracts/*",
    "tests/architecture/test_vocabulary.py",
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*")
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LITERAL: Final = re.compile(
    r"(?P<string>[rbfRBFuU]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'))|(?P<comment>#[^\n]*)",
    re.DOTALL,
)
_SQL: Final = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|JOIN|VALUES|WHERE|FROM)\b")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A word that is not used, where it stands, and the term to use."""

    path: str
    line: int
    found: str
    term: str

    def __str__(self) -> str:
        """Return the finding as editors show places."""
        return f"{self.path}:{self.line}: “{self.found}” is not used here; the term is “{self.term}”"


@dataclass(frozen=True, slots=True)
class Ban:
    """A word that is not used, and the term it stands in for."""

    banned: Banned
    term: Term

    def counts(self, place: str, line: str) -> bool:
        """Return whether the word is wrong in this line of this file."""
        within = not self.banned.within or any(fnmatch(place, pattern) for pattern in self.banned.within)
        return within and not any(re.search(pattern, line) for pattern in self.banned.except_)

    def finding(self, place: str, number: int, found: str) -> "Finding":
        """Return the word as a finding in a line of a file."""
        return Finding(place, number, " ".join(found.split()), self.term.en)


class Scanner:
    """The banned words of a glossary, ready to be looked for."""

    def __init__(self, glossary: Iterable[Section]) -> None:
        self._by_first: dict[str, list[tuple[str, Ban]]] = defaultdict(list)
        self._phrases: dict[str, Ban] = {}
        self._bans: dict[str, tuple[Ban, ...]] = {}  # of the names that break one
        self._fine: set[str] = set()  # names that break none
        for term in (term for section in glossary for term in section.terms):
            for banned in term.banned:
                words = re.findall(r"[a-z]+", banned.word.lower())
                if banned.in_names:
                    self._by_first[words[0]].append((f" {' '.join(words)} ", Ban(banned, term)))
                if banned.in_text:
                    self._phrases[" ".join(banned.word.lower().split())] = Ban(banned, term)

    def scan(self, root: Path) -> list[Finding]:
        """Return every finding of a tree, in order."""
        return sorted(finding for path in files(root) for finding in self.scan_file(root, path))

    def scan_file(self, root: Path, path: Path) -> set[Finding]:
        """Return the findings of one file, its own name included."""
        place, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        suspects, in_path = self._suspects(text), self._suspects(place)
        named = _places(text, suspects, is_python=path.suffix == ".py")
        hits = [(start, word, suspects[word]) for start, word in named]
        found = {b.finding(place, 1, word) for word, bans in in_path.items() for b in bans if b.counts(place, place)}
        for start, word, bans in (*hits, *self._in_text(text)):
            line, number = _line(text, start)
            found |= {ban.finding(place, number, word) for ban in bans if ban.counts(place, line)}
        return found

    def _suspects(self, text: str) -> dict[str, tuple[Ban, ...]]:
        words = set(_NAME.findall(text)) - self._fine
        return {word: bans for word in words if (bans := self._of_name(word))}

    def _in_text(self, text: str) -> list[tuple[int, str, tuple[Ban, ...]]]:
        flat = " ".join(text.lower().split())
        present = [phrase for phrase in self._phrases if phrase in flat]
        return [
            (match.start(), match.group(), (self._phrases[phrase],))
            for phrase in present
            for match in re.finditer(_phrase(phrase), text, re.IGNORECASE)
        ]

    def _of_name(self, word: str) -> tuple[Ban, ...]:
        """Return the bans that a name breaks."""
        if word not in self._bans:
            parts = [part.lower() for part in _PART.findall(word)]
            whole = f" {' '.join(parts)} "
            bans = tuple(ban for part in set(parts) for words, ban in self._by_first.get(part, ()) if words in whole)
            if not bans:
                self._fine.add(word)
                return ()
            self._bans[word] = bans
        return self._bans[word]


def files(root: Path) -> Iterator[Path]:
    """Yield the files of a tree that people write."""
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.suffix in SUFFIXES and path.is_file() and not _skipped(path.relative_to(root).as_posix()):
                yield path
    for path in root.iterdir():
        if path.is_file() and (path.suffix in SUFFIXES or path.name == "Makefile") and not _skipped(path.name):
            yield path


def _skipped(place: str) -> bool:
    return any(fnmatch(place, pattern) for pattern in SKIPPED)


def _phrase(phrase: str) -> str:
    body = r"\s+".join(re.escape(word) for word in phrase.split())
    before = r"(?<![A-Za-z_-])" if phrase[0].isalpha() else r"(?<=[a-z])"
    return rf"{before}{body}(?![A-Za-z_])"


def _line(text: str, start: int) -> tuple[str, int]:
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    return text[first : last if last >= 0 else len(text)], text.count("\n", 0, start) + 1


def _places(text: str, suspects: Iterable[str], *, is_python: bool) -> Iterator[tuple[int, str]]:
    """Yield where the suspected words stand as names: a lone word of prose is none."""
    longest_first = sorted(map(re.escape, suspects), key=len, reverse=True)
    if not longest_first:
        return
    prose = _prose_of_python(text) if is_python else _prose_of_document(text)
    for match in re.finditer(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(longest_first)})(?![A-Za-z0-9_-])", text):
        word = match.group()
        if not (word.isalpha() and (word.islower() or word.istitle()) and prose.covers(match.start())):
            yield match.start(), word


class _Spans:
    """Stretches of a text, in order."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts, self._spans = [start for start, _ in spans], spans

    def covers(self, place: int) -> bool:
        """Return whether a place lies in one of them."""
        before = bisect_right(self._starts, place) - 1
        return before >= 0 and place < self._spans[before][1]


def _prose_of_python(text: str) -> _Spans:
    return _Spans([match.span() for match in _LITERAL.finditer(text) if _is_prose(match)])


def _is_prose(match: re.Match[str]) -> bool:
    written = match.group()
    return match.lastgroup == "comment" or (" " in written.strip("\"'").strip() and not _SQL.search(written))


def _prose_of_document(text: str) -> _Spans:
    """Return everything but what stands in backticks or before a colon at the start of a line."""
    names = [match.span() for match in re.finditer(r"`[^`\n]+`|(?m:^\s*(?:- )?[\w.-]+:)", text)]
    edges = [0, *(edge for span in names for edge in span), len(text)]
    return _Spans(list(zip(edges[::2], edges[1::2], strict=True)))
