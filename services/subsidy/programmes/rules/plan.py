"""What a county's pack plans for a year's programme, and that no budget goes beyond it: pure (DZ-2, JN-6, XX-4)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.subsidy.programmes.refusals import BudgetAbovePlan, ProgrammeIncomplete
from shared.dates import add_months
from shared.policy.county_sections import ProgrammeSection
from shared.policy.pack import PolicyPack


@dataclass(frozen=True, slots=True)
class Plan:
    """A year's programme: its days, the money it may promise in yuan, its sources and its targets by code.

    None is what nobody has said yet.
    """

    starts_on: date | None = None
    ends_on: date | None = None
    budget: Decimal | None = None
    fund_sources: tuple[str, ...] | None = None
    targets: tuple[tuple[str, Decimal], ...] | None = None


def planned_for(pack: PolicyPack | None, year: int) -> Plan | None:
    """Return what a pack plans for a year, or None where it plans nothing; `每年` is planned again each year (JN-6)."""
    held = [each for each in (pack.programmes if pack else ()) if _plans(each, year)]
    if not held:
        return None
    section = max(held, key=lambda each: each.year.value)  # a year's own plan stands before one of each year
    later = 12 * (year - section.year.value)
    return Plan(
        add_months(section.starts_on.value, later),
        add_months(section.ends_on.value, later),
        section.budget.value,
        section.fund_sources.value,
        tuple((target.code, target.value) for target in section.targets.value),
    )


def _plans(section: ProgrammeSection, year: int) -> bool:
    every_year = section.every_year is not None and section.every_year.value
    return section.year.value == year or (every_year and section.year.value < year)


def filled(stated: Plan, planned: Plan | None) -> Plan:
    """Return a programme as stated, what is left open as the county's document plans it; its targets are kept (DZ-2).

    A target that the document names and the programme does not is added: none is dropped silently.

    Raises:
        ProgrammeIncomplete: neither says it.
    """
    document = planned or Plan(targets=())
    targets = dict(document.targets or ()) | dict(stated.targets or ())
    whole = replace(
        stated,
        starts_on=stated.starts_on or document.starts_on,
        ends_on=stated.ends_on or document.ends_on,
        budget=stated.budget or document.budget,
        fund_sources=stated.fund_sources or document.fund_sources,
        targets=tuple(targets.items()),
    )
    lacking = [name for name in ("starts_on", "ends_on", "budget", "fund_sources") if getattr(whole, name) is None]
    if lacking:
        raise ProgrammeIncomplete(lacking)
    return whole


def ensure_within_plan(pack: PolicyPack | None, year: int, budgets: Decimal) -> None:
    """Refuse budgets of a year, in yuan, that go beyond what the county's document gives: no more is promised (JN-6).

    Raises:
        BudgetAbovePlan: they do, and the pack has every promise stand in its budget (XX-4, DZ-2).
    """
    planned = planned_for(pack, year)
    if pack is None or planned is None or planned.budget is None or not pack.subsidy.budget_required.value:
        return
    if budgets > planned.budget:
        raise BudgetAbovePlan(year, budgets, planned.budget)
