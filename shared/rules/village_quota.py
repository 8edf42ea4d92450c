"""What cuts leave of a village's loan quota (额度, FJ-12). Pure.

Fengjie cuts the quota of the whole village for malicious non-payment and does not say how several cuts add up. Here
each cut takes its share of what the others left: a second malicious default costs the village something again, the
quota never falls below zero, and the order in which cuts arrive makes no difference.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

_SHARE_STEP: Final = Decimal("0.00000001")
_FEN: Final = Decimal("0.01")


def share_left(cuts: Iterable[Decimal]) -> Decimal:
    """Return the fraction of a village's quota that its cuts leave, each cut a fraction between 0 and 1 (FJ-12).

    Rounded half to even to eight places, once.
    """
    left = Decimal(1)
    for cut in sorted(cuts):
        left *= 1 - cut
    return left.quantize(_SHARE_STEP)


def quota_left(quota: Decimal, cuts: Iterable[Decimal]) -> Decimal:
    """Return in yuan, to the fen, what the cuts leave of a quota of `quota` yuan (FJ-12)."""
    return (quota * share_left(cuts)).quantize(_FEN)
