"""Compensation of a loss: from which day, of what, who bears how much (LG-8b, LG-20, LG-20b, LG-21a, DZ-3). Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from services.riskfund.claims.refusals import (
    CauseNotCompensated,
    ClaimTooEarly,
    GuarantorNotNamed,
    NoGuarantorHere,
    PursuitNotStated,
)
from shared.dates import add_months
from shared.money import FEN, ZERO
from shared.policy import losses
from shared.policy.bounds import of_lender
from shared.policy.terms import CompensationRule, CompensationWait
from shared.policy.vocabulary import LossCause, LossParty, WaitStart
from shared.workdays import add_workdays


@dataclass(frozen=True, slots=True)
class Claimable:
    """The part of a loss that is compensated, in yuan."""

    principal: Decimal
    interest: Decimal
    late_interest: Decimal = ZERO  # of the interest: for days late, at the contract's rate

    @property
    def amount(self) -> Decimal:
        """Return principal and interest together."""
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class LossShares:
    """Who carries how much of a loss, in yuan."""

    fund: Decimal
    bank: Decimal
    guarantor: Decimal = ZERO


def claimable(
    principal: Decimal, interest_overdue: Decimal, rule: CompensationRule, late_interest: Decimal = ZERO
) -> Claimable:
    """Return what may be claimed: principal, overdue interest where the rule covers it, the surcharge never (LG-21a).

    Overdue interest is what fell due and, at the contract's rate, what accrued for the days late (yuan).

    Raises:
        LossRuleNotServed: the rule covers the surcharge.
    """
    if why := losses.penalty_not_served(rule):
        raise why
    return shared_loss(principal, interest_overdue, rule, late_interest)


def for_lender(rule: CompensationRule, bank_code: str) -> CompensationRule:
    """Return the rule for loans of a bank: with its own shares of a loss where the pack names some."""
    own = of_lender(rule.lender_shares, bank_code)
    if own is None:
        return rule
    return replace(rule, fund_share=own.fund_share, bank_share=own.bank_share, guarantor_share=ZERO)


def shared_loss(
    principal: Decimal, interest_overdue: Decimal, rule: CompensationRule, late_interest: Decimal = ZERO
) -> Claimable:
    """Return the loss that the parties share by the rule: principal, and overdue interest where it is covered."""
    if not rule.covers_interest:
        return Claimable(principal, ZERO)
    return Claimable(principal, interest_overdue + late_interest, late_interest)


def loss_shares(loss: Decimal, rule: CompensationRule) -> LossShares:
    """Split a loss between fund, bank and guarantor by the pack's proportions (LG-8b, LG-20, DZ-3).

    The parts are whole fen, add up to the loss, lie each within a fen of the exact part, and none falls when the loss
    grows. The fund's part is rounded up where the pack gives it the odd fen, else down; bank and guarantor split the
    rest.
    """
    exact = loss * rule.fund_share
    fund = exact.quantize(FEN, rounding=ROUND_DOWN)
    if rule.odd_fen_to is LossParty.FUND and fund < exact:
        fund += FEN
    guarantor = _guarantor_part(loss - fund, rule)
    return LossShares(fund, loss - fund - guarantor, guarantor)


def _guarantor_part(rest: Decimal, rule: CompensationRule) -> Decimal:
    """Split what the fund leaves so that neither side is a whole fen off its share of the whole loss.

    What rounding the fund's part has added to the rest, or taken from it, moves the bound between up and down; on the
    bound itself the bank takes the odd fen where the pack gives it to the bank.
    """
    bank, guarantor = rule.bank_share, rule.guarantor_share
    if not guarantor or not bank:
        return rest if guarantor else ZERO
    odd_to_fund = rule.odd_fen_to is LossParty.FUND
    fen, over = divmod(rest / FEN * guarantor + (guarantor if odd_to_fund else bank), bank + guarantor)
    tie_to_bank = not over and rule.odd_fen_to is LossParty.BANK
    return (fen - tie_to_bank) * FEN


def ensure_guarantor_named(rule: CompensationRule, guarantor_code: str | None) -> None:
    """Refuse a claim that does not say who guarantees the loan where a guarantor carries a share, or says it elsewhere.

    Raises:
        GuarantorNotNamed: a guarantor carries a share of the loss (DZ-3) and the claim names none.
        NoGuarantorHere: the claim names one and no guarantor carries a share.
    """
    if rule.guarantor_share and guarantor_code is None:
        raise GuarantorNotNamed(rule.guarantor_share)
    if guarantor_code is not None and not rule.guarantor_share:
        raise NoGuarantorHere(guarantor_code)


def guarantor_due_on(approved_on: date, rule: CompensationRule) -> date:
    """Return the last working day on which the guarantor pays its share in time; at once where the pack names none."""
    days = rule.guarantor_pays_working_days
    return approved_on if days is None else add_workdays(approved_on, days)


def ensure_waited(
    rule: CompensationRule,
    cause: LossCause,
    filed_on: date,
    *,
    matures_on: date,
    overdue_from: date,
    pursued_from: date | None,
    used_by_an_entity: bool = False,
) -> None:
    """Refuse a claim before the waiting time of its cause has passed, and that of pursuit where an entity used it.

    LG-21a: borrower dead and the loan unrecovered 3 months after maturity. LG-20b: cooperative and entrusted loans only
    after more than 6 months of pursuit of the entity, whatever cause the bank reports.

    Raises:
        CauseNotCompensated: the rule names no waiting time for the cause.
        PursuitNotStated: the time counts from pursuit and its first day is unknown.
        ClaimTooEarly: with the first day on which the claim may be filed.
    """
    wait = rule.wait_for(cause)
    if wait is None:
        raise CauseNotCompensated(cause)
    entrusted = rule.wait_for(LossCause.ENTRUSTED) if used_by_an_entity else None
    starts = {
        WaitStart.MATURITY: matures_on,
        WaitStart.OVERDUE: overdue_from,
        WaitStart.PURSUIT: pursued_from,
    }
    waits = [wait] if entrusted is None else [wait, entrusted]
    begins = [(each, starts[each.counts_from]) for each in waits]
    if any(start is None for _, start in begins):
        raise PursuitNotStated
    first_on, held_up_by = max((first_claim_day(each, start), each.cause) for each, start in begins if start)
    if filed_on < first_on:
        raise ClaimTooEarly(held_up_by, filed_on, first_on)


def first_claim_day(wait: CompensationWait, start: date) -> date:
    """Return the first day on which a loss may be claimed, months first (a month's end clamps), then days."""
    return add_months(start, wait.months) + timedelta(days=wait.days + wait.strictly_after)
