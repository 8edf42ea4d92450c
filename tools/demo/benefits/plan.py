"""Which projects a county runs, for which households and with how much money: drawn from its document's totals (ZJ-11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from services.subsidy.dividends.rules.shares import split
from shared.money import ZERO, yuan
from tools.demo.county import County
from tools.demo.county_figures import Benefits
from tools.demo.places import Township
from tools.demo.population import Household

FEWEST_CENTRALISED: Final = 4  # two with a guaranteed dividend, two by equity, of which one ends early
VIOLATING_SHARE: Final = Decimal("0.05")  # of the centralised money, for a project whose money is taken back
BEGINS_AFTER: Final = timedelta(days=5)  # the rating

Kind = Literal["centralised", "scattered"]
Form = Literal["guaranteed", "equity"]


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """One project: where it lies, who shares in it and with how much, in yuan; a violating one has no households."""

    number: int
    kind: Kind
    township: Township
    households: tuple[Household, ...]
    shares: tuple[Decimal, ...]
    form: Form | None = None
    violating: bool = False

    @property
    def amount(self) -> Decimal:
        """Return the project's money."""
        return sum(self.shares, ZERO)

    @property
    def village(self) -> str:
        """Return the village whose collective the principal goes to."""
        return self.township.villages[0]


@dataclass(frozen=True, slots=True)
class BenefitDays:
    """The days of every project of the county, counted from the day of its planning meeting."""

    planned_on: date

    @classmethod
    def of(cls, county: County) -> "BenefitDays":
        """Return the days of a county: its projects are planned when its households are rated."""
        return cls(county.days.rated_on + BEGINS_AFTER)

    def after(self, days: int) -> date:
        """Return a day so many days after the planning meeting."""
        return self.planned_on + timedelta(days=days)

    @property
    def valid_from(self) -> date:
        """Return the first day of the agreements."""
        return self.after(20)

    def anniversary(self, years: int) -> date:
        """Return the first day of a later year of the agreements."""
        return self.valid_from.replace(year=self.valid_from.year + years)


def projects_of(county: County) -> list[ProjectPlan]:
    """Return the county's projects; those that are not taken back make its document's totals, in proportion."""
    figures = county.plan.outline.benefits
    if figures is None:
        return []
    free = {township.code: _households(county, township) for township in county.offices.townships}
    scale = county.plan.scale
    found = [*_centralised(county, figures, scale, free)]
    return [*found, *_scattered(county, figures, scale, free, len(found))]


def _centralised(
    county: County, figures: Benefits, scale: Decimal, free: dict[str, list[Household]]
) -> Iterator[ProjectPlan]:
    total, projects = yuan(figures.centralised_amount.value * scale), figures.centralised_projects.value
    count = max(FEWEST_CENTRALISED, round(projects * scale))
    for number, amount in enumerate(split(total, [Decimal(1)] * count)):
        township = _township(county, number)
        households = _taken(free[township.code], round(figures.centralised_households.value * scale / count))
        shares = split(amount, [Decimal(1)] * len(households))
        yield ProjectPlan(number, "centralised", township, households, shares, ("guaranteed", "equity")[number % 2])
    yield ProjectPlan(
        number=count,
        kind="centralised",
        township=_township(county, count),
        households=(),
        shares=(yuan(total * VIOLATING_SHARE),),
        violating=True,
    )


def _scattered(
    county: County, figures: Benefits, scale: Decimal, free: dict[str, list[Household]], first: int
) -> Iterator[ProjectPlan]:
    total = yuan(figures.grant_amount.value * scale)
    count = max(1, round(figures.grant_projects.value * scale))
    for number, amount in enumerate(split(total, [Decimal(1)] * count), start=first):
        township = _township(county, number)
        households = _taken(free[township.code], round(figures.grant_households.value * scale / count))
        yield ProjectPlan(
            number, "scattered", township, households, split(amount, [Decimal(1)] * len(households))
        )


def _township(county: County, number: int) -> Township:
    townships = county.offices.townships
    return townships[number % len(townships)]


def _households(county: County, township: Township) -> list[Household]:
    return [each for each in county.population.lendable if each.village_code.startswith(township.code)]


def _taken(free: list[Household], count: int) -> tuple[Household, ...]:
    """Take the first so many households that have no part in a project yet."""
    taken: Sequence[Household] = free[: max(1, count)]
    del free[: len(taken)]
    return tuple(taken)
