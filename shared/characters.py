"""Characters that nobody sees, and those of full width: what a text says and how it is compared."""

import re
import unicodedata
from typing import Final

NO_CONTROLS: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
# Marks of direction and joints without a width, which come along when a number is copied from elsewhere.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def half_width(text: str) -> str:
    """Return the text with full-width letters, digits and signs in half width, as 1 for １; other scripts stay."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def seen(text: str) -> str:
    """Return the text without marks that nobody can have typed on purpose, and without blanks around it."""
    return _UNSEEN.sub("", text).strip()


def hides_something(text: str) -> bool:
    """Return whether a text holds control characters or others that nobody sees; unknown ideographs are none."""
    return any(unicodedata.category(character) in _HIDDEN for character in text)


def says_something(text: str) -> bool:
    """Return whether anything of a text is to be seen."""
    return any(unicodedata.category(character)[0] not in "ZM" for character in text if not hides_something(character))
