"""What the demonstration's steps share: the offices, the drawn population, and what has happened so far."""

import asyncio
import csv
import io
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from shared.policy.pack import PolicyPack
from tools.demo.findings import Demonstration, Rated, Screening
from tools.demo.officers import Offices, Township
from tools.demo.outline import Days
from tools.demo.plan import DemoPlan
from tools.demo.population import REGIONS_FILE, Household, Population
from tools.demo.progress import Clock

EVENTS_SECONDS = 90.0  # how long facts may travel before the run gives up
POLL_SECONDS = 0.25
PARALLEL_CALLS = 4


class FactsLate(RuntimeError):
    """A service did not apply other services' facts in time."""


@dataclass(frozen=True)
class Loan:
    """A loan as the bank keeps it in its own books."""

    loan_id: str
    contract_number: str
    bank_code: str
    household_number: str
    household_id: str
    village_code: str
    principal: Decimal
    term_months: int
    loan_round: int
    disbursed_on: date
    matures_on: date


@dataclass
class County:
    """The state of the run."""

    offices: Offices
    pack: PolicyPack
    plan: DemoPlan
    population: Population
    clock: Clock
    folder: Path
    household_ids: dict[str, str] = field(default_factory=dict)
    loans: list[Loan] = field(default_factory=list)
    to_file_again: list[Household] = field(default_factory=list)
    programmes: dict[int, str] = field(default_factory=dict)
    fund_id: str = ""
    members_registered: int = 0
    rated: Rated | None = None
    demonstration: Demonstration | None = None
    screening: Screening | None = None
    insured_loans: int = 0
    defaulted: list[Loan] = field(default_factory=list)
    references: int = 0
    refused_numbers: set[str] = field(default_factory=set)
    NOT_YET: ClassVar = frozenset({"loan-unknown", "loan-not-in-default"})

    @property
    def days(self) -> Days:
        """Return the days of set-up and rating."""
        return self.plan.outline.days

    @property
    def insurance_kind(self) -> str:
        """Return the county's first insurance product."""
        rule = self.pack.insurance_rule()
        return rule.products[0].code if rule and rule.products else "loan_guarantee"

    @property
    def code(self) -> str:
        """Return the county's code."""
        return self.offices.county_code

    @property
    def banks(self) -> list[str]:
        """Return the codes of the banks that lend here."""
        return sorted({household.bank_code for household in self.population.registered})

    def reference(self, bank_code: str) -> str:
        """Return the bank's next payment reference."""
        self.references += 1
        return f"{bank_code}-{self.references:08d}"

    def households(self) -> Mapping[str, Household]:
        """Return the registered households by number."""
        return {household.household_number: household for household in self.population.registered}


def townships_of(
    regions: Sequence[str], scale: Decimal, most: int | None = None, regions_file: Path = REGIONS_FILE
) -> tuple[Township, ...]:
    """Return the townships of the regions that take part: `most` of them, if given, at full size, else fewer."""
    with regions_file.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"].startswith(tuple(regions))]
    villages = sorted(row["code"] for row in rows if row["level"] == "village")
    townships = [
        Township(row["code"], row["name"], tuple(v for v in villages if v.startswith(row["code"])))
        for row in sorted(rows, key=lambda row: row["code"])
        if row["level"] == "township" and any(v.startswith(row["code"]) for v in villages)
    ][:most]
    return tuple(townships[: math.ceil(len(townships) * math.sqrt(scale))])


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until facts have arrived.

    Raises:
        FactsLate: naming what was waited for.
    """
    deadline = time.monotonic() + EVENTS_SECONDS
    while not await condition():
        if time.monotonic() > deadline:
            raise FactsLate(f"waited {EVENTS_SECONDS:.0f} s for {what}; see the services' logs")
        await asyncio.sleep(POLL_SECONDS)


async def at_once(actions: Iterable[Callable[[], Awaitable[Any]]]) -> None:
    """Run the actions, a few at a time, as offices work side by side."""
    gate = asyncio.Semaphore(PARALLEL_CALLS)

    async def gated(action: Callable[[], Awaitable[Any]]) -> None:
        async with gate:
            await action()

    async with asyncio.TaskGroup() as group:
        for action in actions:
            group.create_task(gated(action))


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV file as the bank sends it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode()
