"""What a county's document promises of the interest, on the loans it speaks of: bounds, years, earlier rules."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.subsidy.tests.county import Loan, ask, confirmed, confirmed_programme, deliver, look
from services.subsidy.tests.test_programmes import PROGRAMME
from services.subsidy.tests.test_rates import BENCHMARK, RATES
from shared.access import Role
from shared.policy.load import load_pack
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest

PACKS = Path(__file__).resolve().parents[3] / "policy" / "packs"
LPR = {"basis": "LPR", "effective_from": "2022-08-22", "up_to_1y": "3.65", "over_5y": "4.30"}


@dataclass(frozen=True, slots=True)
class Place:
    """A county of a shipped pack on a running service."""

    service: ServiceUnderTest
    pack: PolicyPack
    code: str

    async def interest(self, loan: Loan, interest: str, first_on: date, until: date, number: int = 1) -> None:
        """Let the interest of days of a loan arrive, paid on the last of them; with it the loan itself."""
        if loan.version == 1:
            await deliver(self.service, loan, loan.disbursed())
        paid = loan.paid(interest, on=until, period=(first_on, until), number=number)
        await deliver(self.service, loan, paid)

    async def lines(self, year: int) -> dict[str, tuple[Any, ...]]:
        """Return amount, reasons and eligible days of each interest of a year, by the day on which it was paid."""
        programme = {**PROGRAMME, "county_code": self.code, "budget": "100000.00", "year": year,
                     "budget_document": "预算决议",
                     "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31"}  # fmt: skip
        asked = {"county_code": self.code, "period_from": f"{year}-01-01", "period_until": f"{year + 1}-01-01",
                 "prepared_on": f"{year}-12-31"}  # fmt: skip
        asked["programme_id"] = await confirmed_programme(self.service, programme, self.code)
        batch = await self.ask("/subsidy-batches", Role(str(self.pack.subsidy.preparer.value)), asked)
        path = f"/subsidy-batches/{batch['id']}/lines"
        items = (await look(self.service, path, region=self.code))["items"]
        return {each["interest_paid_on"]: (each["amount"], each["reasons"], each["eligible_days"]) for each in items}

    async def ask(self, path: str, role: Role, body: Any) -> dict[str, Any]:
        """Send a write as an officer of the place."""
        return await ask(self.service, path, role, body, region=self.code)


async def place(subsidy: ServiceUnderTest, name: str, *rates: dict[str, str]) -> Place:
    """Let a shipped pack arrive and the reference rates be published."""
    pack = load_pack(PACKS / f"{name}.yaml")
    county = pack.header.regions[0]
    await subsidy.deliver(confirmed(pack, county=county))
    if rates:
        await publish(subsidy, *rates)
    return Place(subsidy, pack, county)


async def publish(subsidy: ServiceUnderTest, *rates: dict[str, str]) -> None:
    """Let two officers publish reference rates."""
    path, seen = "/reference-rate-proposals", {"decision": "confirm", "reason": "与公告核对一致"}
    proposed = await ask(subsidy, path, Role.CENTRAL_BANK, {"rates": list(rates)}, region="", subject="maker")
    path = f"{path}/{proposed['id']}/decisions"
    await ask(subsidy, path, Role.FINANCE_BUREAU, seen, region="", subject="checker")


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(
            # 50 000 for 90 days; up to twelve months the one-year LPR is given back whole, longer the five-year one
            ((12, "3.65", "456.25"), (13, "4.30", "537.50"), (36, "4.30", "537.50")),
            (("456.25", ["full"], 90), ("537.50", ["full"], 90), ("537.50", ["full"], 90)),
            id="up to the LPR of the term",
            marks=pytest.mark.clause("DZ-1b(a)"),
        ),
        pytest.param(
            ((12, "4.30", "537.50"), (36, "4.75", "593.75"), (6, "7.30", "912.50")),
            (("456.25", ["above_cap"], 90), ("537.50", ["above_cap"], 90), ("456.25", ["above_cap"], 90)),
            id="what is above it is the borrower's",
            marks=pytest.mark.clause("DZ-1b(b)"),
        ),
    ],
)
async def test_in_dengzhou_interest_is_given_back_up_to_the_lpr(
    subsidy: ServiceUnderTest, terms: tuple[tuple[int, str, str], ...], expected: tuple[Any, ...]
) -> None:
    dengzhou = await place(subsidy, "dengzhou", LPR)
    for day, (months, rate, interest) in enumerate(terms, start=1):
        loan = Loan(village=f"{dengzhou.code}001201", annual_rate=rate, term_months=months,
                    disbursed_on=date(2023, 1, day))  # fmt: skip
        await dengzhou.interest(loan, interest, date(2023, 1, day), date(2023, 4, day))
    lines = await dengzhou.lines(2023)
    assert tuple(lines[f"2023-04-{day:02}"] for day in range(1, len(terms) + 1)) == expected


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        pytest.param(
            2019,  # all of the second and third year, up to the day before the third anniversary
            {"2019-12-20": ("2202.19", ["full"], 365)},
            id="three years whole",
            marks=pytest.mark.clause("XX-4(a)"),
        ),
        pytest.param(
            2020,  # 72 of 82 days lie within three years; a new loan begins anew
            {
                "2020-03-11": ("434.40", ["beyond_years"], 72),
                "2020-12-20": ("0.00", ["beyond_years"], 0),
                "2020-12-21": ("1673.61", ["full"], 277),
            },
            id="the rest is the borrower's, a new loan starts anew",
            marks=pytest.mark.clause("XX-4(b)"),
        ),
    ],
)
async def test_the_district_gives_back_the_interest_of_three_years(
    subsidy: ServiceUnderTest, year: int, expected: dict[str, Any]
) -> None:
    district = await place(subsidy, "xx-district", BENCHMARK | RATES)
    loan = Loan(village=f"{district.code}001201", annual_rate="4.35")
    await district.interest(loan, "2202.19", date(2018, 12, 20), date(2019, 12, 20), number=2)
    await district.interest(loan, "494.73", date(2019, 12, 20), date(2020, 3, 11), number=3)
    await district.interest(loan, "1715.83", date(2020, 3, 11), date(2020, 12, 20), number=4)
    anew = Loan(village=loan.village, household_id=loan.household_id, disbursed_on=date(2020, 3, 19))
    await district.interest(anew, "1673.61", date(2020, 3, 19), date(2020, 12, 21))
    assert await district.lines(year) == expected


@pytest.mark.clause("LG-2b")
async def test_larger_loans_of_the_rule_of_2016_are_given_back_whole(subsidy: ServiceUnderTest) -> None:
    lingui = await place(subsidy, "lingui", BENCHMARK | RATES)
    lent = (("50000.01", date(2016, 11, 1)), ("100000.00", date(2016, 12, 31)), ("100000.00", date(2017, 1, 1)),
            ("50000.00", date(2017, 1, 1)))  # fmt: skip
    for day, (principal, lent_on) in enumerate(lent, start=1):
        loan = Loan(village=f"{lingui.code}001201", principal=principal, annual_rate="4.75", disbursed_on=lent_on)
        await lingui.interest(loan, "1000.00", date(2017, 3, day), date(2017, 6, day))
    lines = await lingui.lines(2017)
    assert [lines[f"2017-06-{day:02}"] for day in range(1, 5)] == [
        ("1000.00", ["full"], 92),
        ("1000.00", ["full"], 92),
        ("500.00", ["above_principal"], 92),  # not of that rule: half of the loan lies above the largest
        ("1000.00", ["full"], 92),
    ]
