"""On which days a floating contract takes the published rate anew, and what it bears then (利率重定价); pure.

The points that a contract adds to the published rate are fixed when it is signed: the pack's margin, or what the rate
that the bank stated lies above (below zero: below) the published one. After its maturity nothing is taken anew.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.lending.loans.rules.rates import Rates
from shared.dates import add_months
from shared.policy.rate_terms import Repricing
from shared.policy.terms import LoanTerms
from shared.policy.vocabulary import RepricingFrequency


@dataclass(frozen=True, slots=True)
class Floating:
    """How one contract floats: points in percent a year, the largest rate, the days on which its rate is taken anew."""

    spread: Decimal
    rate_max: Decimal | None
    days: tuple[date, ...]

    def rate(self, published: Decimal) -> Decimal:
        """Return the rate that a published one makes, in percent a year; never below zero or above the largest."""
        rate = max(Decimal(0), published + self.spread)
        bound = rate if self.rate_max is None else min(rate, self.rate_max)
        return Decimal(f"{bound.normalize():f}")

    def between(self, first: date, last: date) -> "Floating":
        """Return the contract with its days from one to another, both included."""
        return replace(self, days=tuple(day for day in self.days if first <= day <= last))

    def next_after(self, day: date) -> date | None:
        """Return the first day after another on which the rate is taken anew, or None: it stays as it is."""
        return next((each for each in self.days if each > day), None)


def repricing_days(repricing: Repricing, disbursed_on: date, due_on: Sequence[date]) -> tuple[date, ...]:
    """Return the days on which a contract takes the rate anew, between its disbursement and its last due day."""
    matures_on = due_on[-1]
    match repricing.frequency:
        case RepricingFrequency.JANUARY_FIRST:
            days: Iterable[date] = (date(year, 1, 1) for year in range(disbursed_on.year + 1, matures_on.year + 1))
        case RepricingFrequency.ANNIVERSARY:
            years = range(1, matures_on.year - disbursed_on.year + 1)
            days = (add_months(disbursed_on, 12 * number) for number in years)
        case RepricingFrequency.DUE_DAY:
            days = due_on
    return tuple(day for day in days if disbursed_on < day < matures_on)


def floating(
    terms: LoanTerms, stated: Decimal | None, published: Decimal, disbursed_on: date, due_on: Sequence[date]
) -> Floating | None:
    """Return how a contract floats, or None: its rate is fixed.

    `published` is the reference rate of the day of the contract, `stated` the rate that the bank stated, if it did.
    """
    if terms.rate_fixed or terms.repricing is None:
        return None
    spread = terms.rate_margin if stated is None else stated - published
    return Floating(spread, terms.repricing.rate_max, repricing_days(terms.repricing, disbursed_on, due_on))


def taken_anew(rates: Rates, contract: Floating, published: Callable[[date], Decimal | None]) -> Rates:
    """Return rates with what is published for each day on which the contract takes its rate anew.

    Where nothing is published for a day, the rate before it goes on.
    """
    for day in contract.days:
        reference = published(day)
        rates = rates if reference is None else rates.stepped(day, contract.rate(reference))
    return rates
