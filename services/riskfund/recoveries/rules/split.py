"""How a recovery is split between fund and bank, and by when the fund's part must be back (LG-40). Pure."""

from datetime import date
from decimal import Decimal

from services.riskfund.claims.rules.compensation import LossShares, loss_shares
from shared.policy.terms import CompensationRule
from shared.workdays import add_workdays


def recovery_shares(amount: Decimal, fund_paid: Decimal, fund_returned: Decimal, rule: CompensationRule) -> LossShares:
    """Split what was recovered by the shares of the loss; the fund never gets back more than it paid (F6).

    `fund_paid` is what the fund paid on this claim, `fund_returned` its part of earlier recoveries. What goes beyond
    stays with the bank, which owes it to whoever else bore the loss.
    """
    shares = loss_shares(amount, rule.fund_share, rule.odd_fen_to)
    fund = min(shares.fund, fund_paid - fund_returned)
    return LossShares(fund, amount - fund)


def return_due_on(recovered_on: date, rule: CompensationRule) -> date:
    """Return the last working day on which the fund's part is returned in time (LG-40: 5 working days)."""
    return add_workdays(recovered_on, rule.recovery_return_working_days)
