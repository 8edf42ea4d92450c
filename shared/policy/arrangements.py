"""What only some counties know: legacy loans, programmes, deposits, renewals, mutual aid, benefits, supervision.

The same kind of thing as `terms`: what rule functions take, no clauses, no framework.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.policy.terms import ApprovalStep, Term
from shared.policy.vocabulary import FundClass, LoanMode, Office, PovertyState, PremiumPayer, RegionLevel


@dataclass(frozen=True, slots=True)
class LegacyRule:
    """An earlier rule that loans granted under it keep (LG-2, LG-2b)."""

    amount_above: Decimal
    amount_max: Decimal
    term_months_max: int
    guarantee_required: bool
    granted_until: date
    subsidy_share: Decimal


@dataclass(frozen=True, slots=True)
class Target:
    """A figure a programme promises, for progress reports (DZ-2)."""

    code: str
    zh: str
    en: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class ProgrammeTerms:
    """A year's subsidy programme: money that may be promised and what it should achieve (DZ-2)."""

    year: int
    starts_on: date
    ends_on: date
    budget: Decimal
    fund_sources: tuple[str, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class PremiumRule:
    """Who pays the guarantee and the insurance premium and how much of it (DZ-6c, SX-5d)."""

    guarantee_premium_payer: PremiumPayer | None
    insurance_premium_payer: PremiumPayer | None
    covered_share: Decimal


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
class InsuranceRule:
    """The insurance products a county uses and how long an insurer has to answer (LG-41, SX-5c)."""

    products: tuple[Term, ...]
    answer_working_days: int


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """Renewal without repaying principal, extension, top-up (LG-23 to LG-27, XX-3)."""

    renewal_times_max: int
    renewal_term_months_max: int
    extension_times_max: int
    short_loan_months: int  # a loan of up to this term may be extended by short_extension_months_max
    short_extension_months_max: int
    long_extension_share_max: Decimal  # a longer loan by at most this share of its original term
    top_up_allowed: bool
    follows_whole_procedure: bool
    barred_modes: tuple[LoanMode, ...]


@dataclass(frozen=True, slots=True)
class MutualAidRule:
    """A village mutual-aid fund: members, lending, payments, classes (NX-1 to NX-13, JN-1)."""

    members_only_from_village: bool
    borrower_states: tuple[PovertyState, ...]  # first in the list is served first
    loan_max: Decimal
    grant_membership_loan_max: Decimal | None  # "double-to" grant money (NX-10)
    joint_guarantee_households: int | None
    federation_fee_allowed: bool
    outside_deposits_allowed: bool
    wholesale_loans_allowed: bool
    county_approval_above_max_loan: bool
    cash_allowed: bool
    bookkeeper: Office
    approval_limits: tuple[ApprovalStep, ...]
    rectified_classes: tuple[FundClass, ...]


@dataclass(frozen=True, slots=True)
class VillageFundRule:
    """A village risk fund pledged to a bank for a credit limit (NX-7)."""

    pledging_classes: tuple[FundClass, ...]
    multiplier_min: Decimal
    multiplier_max: Decimal
    county_share_min: Decimal
    county_share_max: Decimal


@dataclass(frozen=True, slots=True)
class GuaranteedDividendRule:
    """A dividend promised on invested grant money (ZJ-4)."""

    rate_min: Decimal  # percent a year of the invested grant
    rises_every_year: bool
    security_ratio_min: Decimal
    term_years_min: int


@dataclass(frozen=True, slots=True)
class EquityDividendRule:
    """The households' part of the yield on quantified money (ZJ-5)."""

    household_share_min: Decimal
    term_years_min: int
    principal_returns_to: RegionLevel


@dataclass(frozen=True, slots=True)
class DirectGrantRule:
    """Grants paid straight to a household (ZJ-6, ZJ-2a)."""

    household_total_max: Decimal
    agreement_years_min: int
    paid_after_acceptance: bool


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


@dataclass(frozen=True, slots=True)
class SupervisionRule:
    """How often the county looks, ranks and meets, and what follows (FJ-2, FJ-3, SX-8, DZ-4c, DZ-9)."""

    inspection_every_months: int
    ranking_every_months: int
    summon_after_last_places: int | None
    coordination_every_days: tuple[int, ...]
    bank_assessment_every_months: int | None
    entity_assessment_every_months: int | None
    demand_report_every_months: int | None
    whistle_blowing: bool
    responsible_level: RegionLevel
    offices: tuple[Office, ...]
    campaign_figures: tuple[Term, ...]
