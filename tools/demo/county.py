"""What the demonstration's steps share: the offices, the drawn population, and what has happened so far."""

import asyncio
import csv
import io
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from shared.dates import today_in_china
from shared.languages import Sentence
from shared.offices import Step
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import LossCause
from shared.regions import township_of
from tools.demo.choosing import Versions
from tools.demo.days import Days, LifeDays
from tools.demo.findings import Demonstration, Rated, Screening
from tools.demo.officers import Offices
from tools.demo.places import Places
from tools.demo.plan import DemoPlan
from tools.demo.population import Household, Population
from tools.demo.progress import Clock
from tools.demo.refused import DemoRefused
from tools.demo.session import Caller

EVENTS_SECONDS = 90.0  # how long facts may travel before the run gives up
POLL_SECONDS = 0.25
PARALLEL_CALLS = 4
REPAID_WITHIN = timedelta(days=10)  # of the last day of a short loan, days of rest included


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
    product_code: str | None = None


@dataclass
class County:
    """The state of the run."""

    offices: Offices
    versions: Versions
    pack: PolicyPack  # the version in force on the first day
    places: Places
    plan: DemoPlan
    population: Population
    clock: Clock
    folder: Path
    household_ids: dict[str, str] = field(default_factory=dict)
    loans: list[Loan] = field(default_factory=list)
    to_file_again: list[Household] = field(default_factory=list)
    programmes: dict[int, str] = field(default_factory=dict)
    accounts: dict[str | None, str] = field(default_factory=dict)  # of the fund: the county's, and single banks' own
    members_registered: int = 0
    rated: Rated | None = None
    demonstration: Demonstration | None = None
    screening: Screening | None = None
    insured_loans: int = 0
    defaulted: list[Loan] = field(default_factory=list)
    references: int = 0
    contributions: int = 0  # to the fund, after its first money
    not_shown: list[Sentence] = field(default_factory=list)  # what lies ahead of today
    paid_days: set[date] = field(default_factory=set)
    refused_numbers: set[str] = field(default_factory=set)
    NOT_YET: ClassVar = frozenset({"loan-unknown", "loan-not-in-default"})

    @property
    def days(self) -> Days:
        """Return the days from set-up to the first applications."""
        return self.plan.outline.days

    @cached_property
    def life(self) -> LifeDays:
        """The days of the life of the first round's loans, once it is paid out."""
        return LifeDays.of(self.first_loans, self.pack)

    @property
    def first_loans(self) -> list[Loan]:
        """Return the loans of the first round and of the county's first product, whose life is the story."""
        first, short = self.pack.product.code, set(self.short_loans)
        mine = [loan for loan in self.loans if loan.loan_round == 1 and loan.product_code in (None, first)]
        return [loan for loan in mine if loan not in short]

    @property
    def short_loans(self) -> list[Loan]:
        """Return the loans of the first round whose households borrow again within the year."""
        months = self.plan.outline.turnover_months
        return [loan for loan in self.loans if loan.loan_round == 1 and loan.term_months == months]

    @property
    def turned_over_on(self) -> date:
        """Return the day on which those households apply again: the last of their loans is repaid."""
        return max(loan.matures_on for loan in self.short_loans) + REPAID_WITHIN

    @property
    def insurance_kind(self) -> str | None:
        """Return the county's first insurance product that answers for a death, if it insures loans."""
        rule = self.pack.insurance_rule()
        if rule is None:
            return None
        silent = {each.product for each in rule.causes_answered or () if LossCause.DEATH not in each.causes}
        return next((each.code for each in rule.products if each.code not in silent), None)

    @property
    def main_bank(self) -> str:
        """Return the bank that lends most."""
        return self.offices.main_bank

    def taking(self, step: Step, place_code: str = "", place: int = 0) -> Caller:
        """Return who takes a step by the pack: for the county, or in the township in which the place lies."""
        township = township_of(place_code) or self.offices.townships[0].code
        return self.offices.taking(self.pack, step, township, place)

    @property
    def ends_on(self) -> date:
        """Return the last day shown: of the loans' life, or today where that has not come."""
        last = self.life.ends_on if self.loans else self.days.surveyed_on
        return min(last, today_in_china())

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


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until facts have arrived.

    Raises:
        DemoRefused: naming what was waited for.
    """
    deadline = time.monotonic() + EVENTS_SECONDS
    while not await condition():
        if time.monotonic() > deadline:
            raise DemoRefused(
                zh=f"等待 {EVENTS_SECONDS:.0f} 秒，数据仍未到达（{what}）；请查看各服务日志。",
                en=f"Waited {EVENTS_SECONDS:.0f} s for {what}; see the services' logs.",
            )
        await asyncio.sleep(POLL_SECONDS)


async def at_once(actions: Iterable[Callable[[], Awaitable[Any]]]) -> None:
    """Run the actions, a few at a time, as offices work side by side; the first that fails is what is raised."""
    gate = asyncio.Semaphore(PARALLEL_CALLS)

    async def gated(action: Callable[[], Awaitable[Any]]) -> None:
        async with gate:
            await action()

    try:
        async with asyncio.TaskGroup() as group:
            for action in actions:
                group.create_task(gated(action))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV file as the bank sends it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode()


def not_covered(detail: str) -> DemoRefused:
    """Return the refusal of a hand-over that no money can help."""
    zh, _, en = detail.partition("\n")
    return DemoRefused(zh=f"风险补偿金不予担保：{zh}", en=f"The fund gives no cover: {en or zh}")


def not_taken_whole(zh: str, en: str, answer: Any) -> DemoRefused:
    """Return the refusal of a file of which a service took a part only, with the reason of the first line left out."""
    rejections = answer.get("rejections") or [{"reason": answer}]
    first = rejections[0].get("reason")
    return DemoRefused(
        zh=f"{zh}有 {len(rejections)} 行未被受理，第一行：{first}",
        en=f"{len(rejections)} lines of the {en} were not taken; the reason of the first stands above.",
    )
