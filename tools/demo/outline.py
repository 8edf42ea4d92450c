"""A county as the demonstration draws it: what its policy pack admits, weighed by the figures of its document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from shared.policy.pack import PolicyPack
from shared.policy.sourced import Sourced
from shared.policy.terms import EligibilityRules
from shared.policy.vocabulary import BadRecordRule, LenderKind, PovertyState
from shared.regions import county_of
from tools.demo.county_figures import (
    Assumed,
    Bar,
    Benefits,
    CountyFigures,
    RowFault,
    Stated,
    Surveyed,
    assumed_figures,
    figures_of,
)
from tools.demo.days import FILED_AFTER_DAYS, Days, first_day
from tools.demo.refused import DemoRefused

Choice = TypeVar("Choice")

# Able ages keep a 36-month loan, and another one taken a year later, within every county's limit (60 with the term).
ABLE_AGES: Final = (24, 55)
OLDEST_YEARS: Final = 88
MONTHS: Final = 12
# A bank of each kind, the usual lender to farm households first; shares of the first, second and third that lend.
BANK_OF_KIND: Final[Mapping[LenderKind, str]] = MappingProxyType(
    {
        LenderKind.RURAL_COMMERCIAL: "RCB",
        LenderKind.RURAL_CREDIT_COOPERATIVE: "RCC",
        LenderKind.POSTAL_SAVINGS: "PSBC",
        LenderKind.VILLAGE: "VTB",
        LenderKind.RURAL_COOPERATIVE: "RCPB",
        LenderKind.STATE_OWNED: "ABC",
        LenderKind.CITY_COMMERCIAL: "CITY",
        LenderKind.JOINT_STOCK: "JSB",
    }
)
BANK_SHARES: Final = (72, 18, 10)
SHEET_KIND: Final = "four_kinds"  # the kind of excluded persons that has a column in the household sheet
# Who is in none of the admitted states is in the first of these that the pack leaves out.
OTHER_STATES: Final = (PovertyState.LIFTED, PovertyState.STABLY_LIFTED, PovertyState.GENERAL)


@dataclass(frozen=True, slots=True)
class Outline:
    """Bounds and weights from which a county's plan and population are drawn; amounts in yuan, terms in months."""

    county_code: str
    regions: tuple[str, ...]
    days: Days
    lendable_households: int
    borrowing_households: int
    townships: int | None
    row_faults: Mapping[RowFault, int]
    bars: Mapping[Bar, int]
    bars_without_grade: frozenset[Bar]
    grade_limits: Mapping[str, Decimal]
    loan_limits: Mapping[str, Decimal]  # what a grade may borrow: its credit limit within the pack's largest loan
    loan_min: Decimal
    grade_weights: Mapping[str, int]
    industry_weights: Mapping[str, int]
    purposes: Mapping[str, str]  # the purpose that loans of an industry name
    term_weights: Mapping[int, int]
    turnover_months: int | None  # the term of loans after which their households borrow again within the year
    state_weights: Mapping[PovertyState, int]
    other_state: PovertyState | None
    bank_weights: Mapping[str, int]
    bank_rates: Mapping[str, Decimal]  # in percent, of banks that state their own
    surveyed: Surveyed | None
    benefits: Benefits | None
    ages: tuple[int, int]  # of those who may borrow
    too_old_from_years: int | None
    income_per_head_max: Decimal | None
    exclusion_kind: str | None
    credit_townships: int | None  # None: ungraded households live everywhere alike
    credit_village_share: Decimal
    area_shares: Mapping[str, Decimal]  # share of credit households that makes a village or township a credit area
    promotion_path: tuple[str, ...]
    demonstrates: bool  # the pack has demonstration villages or households chosen every year
    fund_multiplier: Decimal
    fund_initial: Decimal
    fund_step: Decimal  # payments into the fund are whole numbers of these
    amount_lent: Decimal | None  # None: `asked_share` of the credit limits
    asked_share: Decimal
    stated: tuple[Stated, ...]
    assumed: tuple[Assumed, ...]

    def is_ungraded(self, kind: RowFault | Bar | None) -> bool:
        """Return whether a household of this kind scores below the lowest grade."""
        return kind is Bar.UNGRADED or kind in self.bars_without_grade

    @property
    def excludes_by_sheet(self) -> bool:
        """Return whether excluded households are marked in the sheet; else an officer marks them afterwards."""
        return self.exclusion_kind == SHEET_KIND

    @property
    def lowest_limit(self) -> Decimal:
        """Return what a household of the lowest grade, and so every graded one, may borrow."""
        return min(self.loan_limits.values())


