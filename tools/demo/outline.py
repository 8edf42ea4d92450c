"""A county as the demonstration draws it: what its policy pack admits, weighed by the figures of its document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from shared.policy.pack import PolicyPack
from shared.policy.sourced import BothLanguages
from shared.policy.terms import EligibilityRules
from shared.policy.vocabulary import PovertyState
from shared.regions import county_of
from tools.demo.county_figures import Bar, CountyFigures, RowFault, Stated, figures_of

Key = TypeVar("Key")

SHEET_KIND: Final = "four_kinds"  # the kind of excluded persons that has a column in the household sheet
# Who is in none of the admitted states is in the first of these that the pack leaves out.
OTHER_STATES: Final = (PovertyState.LIFTED, PovertyState.STABLY_LIFTED, PovertyState.GENERAL)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of set-up and rating, counted from the day on which the pack begins to hold."""

    starts_on: date

    @property
    def opened_on(self) -> date:
        """Return the day on which fund and banks are set up."""
        return self.starts_on + timedelta(days=2)

    @property
    def imported_on(self) -> date:
        """Return the day on which the facts of the sheets were collected."""
        return self.starts_on + timedelta(days=3)

    @property
    def rated_on(self) -> date:
        """Return the day of visits, scores and group reviews."""
        return self.starts_on + timedelta(days=4)

    @property
    def published_on(self) -> date:
        """Return the first day on which the grades are on public notice."""
        return self.starts_on + timedelta(days=5)

    @property
    def surveyed_on(self) -> date:
        """Return the day on which ages are counted and the county asks who may borrow: two months on."""
        return self.starts_on + timedelta(days=59)


@dataclass(frozen=True, slots=True)
class Outline:
    """Bounds and weights from which a county's plan and population are drawn; amounts in yuan, terms in months."""

    county_code: str
    regions: tuple[str, ...]
    days: Days
    lendable_households: int
    townships: int | None
    row_faults: Mapping[RowFault, int]
    bars: Mapping[Bar, int]
    bars_without_grade: frozenset[Bar]
    grade_limits: Mapping[str, Decimal]
    grade_weights: Mapping[str, int]
    industry_weights: Mapping[str, int]
    purposes: Mapping[str, str]  # the purpose that loans of an industry name
    term_weights: Mapping[int, int]
    state_weights: Mapping[PovertyState, int]
    other_state: PovertyState | None
    bank_weights: Mapping[str, int]
    too_old_from_years: int | None
    exclusion_kind: str | None
    credit_townships: int | None  # None: ungraded households live everywhere alike
    credit_village_share: Decimal
    area_shares: Mapping[str, Decimal]  # share of credit households that makes a village or township a credit area
    promotion_path: tuple[str, ...]
    demonstrates: bool  # the pack has demonstration villages or households chosen every year
    fund_multiplier: int
    amount_lent: Decimal | None
    lent_per_first_fund_yuan: Decimal
    stated: tuple[Stated, ...]
    ends_after_rating: BothLanguages

    @property
    def lends(self) -> bool:
        """Return whether the county is followed beyond the rating, to the end of its loans."""
        return self.amount_lent is not None

    def is_ungraded(self, kind: RowFault | Bar | None) -> bool:
        """Return whether a household of this kind scores below the lowest grade."""
        return kind is Bar.UNGRADED or kind in self.bars_without_grade

    @property
    def excludes_by_sheet(self) -> bool:
        """Return whether excluded households are marked in the sheet; else an officer marks them afterwards."""
        return self.exclusion_kind == SHEET_KIND

    @property
    def lowest_limit(self) -> Decimal:
        """Return the credit limit of the lowest grade, which every graded household may borrow."""
        return min(self.grade_limits.values())


