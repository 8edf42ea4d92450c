"""Keyed traces of names: equal or similar names of equal births meet, and the traces tell no name. Pure.

A trace binds the name to the birth: to the year for equal names, to the day for names that differ in one character.
Whoever reads the table without the key can neither read a name nor count how frequent one is.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

Index = Callable[[str], bytes]
_DOTS: Final = frozenset("·•・.．‧∙ ")  # written in many ways in names of several parts


class Trace(NamedTuple):
    """One trace of a name: `name` for the whole, `name_part` for the name without one of its characters."""

    kind: str
    digest: bytes


def normalised_name(name: str) -> str:
    """Return the name in one writing: full-width and compatibility forms folded, no blanks, no dots, lower case."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in folded if each not in _DOTS and not each.isspace())


def traces(name: str, born_on: date, index: Index) -> frozenset[Trace]:
    """Return the traces of a person's name: one for the whole, and one for each way of leaving out a character.

    Two names that differ in one character, or of which one lacks a character of the other, share a part; the whole
    name counts as a part too, for the latter.
    """
    whole = normalised_name(name)
    parts = {whole, *(whole[:place] + whole[place + 1 :] for place in range(len(whole)))} - {""}
    return frozenset(
        {
            Trace("name", index(f"name|{born_on.year}|{whole}")),
            *(Trace("name_part", index(f"name-part|{born_on.isoformat()}|{part}")) for part in parts),
        }
    )
