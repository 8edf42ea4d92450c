"""What a county's pack plans for a year's programme, and that no budget goes beyond it: pure (DZ-2, JN-6, XX-4)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.subsidy.programmes.refusals import BudgetAbovePlan, ProgrammeIncomplete
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
    """Return what a pack plans for a year, or None where it plans nothing (DZ-2)."""
    for section in pack.programmes if pack else ():
        if section.year.value == year:
            return Plan(
                section.starts_on.value,
                section.ends_on.value,
                section.budget.value,
                section.fund_sources.value,
                tuple((target.code, target.value) for target in section.targets.value),
            )
    return None


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
