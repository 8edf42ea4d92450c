"""The county's projects and agreements as they are lived through: planned, paid, supervised, shared in, one ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from shared.money import ZERO
from tools.demo import setting_up
from tools.demo.benefits import agreements, dividends, ending, grants, projects, supervision
from tools.demo.benefits.plan import BenefitDays, ProjectPlan, projects_of
from tools.demo.county import County, at_once

SUPERVISED: Final = (supervision.INSPECTION, supervision.REPORT, supervision.AFTERCARE)


@dataclass
class Benefits:
    """Every project of the county by its number, with its id and the ids of its agreements."""

    county: County
    plans: list[ProjectPlan]
    days: BenefitDays
    ids: dict[int, str] = field(default_factory=dict)
    agreements: dict[int, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, county: County) -> "Benefits | None":
        """Return the county's projects, or None where its document counts none."""
        plans = projects_of(county)
        return cls(county, plans, BenefitDays.of(county)) if plans else None

    async def plan(self) -> Decimal:
        """Open the programme and every project's file; return the money, in yuan."""
        if not self.county.household_ids:
            await setting_up.learn_household_ids(self.county)
        programme_id = await projects.open_programme(self.county, self.days, self.plans)

        async def one(plan: ProjectPlan) -> None:
            self.ids[plan.number] = await projects.plan(self.county, self.days, plan, programme_id)

        await self._each(one)
        return sum((plan.amount for plan in self.plans), ZERO)

    async def conclude(self) -> int:
        """Conclude the agreements of every project with households; return how many."""
        term = agreements.Term.first(self.days)

        async def one(plan: ProjectPlan) -> None:
            project_id = self.ids[plan.number]
            if plan.kind == "scattered":
                found = [await agreements.rolling(self.county, plan, project_id, term)]
            elif plan.violating:
                found = []
            else:
                found = await agreements.with_households(self.county, plan, project_id, term)
            self.agreements[plan.number] = found

        await self._each(one)
        return sum(map(len, self.agreements.values()))

    async def carry_out(self) -> None:
        """Take every project from its application to its acceptance, supervised on the way."""

        async def one(plan: ProjectPlan) -> None:
            await projects.carry_out(self.county, self.days, plan, self.ids[plan.number])

        await self._each(one)
        centralised = [plan for plan in self.plans if plan.kind == "centralised" and not plan.violating]
        for plan, found in zip(centralised, SUPERVISED, strict=False):
            await supervision.find_and_settle(self.county, self.days, plan, self.ids[plan.number], found)

    async def pay(self) -> Decimal:
        """Pay the households of scattered projects and the claims of the others; return what was paid, in yuan."""
        paid = [ZERO]

        async def one(plan: ProjectPlan) -> None:
            project_id, left = self.ids[plan.number], plan.amount
            if plan.kind == "scattered":
                granted = await grants.grant(self.county, self.days, plan, project_id)
                self.county.clock.check(
                    granted, plan.amount, f"项目{plan.number + 1} 直补到户", "Granted to households"
                )
                left -= granted
            await projects.reimburse(self.county, self.days, plan, project_id, left)
            paid.append(plan.amount)

        await self._each(one)
        return sum(paid, ZERO)

    async def take_back(self) -> None:
        """Take the violating project's money back."""
        for plan in self.plans:
            if plan.violating:
                await supervision.take_back(self.county, self.days, plan, self.ids[plan.number])

    async def share(self) -> Decimal:
        """Grant and pay the first year's dividends; return them, in yuan."""
        paid = [ZERO]

        async def one(plan: ProjectPlan) -> None:
            if plan.form is not None:
                first = self.agreements[plan.number][0]
                year = dividends.Year.first(self.days, plan)
                paid.append(await dividends.pay_year(self.county, plan, first, year))

        await self._each(one)
        return sum(paid, ZERO)

    async def end_one(self) -> None:
        """Let one entity with an equity dividend give up, and another take its place."""
        plan = next(plan for plan in self.plans if plan.form == "equity")
        first = self.agreements[plan.number][0]
        concluded = await ending.end(self.county, self.days, plan, self.ids[plan.number], first)
        self.agreements[plan.number] += concluded

    async def _each(self, one: Callable[[ProjectPlan], Awaitable[None]]) -> None:
        await at_once([lambda plan=plan: one(plan) for plan in self.plans])  # type: ignore[misc]
