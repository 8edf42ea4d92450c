"""What a pack may say and no service does yet: worked out for the pack's examples alone, and shown as such."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from shared.money import FEN, ZERO, yuan
from shared.policy.arrangements import DepositBand, DepositRule
from shared.policy.terms import CompensationRule
from shared.policy.vocabulary import LossParty


def deposit_due(amount: Decimal, rule: DepositRule) -> Decimal:
    """Return the recommender's deposit for a loan of `amount` yuan, rounded half up to the fen; 0.00 below every band.

    FJ-14: loans of 10 000 to 30 000 need 1 %, above 30 000 5 %. No service takes or holds a deposit.
    """
    band = next((band for band in rule.bands if _holds(band, amount)), None)
    return ZERO if band is None else yuan(amount * band.rate)


def _holds(band: DepositBand, amount: Decimal) -> bool:
    reaches = amount >= band.amount_min if band.amount_min_included else amount > band.amount_min
    return reaches and (band.amount_max is None or amount <= band.amount_max)


@dataclass(frozen=True, slots=True)
class PartyShares:
    """Who carries how much of a loss where a guarantor may carry a part, in yuan."""

    fund: Decimal
    bank: Decimal
    guarantor: Decimal


def party_shares(loss: Decimal, rule: CompensationRule) -> PartyShares:
    """Split a loss between fund, bank and guarantor; what is left after rounding down goes to the side named (DZ-3).

    The parts add up to the whole; without a guarantor they are those of `loss_shares`.
    """
    fund, bank, guarantor = (
        (loss * share).quantize(FEN, rounding=ROUND_DOWN)
        for share in (rule.fund_share, rule.bank_share, rule.guarantor_share)
    )
    odd, to = loss - fund - bank - guarantor, rule.odd_fen_to
    return PartyShares(
        fund=fund + (odd if to is LossParty.FUND else ZERO),
        bank=bank + (odd if to is LossParty.BANK else ZERO),
        guarantor=guarantor + (odd if to is LossParty.GUARANTOR else ZERO),
    )
