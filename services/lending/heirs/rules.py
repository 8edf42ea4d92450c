"""Up to which amount heirs answer for a borrower's debt, and which papers show it; pure (Civil Code, Article 1161)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from services.lending.defaults.rules.papers import PaperKind
from shared.money import ZERO

NEEDED: Final[Mapping[str, tuple[PaperKind, ...]]] = MappingProxyType(
    {
        "heir": (PaperKind.DEATH_CERTIFICATE, PaperKind.KINSHIP_PROOF),
        "disclaimed": (PaperKind.DEATH_CERTIFICATE, PaperKind.HEIR_DISCLAIMER),
        "not_heir": (),
    }
)


def missing_papers(inheritance: str, given: Collection[PaperKind]) -> list[PaperKind]:
    """Return the papers that a record of this inheritance still needs."""
    return [kind for kind in NEEDED[inheritance] if kind not in given]


def limit_left(inheritance: str, estate_limit: Decimal | None, paid: Decimal) -> Decimal:
    """Return what may still be asked of somebody, in yuan: nothing of who disclaimed, never more than was inherited.

    Who pays more of their own will does so (Article 1161); nothing is owed back.
    """
    if inheritance != "heir" or estate_limit is None:
        return ZERO
    return max(estate_limit - paid, ZERO)
