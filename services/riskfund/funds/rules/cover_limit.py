"""How much a fund covers: loans up to a multiple of its money (FJ-13), reserved strictly in order. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from uuid import UUID

from shared.money import FEN, ZERO
from shared.policy.bounds import ShareBound, of_lender
from shared.policy.terms import FundRule


@dataclass(frozen=True, slots=True)
class Cover:
    """A fund's cover at one moment, in yuan.

    `missing` is what must be paid into the fund so that everything covered, reserved and asked for fits.
    """

    fund_balance: Decimal
    multiplier: Decimal
    limit: Decimal
    exposure: Decimal
    reserved: Decimal
    available: Decimal
    missing: Decimal
    replenish_warning: bool


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """An application's request for cover, in yuan."""

    application_id: UUID
    amount: Decimal


def limit_of(balance: Decimal, rule: FundRule) -> Decimal:
    """Return the most that may be lent on the fund's money, rounded down to the fen (FJ-13: ten times)."""
    return (balance * rule.multiplier).quantize(FEN, rounding=ROUND_DOWN)


def cover_of(balance: Decimal, exposure: Decimal, reserved: Decimal, rule: FundRule, wanted: Decimal = ZERO) -> Cover:
    """Return the cover of a fund; `wanted` is what was asked for and did not fit."""
    limit = limit_of(balance, rule)
    used = exposure + reserved
    below = rule.replenish_below_ratio
    return Cover(
        fund_balance=balance,
        multiplier=rule.multiplier,
        limit=limit,
        exposure=exposure,
        reserved=reserved,
        available=max(limit - used, ZERO),
        missing=money_missing(balance, used + wanted, rule),
        replenish_warning=below is not None and balance < used * below,
    )


def money_missing(balance: Decimal, to_cover: Decimal, rule: FundRule) -> Decimal:
    """Return the smallest payment, a whole number of the pack's steps, after which `to_cover` fits (FJ-13, LG-38)."""
    shortfall = to_cover - balance * rule.multiplier
    if shortfall <= 0:
        return ZERO
    steps, rest = divmod(shortfall, rule.multiplier * rule.replenish_step)
    return ((steps + (rest > 0)) * rule.replenish_step).quantize(FEN)


def plan_missing(paid_in: Decimal, rule: FundRule) -> Decimal:
    """Return what the county has not paid in yet of the pool it plans, all its accounts together (DZ-3)."""
    return max(rule.initial_amount - paid_in, ZERO)


def free_money(balance: Decimal, used: Decimal, rule: FundRule) -> Decimal:
    """Return how much may leave the account so that what it covers and has reserved stays within the multiple."""
    needed = (used / rule.multiplier).quantize(FEN, rounding=ROUND_UP)
    return max(balance - needed, ZERO)


def in_order(
    requests: Sequence[CoverRequest], available: Decimal
) -> tuple[tuple[CoverRequest, ...], tuple[CoverRequest, ...]]:
    """Return the requests that fit and those that do not: the first that no longer fits ends it for all after it."""
    running = ZERO
    for place, request in enumerate(requests):
        running += request.amount
        if running > available:
            return tuple(requests[:place]), tuple(requests[place:])
    return tuple(requests), ()


def for_lender(rule: FundRule, bank_code: str | None) -> FundRule:
    """Return the rule for a bank: with its own tolerance for bad loans (SX-6b) and its own multiple (LG-38), if any."""
    own = of_lender(rule.lender_tolerances, bank_code)
    account = of_lender(rule.lender_accounts, bank_code)
    tolerance = rule.bad_loan_tolerance if own is None else ShareBound(own.share, own.word)
    multiplier = rule.multiplier if account is None else account.multiplier or rule.multiplier
    return replace(rule, bad_loan_tolerance=tolerance, multiplier=multiplier)


def account_of(rule: FundRule, bank_code: str | None) -> str | None:
    """Return the bank whose own account covers its loans, or None where the county's account does (LG-37, XX-8)."""
    return bank_code if of_lender(rule.lender_accounts, bank_code) else None


def account_banks(rules: Iterable[FundRule]) -> list[str]:
    """Return the banks that a county's rules, one for each of its products, give an account of their own."""
    return sorted({bank for rule in rules for row in rule.lender_accounts or () for bank in row.bank_codes})


def is_tolerated(bad: Decimal, covered: Decimal, rule: FundRule) -> bool:
    """Return whether defaulted loans are within the tolerated share of covered lending (SX-6b).

    The share itself is tolerated, unless the county's document stops cover when it is reached (达到).
    """
    return rule.bad_loan_tolerance is None or not rule.bad_loan_tolerance.is_met(bad, covered)
