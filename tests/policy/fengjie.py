"""Fengjie's pack as text and as a pack, for tests that change one line of it."""

from functools import cache
from pathlib import Path

from shared.policy.load import read_pack
from shared.policy.pack import PolicyPack

PROJECT = Path(__file__).resolve().parents[2]
FENGJIE = PROJECT / "policy" / "packs" / "fengjie.yaml"


@cache
def fengjie_text() -> str:
    """Return the file's text."""
    return FENGJIE.read_text(encoding="utf-8")


@cache
def fengjie() -> PolicyPack:
    """Return the pack."""
    return read_pack(fengjie_text(), FENGJIE.name)


def changed(old: str, new: str) -> str:
    """Return the text with the one place `old` replaced; fails when it is not there exactly once."""
    assert fengjie_text().count(old) == 1, f"{old!r} occurs {fengjie_text().count(old)} times"
    return fengjie_text().replace(old, new)


def line_of(text: str, fragment: str) -> int:
    """Return the number of the first line that holds the fragment."""
    return text[: text.index(fragment)].count("\n") + 1
