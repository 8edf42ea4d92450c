"""Values of a pack about rates that change during a contract."""

from dataclasses import dataclass
from decimal import Decimal

from shared.policy.vocabulary import RepricingFrequency


@dataclass(frozen=True, slots=True)
class Repricing:
    """How a floating contract follows its published series: on which days, and up to which rate in percent a year."""

    frequency: RepricingFrequency
    rate_max: Decimal | None = None  # None: whatever is published
