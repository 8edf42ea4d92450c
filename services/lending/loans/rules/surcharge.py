"""Penalty interest in its two parts (罚息分列): interest at the contract's rate, and the surcharge on it; pure.

Who pays late owes interest at the contract's rate for the days late (逾期利息), which a fund may compensate (LG-21a),
and a surcharge of 30 to 50 percent on it (加收部分), which nobody compensates or subsidises (SX-5; central bank, notice
251 of 2003). The two are parts of one sum that was rounded once, so each is worked out from the sum so far, never
rounded along with it: penalty = late interest + surcharge on every day and for every payment.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.lending.loans.rules.schedule import NOTHING, in_fen
from shared.policy.vocabulary import Rounding

# Where a pack does not say by how much misuse costs more (挪用): 50 percent, the least of notice 251.
LEAST_OF_MISUSE: Final = Decimal("1.5")


def surcharge_of(penalty: Decimal, multiplier: Decimal) -> Decimal:
    """Return the surcharge in one instalment's penalty so far, in yuan; a multiplier of 1 or less adds none."""
    return penalty - in_fen(Fraction(penalty) / max(Fraction(multiplier), Fraction(1)), Rounding.HALF_UP)


def surcharges_paid(parts: Iterable[Mapping[int, Decimal]], multiplier: Decimal) -> list[Decimal]:
    """Return the surcharge that each of several payments paid, in their order.

    A part is the penalty that a payment paid, by instalment; what the payments of an instalment paid adds up to the
    surcharge of their sum.
    """
    paid: dict[int, Decimal] = {}
    found = []
    for part in parts:
        surcharge = NOTHING
        for number, penalty in part.items():
            before = paid.get(number, NOTHING)
            paid[number] = before + penalty
            surcharge += surcharge_of(before + penalty, multiplier) - surcharge_of(before, multiplier)
        found.append(surcharge)
    return found