def outline_of(pack: PolicyPack, figures: CountyFigures | None = None) -> Outline:
    """Return the outline of a pack's county with the figures of its document."""
    figures = figures_of(pack.header.code) if figures is None else figures
    rules, scheme = pack.eligibility_rules(), pack.rating_scheme()
    lent, areas = figures.lending, figures.credit_areas
    grades = [grade.code for grade in scheme.grades]
    industries = [industry.code for industry in pack.purpose_rule().industries]
    exclusions = [term.code for term in rules.exclusions]
    return Outline(
        county_code=county_of(pack.header.regions[0]),
        regions=tuple(pack.header.regions),
        days=Days(pack.header.effective_from),
        lendable_households=figures.lendable_households.value,
        townships=figures.townships.value if figures.townships else None,
        row_faults=MappingProxyType(dict(figures.row_faults.value)),
        bars=_bars(rules, figures),
        bars_without_grade=frozenset(figures.bars_without_grade.value),
        grade_limits=MappingProxyType({grade.code: grade.credit_limit for grade in scheme.grades}),
        grade_weights=_weighed(grades, figures.grade_weights.value if figures.grade_weights else _falling(grades)),
        industry_weights=_weighed(
            industries, figures.industry_weights.value if figures.industry_weights else dict.fromkeys(industries, 1)
        ),
        purposes=_purposes(pack),
        term_weights=_terms(pack, figures),
        state_weights=_states(rules, figures),
        other_state=_other_state(rules),
        bank_weights=MappingProxyType(dict(figures.bank_weights.value)),
        too_old_from_years=_too_old_from(rules),
        exclusion_kind=next((kind for kind in [SHEET_KIND, *exclusions] if kind in exclusions), None),
        credit_townships=areas.townships.value if areas else None,
        credit_village_share=areas.village_share.value if areas else Decimal(1),
        area_shares=MappingProxyType({each.level: each.share_min for each in scheme.area_thresholds}),
        promotion_path=tuple(scheme.promotion_path),
        demonstrates=any((scheme.demonstration_villages_per_year, scheme.demonstration_households_per_year)),
        fund_multiplier=int(pack.fund_rule().multiplier),
        amount_lent=figures.amount_lent(),
        lent_per_first_fund_yuan=lent.lent_per_first_fund_yuan.value if lent else Decimal(1),
        stated=figures.stated,
        ends_after_rating=figures.ends_after_rating,
    )


def _bars(rules: EligibilityRules, figures: CountyFigures) -> Mapping[Bar, int]:
    """Return the bars that the pack knows, in the order of the figures."""
    known = {
        Bar.EXCLUDED: bool(rules.exclusions),
        Bar.OVER_AGE: _too_old_from(rules) is not None,
        Bar.NO_CAPACITY: rules.full_capacity_required and rules.able_to_work_required,
        Bar.BAD_RECORD: True,
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


def _states(rules: EligibilityRules, figures: CountyFigures) -> Mapping[PovertyState, int]:
    weights = figures.state_weights.value
    return _weighed([state for state in weights if state in rules.eligible_states], weights)


def _terms(pack: PolicyPack, figures: CountyFigures) -> Mapping[int, int]:
    terms = pack.loan_terms()
    admitted = [term for term in figures.term_weights.value if terms.term_months_min <= term <= terms.term_months_max]
    return _weighed(admitted or [terms.term_months_max], {terms.term_months_max: 1, **figures.term_weights.value})


def _purposes(pack: PolicyPack) -> Mapping[str, str]:
    """Return a purpose for each industry: the one of the same code, else the last one the pack lists for it.

    Where purposes name no industry, each industry has the first of them.
    """
    rule = pack.purpose_rule()
    of_any = next((purpose.code for purpose in rule.allowed if purpose.industry is None), None)
    by_industry = {} if of_any is None else {industry.code: of_any for industry in rule.industries}
    for purpose in rule.allowed:
        if purpose.industry is not None and by_industry.get(purpose.industry) != purpose.industry:
            by_industry[purpose.industry] = purpose.code
    return MappingProxyType(by_industry)


def _weighed(keys: Iterable[Key], weights: Mapping[Key, int]) -> Mapping[Key, int]:
    return MappingProxyType({key: weights[key] for key in keys})


def _falling(grades: list[str]) -> dict[str, int]:
    """Return weights that fall from the best grade to the lowest: 3, 2, 1."""
    return {grade: len(grades) - place for place, grade in enumerate(grades)}