def outline_of(pack: PolicyPack, figures: CountyFigures | None = None) -> Outline:
    """Return the outline of a pack's county with the figures of its document.

    Raises:
        DemoRefused: nobody may borrow under the pack, or a rate it reads is not at hand.
    """
    figures = figures_of(pack.header.code) if figures is None else figures
    rules, scheme, fund, terms = pack.eligibility_rules(), pack.rating_scheme(), pack.fund_rule(), pack.loan_terms()
    purposes, areas = _purposes(pack), figures.credit_areas
    industries = [industry.code for industry in pack.purpose_rule().industries if industry.code in purposes]
    limits = {grade.code: grade.credit_limit for grade in scheme.grades if grade.credit_limit}
    grade_weights = figures.grade_weights.value if figures.grade_weights else _falling(list(limits))
    industry_weights = figures.industry_weights.value if figures.industry_weights else {}
    exclusions = [term.code for term in rules.exclusions]
    term_weights, lendable = _terms(pack, figures), figures.lendable_households.value
    return Outline(
        county_code=county_of(pack.header.regions[0]),
        regions=tuple(pack.header.regions),
        days=_days(pack, figures, tuple(term_weights)),
        lendable_households=lendable,
        borrowing_households=min(lendable, _value(figures.borrowing_households) or lendable),
        townships=_value(figures.townships),
        row_faults=MappingProxyType(dict(figures.row_faults.value)),
        bars=_bars(rules, figures),
        bars_without_grade=frozenset(figures.bars_without_grade.value),
        grade_limits=MappingProxyType(limits),
        loan_limits=MappingProxyType(
            {code: min(limit, terms.amount_max, terms.household_cap) for code, limit in limits.items()}
        ),
        loan_min=terms.amount_min,
        grade_weights=_weighed(limits, grade_weights),
        industry_weights=_weighed(industries, industry_weights),
        purposes=purposes,
        term_weights=term_weights,
        turnover_months=_value(figures.turnover_months),
        state_weights=_states(rules, figures),
        other_state=_other_state(rules),
        bank_weights=_banks(pack, figures),
        bank_rates=MappingProxyType(dict(figures.bank_rates.value) if figures.bank_rates else {}),
        surveyed=_value(figures.surveyed),
        benefits=figures.benefits,
        ages=_ages(rules, max(term_weights)),
        too_old_from_years=_too_old_from(rules),
        income_per_head_max=rules.income_per_head_max,
        exclusion_kind=next((kind for kind in [SHEET_KIND, *exclusions] if kind in exclusions), None),
        credit_townships=areas.townships.value if areas else None,
        credit_village_share=areas.village_share.value if areas else Decimal(1),
        area_shares=MappingProxyType({each.level: each.share_min for each in scheme.area_thresholds}),
        promotion_path=tuple(scheme.promotion_path),
        demonstrates=any((scheme.demonstration_villages_per_year, scheme.demonstration_households_per_year)),
        fund_multiplier=fund.multiplier,
        fund_initial=fund.initial_amount,
        fund_step=fund.replenish_step,
        amount_lent=_value(figures.amount_lent),
        asked_share=figures.asked_share.value,
        stated=figures.stated,
        assumed=assumed_figures(figures),
    )


def _days(pack: PolicyPack, figures: CountyFigures, terms: tuple[int, ...]) -> Days:
    notice = pack.public_notice_rule()
    return Days(
        first_day(pack, terms),
        notice.rating_working_days_per_level * len(notice.rating_levels),
        _value(figures.filed_after_days) or FILED_AFTER_DAYS,
    )


def _value(sourced: Sourced[Choice] | None) -> Choice | None:
    return sourced.value if sourced else None


