"""Values of a pack about rates: which published one a contract takes, and how it changes."""

from dataclasses import dataclass
from decimal import Decimal

from shared.policy.vocabulary import RateColumn, RepricingFrequency


@dataclass(frozen=True, slots=True)
class RateTenor:
    """Loans of up to `up_to_months` months read this column of the published series."""

    up_to_months: int
    column: RateColumn


@dataclass(frozen=True, slots=True)
class Repricing:
    """How a floating contract follows its published series: on which days, and up to which rate in percent a year."""

    frequency: RepricingFrequency
    rate_max: Decimal | None = None  # None: whatever is published
