"""A year's dividend: prepared, reviewed and approved by three persons, paid by the entity (ZJ-4(a), ZJ-5(a))."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from shared.access import Right
from shared.money import ZERO, yuan
from shared.offices import Step
from tools.demo.benefits.agreements import GUARANTEED_RATES
from tools.demo.benefits.plan import BenefitDays, ProjectPlan
from tools.demo.county import County

YIELD: Final = Decimal("0.12")  # of the quantified money in the first year
YIELD_OF_BROKEN_YEAR: Final = Decimal("0.01")
PREPARED_AFTER: Final = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an agreement whose dividend is due: its number, what the entity earned in it (yuan), when it ended."""

    number: int
    earned: Decimal
    ended_on: date

    @classmethod
    def first(cls, days: BenefitDays, project: ProjectPlan) -> "Year":
        """Return the first year of a project's agreement."""
        return cls(1, yuan(project.amount * YIELD), days.anniversary(1))

    @classmethod
    def broken(cls, ended_on: date, project: ProjectPlan) -> "Year":
        """Return the second year of an agreement that ended in it, in which little was earned."""
        return cls(2, yuan(project.amount * YIELD_OF_BROKEN_YEAR), ended_on)


async def pay_year(county: County, project: ProjectPlan, agreement_id: str, year: Year) -> Decimal:
    """Grant and pay a year's dividend of an agreement; return what the households got, in yuan."""
    code, on = project.township.code, year.ended_on + PREPARED_AFTER
    preparing, reviewing = county.offices.township(code), county.offices.reviewer(code)
    body: dict[str, Any] = {"year_number": year.number, "prepared_on": on.isoformat()}
    if project.form == "equity":
        body |= {
            "yield_amount": f"{year.earned:.2f}",
            "yield_document": f"SY-{project.number + 1:03d}-{year.number}",
        }
    run = await preparing.post(f"/agreements/{agreement_id}/dividend-runs", body)
    county.clock.check(run["amount"], expected(county, project, year), *_words(project, year))
    path, said = f"/dividend-runs/{run['id']}", {"decision": "approve", "decided_on": on.isoformat()}
    await reviewing.post(f"{path}/reviews", said)
    await county.taking(Step.DIVIDEND_APPROVAL, code).post(f"{path}/approvals", said)
    paid_on = on + timedelta(days=10)
    items = [
        {
            "household_id": line["household_id"],
            "amount": line["amount"],
            "paid_on": paid_on.isoformat(),
            "bank_reference": f"FH-{project.number + 1:03d}-{year.number}-{number:05d}",
        }
        for number, line in enumerate(run["lines"], start=1)
    ]
    total = sum((Decimal(item["amount"]) for item in items), ZERO)
    recorder = county.offices.with_right(Right.DIVIDENDS_RECORD)
    accounts = await recorder.post(
        f"/agreements/{agreement_id}/dividend-payments", {"total_amount": f"{total:.2f}", "items": items}
    )
    arrears = sum((Decimal(each["arrears"]) for each in accounts["accounts"]), ZERO)
    county.clock.check(arrears, ZERO, f"分红 {total:,} 元已付清，欠付", f"Dividends of {total:,} paid; still owed")
    return total


def expected(county: County, project: ProjectPlan, year: Year) -> Decimal:
    """Work out a year's dividend of all households of a project, in yuan: of a guaranteed one, the first year's."""
    if project.form == "guaranteed":
        return yuan(project.amount * Decimal(GUARANTEED_RATES[0]) / 100)
    equity = county.pack.equity_dividend
    share = equity.household_share_min.value if equity else Decimal(0)
    return yuan(year.earned * share)


def _words(project: ProjectPlan, year: Year) -> tuple[str, str]:
    form, name = ("保底", "Guaranteed") if project.form == "guaranteed" else ("入股", "Equity")
    return f"项目{project.number + 1} 第{year.number}年度{form}分红", f"{name} dividend of year {year.number}"
