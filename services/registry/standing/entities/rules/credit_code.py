"""Unified social credit codes by GB 32100-2015: 17 characters and a check character, base 31. Pure."""

import re
from typing import Final

from services.registry.standing.entities.refusals import CreditCodeInvalid
from shared.languages import Sentence

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
# Registering office and kind, six digits of the region, nine characters of the organisation, the check character.
_SHAPE: Final = re.compile(rf"^[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}$")


def check_character(first_17: str) -> str:
    """Return the check character for the first seventeen."""
    total = sum(_VALUES[character] * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def ensure_valid(code: str) -> str:
    """Return the code trimmed and in capitals.

    Raises:
        CreditCodeInvalid: wrong shape or wrong check character (GB 32100-2015).
    """
    code = code.strip().upper()
    if not _SHAPE.match(code):
        raise CreditCodeInvalid(
            Sentence(
                "应为 18 位数字或大写字母，且不含 I、O、S、V、Z",
                "it must have 18 digits and capital letters without I, O, S, V and Z",
            )
        )
    if check_character(code[:17]) != code[17]:
        raise CreditCodeInvalid(Sentence("校验码不符", "its check character is wrong"))
    return code
