"""Telephone numbers: one form on file, and the forms in which they are written."""

import re
from typing import Annotated, Final

from pydantic import StringConstraints

from shared.characters import half_width

TELEPHONE_PATTERN: Final = r"^(1[3-9][0-9]{9}|0[0-9]{9,11})$"  # a mobile, or area code and number
_TELEPHONE = re.compile(TELEPHONE_PATTERN)
_BETWEEN = re.compile(r"[\s()./\-‐-―－]+")
_ABROAD = re.compile(r"(?:\+|00)86")

# A telephone number in a request.
Telephone = Annotated[str, StringConstraints(pattern=TELEPHONE_PATTERN)]


def telephone(text: str) -> str | None:
    """Return the number without blanks, hyphens, brackets and +86, or None where it is none."""
    if _TELEPHONE.fullmatch(text):
        return text
    digits = _BETWEEN.sub("", half_width(text))
    if (found := _ABROAD.match(digits)) is not None:
        digits = digits[found.end() :]
        digits = digits if digits.startswith(("1", "0")) else f"0{digits}"
    return digits if _TELEPHONE.fullmatch(digits) else None
