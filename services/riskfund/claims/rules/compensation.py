"""Compensation of a loss: from which day, of what, and who bears how much (LG-8b, LG-20, LG-20b, LG-21a). Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from services.riskfund.claims.refusals import CauseNotCompensated, ClaimTooEarly, PursuitNotStated
from shared.dates import add_months
from shared.money import FEN, ZERO
from shared.policy import losses
from shared.policy.bounds import of_lender
from shared.policy.terms import CompensationRule, CompensationWait
from shared.policy.vocabulary import LossCause, LossParty, WaitStart


@dataclass(frozen=True, slots=True)
class Claimable:
    """The part of a loss that is compensated, in yuan."""

    principal: Decimal
    interest: Decimal

    @property
    def amount(self) -> Decimal:
        """Return principal and interest together."""
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class LossShares:
    """Who carries how much of a loss, in yuan."""

    fund: Decimal
    bank: Decimal


def claimable(principal: Decimal, interest_overdue: Decimal, rule: CompensationRule) -> Claimable:
    """Return what may be claimed: principal, overdue interest where the rule covers it, penalty interest never.

    Raises:
        LossRuleNotServed: the rule covers penalty interest, or has a guarantor carry a share.
    """
    if why := losses.penalty_not_served(rule) or losses.guarantor_not_served(rule):
        raise why
    return shared_loss(principal, interest_overdue, rule)


def for_lender(rule: CompensationRule, bank_code: str) -> CompensationRule:
    """Return the rule for loans of a bank: with its own shares of a loss where the pack names some."""
    own = of_lender(rule.lender_shares, bank_code)
    if own is None:
        return rule
    return replace(rule, fund_share=own.fund_share, bank_share=own.bank_share, guarantor_share=ZERO)


def shared_loss(principal: Decimal, interest_overdue: Decimal, rule: CompensationRule) -> Claimable:
    """Return the loss that the parties share by the rule: principal, and overdue interest where it is covered."""
    return Claimable(principal, interest_overdue if rule.covers_interest else ZERO)


def loss_shares(loss: Decimal, fund_share: Decimal, odd_fen_to: LossParty) -> LossShares:
    """Split a loss (or a recovery of it) between fund and bank; the odd fen goes to the side the pack names.

    The parts add up to the whole. `fund_share` is a fraction of one.
    """
    exact = loss * fund_share
    fund = exact.quantize(FEN, rounding=ROUND_DOWN)
    if odd_fen_to is LossParty.FUND and fund < exact:
        fund += FEN
    return LossShares(fund, loss - fund)


def ensure_waited(
    rule: CompensationRule,
    cause: LossCause,
    filed_on: date,
    *,
    matures_on: date,
    overdue_from: date,
    pursued_from: date | None,
) -> None:
    """Refuse a claim before the waiting time of its cause has passed.

    LG-21a: borrower dead and the loan unrecovered 3 months after maturity. LG-20b: entrusted loans only after more
    than 6 months of pursuit.

    Raises:
        CauseNotCompensated: the rule names no waiting time for the cause.
        PursuitNotStated: the time counts from pursuit and its first day is unknown.
        ClaimTooEarly: with the first day on which the claim may be filed.
    """
    wait = rule.wait_for(cause)
    if wait is None:
        raise CauseNotCompensated(cause)
    starts = {
        WaitStart.MATURITY: matures_on,
        WaitStart.OVERDUE: overdue_from,
        WaitStart.PURSUIT: pursued_from,
    }
    start = starts[wait.counts_from]
    if start is None:
        raise PursuitNotStated
    first_on = first_claim_day(wait, start)
    if filed_on < first_on:
        raise ClaimTooEarly(cause, filed_on, first_on)


def first_claim_day(wait: CompensationWait, start: date) -> date:
    """Return the first day on which a loss may be claimed, months first (a month's end clamps), then days."""
    return add_months(start, wait.months) + timedelta(days=wait.days + wait.strictly_after)
