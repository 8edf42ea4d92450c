"""How a recovery is split among those who bore the loss, and by when their parts must be back (LG-40). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.riskfund.claims.rules.compensation import loss_shares
from shared.money import ZERO
from shared.policy.terms import CompensationRule
from shared.workdays import add_workdays


@dataclass(frozen=True, slots=True)
class RecoveryShares:
    """Whose what was recovered is, in yuan.

    `beyond_loss` is more than fund, bank and guarantor bore: an insurer's that may fall back on the borrower, or else
    the borrower's own.
    """

    fund: Decimal
    bank: Decimal
    guarantor: Decimal
    beyond_loss: Decimal


def recovery_shares(amount: Decimal, before: Decimal, loss: Decimal, rule: CompensationRule) -> RecoveryShares:
    """Split what was recovered by the shares of the loss, so that all recoveries together are split like one sum.

    `before` is what was recovered earlier on the same loss, `loss` what fund, bank and guarantor bore together. After
    each recovery every party has its exact share of all so far to within a fen, and its whole part once the loss is
    back; the order of the recoveries makes no difference to their sums (F6).
    """
    until, since = min(before + amount, loss), min(before, loss)
    after, had = loss_shares(until, rule), loss_shares(since, rule)
    return RecoveryShares(
        fund=after.fund - had.fund,
        bank=after.bank - had.bank,
        guarantor=after.guarantor - had.guarantor,
        beyond_loss=amount - (until - since),
    )


def left_of_fund_share(share: Decimal, taken_back: Decimal, *, returned: bool) -> tuple[Decimal, Decimal]:
    """Return what the bank still owes the fund of a recovery taken back, and what the fund owes it back, in yuan.

    `share` was the fund's part of it, `taken_back` is the fund's part of all recoveries with it less that without it.
    The two differ by a fen of rounding, or by what others' parts reach now that a loss is not wholly recovered.
    """
    left = (ZERO if returned else share) - taken_back
    return max(left, ZERO), max(-left, ZERO)


def return_due_on(recovered_on: date, rule: CompensationRule) -> date:
    """Return the last working day on which others' parts are returned in time (LG-40: 5 working days)."""
    return add_workdays(recovered_on, rule.recovery_return_working_days)
