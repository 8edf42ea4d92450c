"""What only some counties know: legacy loans, deposits, insurance, and the rows of their lists.

The same kind of thing as `terms`: what rule functions take, no clauses, no framework.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from shared.policy.terms import Term
from shared.policy.vocabulary import LoanMode, LossCause, RentPayer

ONLY_RULE: Final = "legacy"


@dataclass(frozen=True, slots=True)
class LegacyRule:
    """An earlier rule that loans granted in its days keep (LG-2, LG-2b, LG-28)."""

    amount_above: Decimal | None  # None: of any amount
    amount_max: Decimal
    term_months_max: int
    guarantee_required: bool
    granted_until: date
    subsidy_share: Decimal | None  # None: that of the rule of today
    granted_from: date | None = None
    modes: tuple[LoanMode, ...] | None = None  # None: any
    named: Term | None = None

    @property
    def code(self) -> str:
        """Return the rule's code; that of a county's only one if it has no name."""
        return self.named.code if self.named else ONLY_RULE

    def is_of_kind(self, principal: Decimal, mode: str) -> bool:
        """Return whether loans of this size and mode were granted under the rule, whenever that was."""
        return (self.amount_above is None or principal > self.amount_above) and (
            self.modes is None or mode in self.modes
        )

    def held_on(self, day: date) -> bool:
        """Return whether loans were granted under the rule on a day, the first and the last one included."""
        return (self.granted_from is None or self.granted_from <= day) and day <= self.granted_until


@dataclass(frozen=True, slots=True)
class Target:
    """A figure a programme promises, for progress reports (DZ-2)."""

    code: str
    zh: str
    en: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class DepositBand:
    """Loans from (or, without `amount_min_included`, above) `amount_min` up to `amount_max` need this share."""

    amount_min: Decimal
    rate: Decimal
    amount_max: Decimal | None = None
    amount_min_included: bool = False


@dataclass(frozen=True, slots=True)
class DepositRule:
    """The recommender's risk deposit (FJ-14)."""

    bands: tuple[DepositBand, ...]


@dataclass(frozen=True, slots=True)
class ProductCauses:
    """The causes of a loss that an insurance product answers for (LG-21b)."""

    product: str
    causes: tuple[LossCause, ...]


@dataclass(frozen=True, slots=True)
class InsuranceRule:
    """The insurance products a county uses and how long an insurer has to answer (LG-41, SX-5c).

    `loan_insured`: every loan is insured (JN-4). A product that `causes_answered` leaves out answers for every cause.
    """

    products: tuple[Term, ...]
    answer_working_days: int
    loan_insured: bool | None = None  # None: a household insures as it likes
    policy_pledge: bool | None = None  # a policy may be pledged for the loan; None: it may not
    causes_answered: tuple[ProductCauses, ...] | None = None


@dataclass(frozen=True, slots=True)
class LinkageModel:
    """A way a loan is tied to a business, with the return it promises (FJ-9a to FJ-9d).

    Rates are percent a year; the per-mu amounts and the floor price (per 500 g) are CNY.
    """

    code: str
    zh: str
    en: str
    grant_rate: Decimal | None = None
    loan_rate: Decimal | None = None
    rent_per_mu: Decimal | None = None
    floor_price_per_500g: Decimal | None = None
    expected_net_per_mu: Decimal | None = None
    jobs_first: bool = False
    rent_paid_by: RentPayer | None = (
        None  # FJ-9d: the households, for the grown orchard that the company leases to them
    )