def _bars(rules: EligibilityRules, figures: CountyFigures) -> Mapping[Bar, int]:
    """Return the bars that the pack knows, in the order of the figures."""
    known = {
        Bar.EXCLUDED: bool(rules.exclusions),
        Bar.OVER_AGE: _too_old_from(rules) is not None,
        Bar.NO_CAPACITY: rules.full_capacity_required and rules.able_to_work_required,
        Bar.BAD_RECORD: rules.bad_record_rule is not BadRecordRule.IGNORED,
        Bar.OTHER_STATE: _other_state(rules) is not None,
        Bar.FAMILY_DEBT: rules.family_debt_excludes,
        Bar.UNGRADED: rules.rating_required,
    }
    return MappingProxyType({bar: count for bar, count in figures.bars.value.items() if known[bar]})


def _too_old_from(rules: EligibilityRules) -> int | None:
    """Return the first age in years at which no loan fits any more, not even one of a year."""
    limits = []
    if rules.age_max_years is not None:
        limits.append(rules.age_max_years + 1)
    if rules.age_plus_term_max_years is not None:
        limits.append(rules.age_plus_term_max_years)
    return min(limits, default=None)


def _other_state(rules: EligibilityRules) -> PovertyState | None:
    return next((state for state in OTHER_STATES if state not in rules.eligible_states), None)


def _ages(rules: EligibilityRules, longest_term: int) -> tuple[int, int]:
    """Return ages that keep a loan of the longest term, and another one taken a year later, within the limits."""
    youngest = max(ABLE_AGES[0], rules.age_min_years)
    too_old_from = _too_old_from(rules) or OLDEST_YEARS
    oldest = min(ABLE_AGES[1], too_old_from - longest_term // MONTHS - 2)
    return youngest, max(youngest, oldest)


def _states(rules: EligibilityRules, figures: CountyFigures) -> Mapping[PovertyState, int]:
    weights = figures.state_weights.value
    weighed = [state for state in weights if state in rules.eligible_states]
    return _weighed(weighed or rules.eligible_states, weights)


def _banks(pack: PolicyPack, figures: CountyFigures) -> Mapping[str, int]:
    """Return the lending banks by weight: those of the figures, or one of each of the first kinds the pack admits."""
    if figures.bank_weights:
        return MappingProxyType(dict(figures.bank_weights.value))
    kinds = [LenderKind(kind) for kind in pack.loan_terms().lender_kinds]
    first = sorted(kinds, key=list(BANK_OF_KIND).index)[: len(BANK_SHARES)]
    return MappingProxyType({BANK_OF_KIND[kind]: share for kind, share in zip(first, BANK_SHARES, strict=False)})


def _terms(pack: PolicyPack, figures: CountyFigures) -> Mapping[int, int]:
    terms = pack.loan_terms()
    admitted = [term for term in figures.term_weights.value if terms.term_months_min <= term <= terms.term_months_max]
    return _weighed(admitted or [terms.term_months_max], figures.term_weights.value)


def _purposes(pack: PolicyPack) -> Mapping[str, str]:
    """Return a purpose for each industry that has one: that of the same code, else the last one the pack lists for it.

    Where purposes name no industry, each industry has the first of them.

    Raises:
        DemoRefused: no industry has a purpose.
    """
    rule = pack.purpose_rule()
    of_any = next((purpose.code for purpose in rule.allowed if purpose.industry is None), None)
    by_industry = {} if of_any is None else {industry.code: of_any for industry in rule.industries}
    for purpose in rule.allowed:
        if purpose.industry is not None and by_industry.get(purpose.industry) != purpose.industry:
            by_industry[purpose.industry] = purpose.code
    if not by_industry:
        raise DemoRefused(
            zh="政策包的 purposes.allowed 没有任何用途可归入产业，无人可以申请；请补充用途或产业。",
            en="No use in `purposes.allowed` of the pack belongs to an industry, so nobody can apply; add uses "
            "or industries.",
        )
    return MappingProxyType(by_industry)


def _weighed(keys: Iterable[Choice], weights: Mapping[Choice, int]) -> Mapping[Choice, int]:
    """Return the keys with their weights; what the figures do not weigh counts once."""
    return MappingProxyType({key: weights.get(key, 1) for key in keys})


def _falling(grades: list[str]) -> dict[str, int]:
    """Return weights that fall from the best grade to the lowest: 3, 2, 1."""
    return {grade: len(grades) - place for place, grade in enumerate(grades)}
