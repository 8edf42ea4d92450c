"""The platform speaks Chinese and English: sentences in both, and which of them a caller wants to read.

An answer in both languages has one line for each, the Chinese first.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_BILINGUAL = re.compile(r"(?P<zh>.*[^\x00-\x7f]) (?P<en>[\x20-\x7e]+)")
_RANGE = re.compile(
    r"\s*(?P<tag>\*|[A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*(?P<weight>[01](?:\.\d{0,3})?)\s*)?"
)
HEADER_MAX_LENGTH = 200  # browsers send about forty characters


class Language(StrEnum):
    """A language of the platform."""

    CHINESE = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The same words in both languages."""

    zh: str
    en: str

    @classmethod
    def split(cls, words: str) -> Self:
        """Return a title such as "未找到 Not found" in its two parts.

        Raises:
            ValueError: it is not Chinese, a blank, and English in ASCII.
        """
        parts = _BILINGUAL.fullmatch(words)
        if parts is None:
            raise ValueError(f"write a title as Chinese, a blank, and English: {words!r}")
        return cls(parts["zh"], parts["en"])

    def spoken(self, language: Language | None) -> str:
        """Return it in one language, or with None in both, a line each."""
        match language:
            case Language.CHINESE:
                return self.zh
            case Language.ENGLISH:
                return self.en
        return f"{self.zh}\n{self.en}"

    def __str__(self) -> str:
        """Return both in one line, for the cell of a sheet."""
        return f"{self.zh} {self.en}"


def preferred_language(accept_language: str | None) -> Language | None:
    """Return the one language that the header Accept-Language (RFC 9110, 12.5.4) prefers; None when it prefers none.

    None stands for both: the header is absent, cannot be read, or weighs Chinese and English alike.
    """
    if not accept_language or len(accept_language) > HEADER_MAX_LENGTH:
        return None
    weights = _weights(accept_language)
    others = weights.get("*", 0.0)
    chinese, english = (weights.get(language, others) for language in Language)
    if chinese == english:
        return None
    return Language.CHINESE if chinese > english else Language.ENGLISH


def _weights(accept_language: str) -> dict[str, float]:
    """Return the highest weight of each language; `zh-CN` and `zh-TW` are both `zh`."""
    weights: dict[str, float] = {}
    for part in accept_language.split(","):
        if (found := _RANGE.fullmatch(part)) is not None:
            tag, weight = found["tag"].lower(), float(found["weight"] or 1)
            weights[tag] = max(weights.get(tag, 0.0), weight)
    return weights
