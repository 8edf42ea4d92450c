"""What a programme may fund: projects of its regions, out of its own sources, while it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.subsidy.projects.refusals import FundSourceNotOfProgramme, ProgrammeForOtherRegions, ProgrammeOfOtherDays


@dataclass(frozen=True, slots=True)
class Funding:
    """A programme as far as it decides what it funds."""

    name: str
    regions: Sequence[str]
    fund_sources: Sequence[str]
    starts_on: date
    ends_on: date


def ensure_fundable(funding: Funding, region_code: str, fund_source: str, planned_on: date) -> None:
    """Refuse a plan that a programme cannot pay for; a plan may be made before the programme's first day.

    Raises:
        ProgrammeForOtherRegions, FundSourceNotOfProgramme, ProgrammeOfOtherDays.
    """
    if not region_code.startswith(tuple(funding.regions)):
        raise ProgrammeForOtherRegions(funding.name, region_code, funding.regions)
    if fund_source not in funding.fund_sources:
        raise FundSourceNotOfProgramme(funding.name, fund_source, funding.fund_sources)
    if planned_on > funding.ends_on:
        raise ProgrammeOfOtherDays(funding.name, planned_on, funding.starts_on, funding.ends_on)


def ensure_running(funding: Funding, on: date) -> None:
    """Refuse to promise a programme's money on a day that is not its own.

    Raises:
        ProgrammeOfOtherDays.
    """
    if not funding.starts_on <= on <= funding.ends_on:
        raise ProgrammeOfOtherDays(funding.name, on, funding.starts_on, funding.ends_on)
