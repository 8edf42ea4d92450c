"""Which projects a county runs, for whom and with how much money: drawn from its document's totals (ZJ-11)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from services.subsidy.dividends.rules.shares import split
from shared.money import ZERO, yuan
from tools.demo.county import County
from tools.demo.places import Township
from tools.demo.population import Household

FEWEST_CENTRALISED: Final = 4  # two with a guaranteed dividend, two by equity, of which one ends early
FEWEST_SCATTERED: Final = 2
VIOLATING_SHARE: Final = Decimal("0.05")  # of the centralised money, for a project whose money is taken back
BEGINS_AFTER: Final = timedelta(days=5)  # the rating

Kind = Literal["centralised", "scattered"]
KINDS: Final[tuple[Kind, ...]] = ("centralised", "scattered")
Form = Literal["guaranteed", "equity"]
FORMS: Final[tuple[Form, ...]] = ("guaranteed", "equity")


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

    @property
    def paid_on(self) -> date:
        """Return the day by which projects are paid and a violating one is taken back."""
        return self.after(140)

    @property
    def shared_on(self) -> date:
        """Return the day by which the first year's dividends are paid."""
        return self.anniversary(1) + timedelta(days=30)

    @property
    def ended_on(self) -> date:
        """Return the day by which one agreement has ended and its principal is back."""
        return self.anniversary(1) + timedelta(days=120)

    def anniversary(self, years: int) -> date:
        """Return the first day of a later year of the agreements."""
        return self.valid_from.replace(year=self.valid_from.year + years)


def projects_of(county: County) -> list[ProjectPlan]:
    """Return the county's projects; those that are not taken back make its document's totals, in proportion."""
    figures, scale = county.plan.outline.benefits, county.plan.scale
    if figures is None:
        return []
    free = {township.code: _households(county, township) for township in county.offices.townships}
    places = _Places(county.offices.townships, free)
    centralised = yuan(figures.centralised_amount.value * scale)
    projects = max(FEWEST_CENTRALISED, round(figures.centralised_projects.value * scale))
    found = [
        replace(plan, form=FORMS[plan.number % len(FORMS)])
        for plan in places.projects("centralised", centralised, projects, figures.centralised_households.value * scale)
    ]
    violating = ProjectPlan(
        len(found), "centralised", found[0].township, (), (yuan(centralised * VIOLATING_SHARE),), violating=True
    )
    granted = yuan(figures.grant_amount.value * scale)
    scattered = max(FEWEST_SCATTERED, round(figures.grant_projects.value * scale))
    plans = places.projects("scattered", granted, scattered, figures.grant_households.value * scale, len(found) + 1)
    return [*found, violating, *plans]


def planned_totals(county: County) -> dict[str, str]:
    """Return what centralised projects and scattered grants come to, as the report of totals names them, in yuan."""
    plans = [plan for plan in projects_of(county) if not plan.violating]
    totals = {kind: sum((plan.amount for plan in plans if plan.kind == kind), ZERO) for kind in KINDS}
    return {kind: f"{total:.2f}" for kind, total in totals.items()} if plans else {}


def _households(county: County, township: Township) -> list[Household]:
    return [each for each in county.population.lendable if each.village_code.startswith(township.code)]


@dataclass(frozen=True, slots=True)
class _Places:
    """The townships, and their households that have no part in a project yet."""

    townships: tuple[Township, ...]
    free: dict[str, list[Household]]

    def projects(
        self, kind: Kind, total: Decimal, projects: int, households: Decimal, first: int = 0
    ) -> list[ProjectPlan]:
        """Return so many projects, each where most households are free; all households share the total alike."""
        wanted = max(1, round(households / projects))
        found = [self._take(wanted) for _ in range(projects)]
        shares = iter(split(total, [Decimal(1)] * sum(len(taken) for _, taken in found)))
        return [
            ProjectPlan(number, kind, township, taken, tuple(next(shares) for _ in taken))
            for number, (township, taken) in enumerate(found, start=first)
        ]

    def _take(self, count: int) -> tuple[Township, tuple[Household, ...]]:
        township = max(self.townships, key=lambda each: len(self.free[each.code]))
        taken = self.free[township.code][:count]
        del self.free[township.code][:count]
        return township, tuple(taken)
