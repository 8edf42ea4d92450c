"""What a pack may say and no service does yet: worked out for the pack's examples alone, and shown as such."""

from decimal import Decimal

from shared.money import ZERO, yuan
from shared.policy.arrangements import DepositBand, DepositRule


def deposit_due(amount: Decimal, rule: DepositRule) -> Decimal:
    """Return the recommender's deposit for a loan of `amount` yuan, rounded half up to the fen; 0.00 below every band.

    FJ-14: loans of 10 000 to 30 000 need 1 %, above 30 000 5 %. No service takes or holds a deposit.
    """
    band = next((band for band in rule.bands if _holds(band, amount)), None)
    return ZERO if band is None else yuan(amount * band.rate)


def _holds(band: DepositBand, amount: Decimal) -> bool:
    reaches = amount >= band.amount_min if band.amount_min_included else amount > band.amount_min
    return reaches and (band.amount_max is None or amount <= band.amount_max)
