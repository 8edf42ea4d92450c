"""The terms of the glossary and the words that are not used instead, as `shared/vocabulary/terms.yaml` lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from shared.vocabulary.load import read

_KEYS: Final = frozenset({"term", "zh", "means", "source", "not_used", "not_in_names", "not_in_text"})


@dataclass(frozen=True, slots=True)
class Banned:
    """A word or phrase that is not used: in names, in text or in both.

    `except_` are patterns of lines in which another sense is right; `within` the only paths where it is wrong.
    """

    word: str
    in_names: bool
    in_text: bool
    except_: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A term in both languages, what it means here, where it comes from, and what is not said instead."""

    en: str
    zh: str
    means: str
    source: str
    banned: tuple[Banned, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Terms that belong together, under a bilingual heading."""

    title: str
    terms: tuple[Term, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Return the glossary, section by section.

    Raises:
        ValueError: an entry has a key that no reader knows, or stands before the first section.
    """
    found: list[tuple[str, list[Term]]] = []
    for entry in read("terms.yaml"):
        if "section" in entry:
            found.append((entry["section"], []))
        elif not found or (strange := set(entry) - _KEYS):
            raise ValueError(f"{entry.get('term')}: no such key {strange if found else '(no section yet)'}")
        else:
            found[-1][1].append(_term(entry))
    return tuple(Section(title, tuple(terms)) for title, terms in found)


def _term(entry: Mapping[str, Any]) -> Term:
    banned = (
        *(_banned(each, in_names=True, in_text=True) for each in entry.get("not_used", ())),
        *(_banned(each, in_names=True, in_text=False) for each in entry.get("not_in_names", ())),
        *(_banned(each, in_names=False, in_text=True) for each in entry.get("not_in_text", ())),
    )
    return Term(entry["term"], entry["zh"], entry["means"], entry["source"], banned)


def _banned(entry: str | Mapping[str, Any], *, in_names: bool, in_text: bool) -> Banned:
    if isinstance(entry, str):
        return Banned(entry, in_names, in_text)
    return Banned(entry["word"], in_names, in_text, tuple(entry.get("except", ())), tuple(entry.get("within", ())))
