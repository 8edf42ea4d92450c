"""Bounds with their wording, and what a pack says of single lenders; part of the terms. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from shared.policy.vocabulary import BoundWord


@dataclass(frozen=True, slots=True)
class ShareBound:
    """A share, and whether what it sets off begins there or beyond it; what a document says as 达到 or 超过."""

    share: Decimal
    word: BoundWord

    def is_met(self, part: Decimal, whole: Decimal) -> bool:
        """Return whether `part` of `whole` has come to the bound."""
        bound = whole * self.share
        return part >= bound if self.word is BoundWord.REACHES else part > bound


@dataclass(frozen=True, slots=True)
class DaysBound:
    """A number of days, and whether what it sets off begins there or beyond it."""

    days: int
    word: BoundWord

    def is_met(self, days: int) -> bool:
        """Return whether so many days have come to the bound."""
        return days >= self.days if self.word is BoundWord.REACHES else days > self.days


@dataclass(frozen=True, slots=True)
class LenderTolerance:
    """The tolerance for bad loans of these banks, by the code of the bank, each counted for itself."""

    bank_codes: tuple[str, ...]
    share: Decimal
    word: BoundWord = BoundWord.EXCEEDS


@dataclass(frozen=True, slots=True)
class LenderAccount:
    """Banks, by their codes, each of which lends on a fund account of its own, up to a multiple of its own money."""

    bank_codes: tuple[str, ...]
    multiplier: Decimal | None = None  # the county's where the document gives the bank none of its own


@dataclass(frozen=True, slots=True)
class LenderShares:
    """How losses on loans of these banks, by the code of the bank, are shared: by fund and bank alone, together 1."""

    bank_codes: tuple[str, ...]
    fund_share: Decimal
    bank_share: Decimal


LenderRow = TypeVar("LenderRow", LenderTolerance, LenderAccount, LenderShares)


def of_lender(rows: Iterable[LenderRow] | None, bank_code: str | None) -> LenderRow | None:
    """Return what a pack says of this lender alone, or None where the county's value holds for it."""
    return next((row for row in rows or () if bank_code in row.bank_codes), None)
