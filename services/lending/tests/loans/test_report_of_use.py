"""The lending report by industry and way of use: what comes first, what is not stated, nothing left out."""

from datetime import date
from typing import Any

import pytest

from services.lending.tests.county import County, county_with_pack
from shared.access import Role
from shared.ids import new_id
from shared.policy.vocabulary import LoanMode
from shared.testing.service import StartService


async def _report(county: County, as_of: str) -> dict[str, Any]:
    answer = await county.get(f"/api/v1/reports/lending?region_code=500236&as_of={as_of}", role=Role.AUDITOR)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.clause("MS-3")
async def test_industries_that_come_first_stand_first_and_not_alone(start_service: StartService) -> None:
    first = ["processing_tourism", "planting"]
    county = await county_with_pack(await start_service("lending"), purposes__priority=first)
    for industry in ("breeding", "planting", "processing_tourism"):
        await county.lend(industry=industry)
    report = await _report(county, "2017-06-30")
    assert [(row["code"], row["is_priority"]) for row in report["by_industry"]] == [
        ("planting", True),
        ("processing_tourism", True),
        ("breeding", False),
    ]


@pytest.mark.clause("FJ-8(c)")
async def test_loans_that_state_no_industry_are_shown_as_such_and_counted(county: County) -> None:
    for industry in ("not_stated", "planting", "zzz"):
        await county.lend("10000.00", industry=industry)
    report = await _report(county, "2017-06-30")
    assert [(row["code"], row["households"], row["amount"]) for row in report["by_industry"]] == [
        ("planting", 1, "10000.00"),
        ("zzz", 1, "10000.00"),
        ("not_stated", 1, "10000.00"),
    ]
    assert (report["households_lent"], report["amount_lent"]) == (3, "30000.00")


@pytest.mark.clause("DY-3", "SX-4(a)")
async def test_ways_of_use_are_counted_apart_and_own_use_is_the_main_one(county: County) -> None:
    household = new_id()
    await county.lend("10000.00", mode="direct")
    await county.lend("20000.00", mode="joint", household_id=household)
    await county.lend("30000.00", mode="indirect", household_id=household)
    await county.lend("40000.00", mode="equity")
    report = await _report(county, "2017-06-30")
    assert [(row["mode"], row["loans"], row["households"], row["amount"]) for row in report["by_mode"]] == [
        ("direct", 1, 1, "10000.00"),
        ("joint", 1, 1, "20000.00"),
        ("indirect", 1, 1, "30000.00"),
        ("equity", 1, 1, "40000.00"),
        ("enterprise_use", 0, 0, "0.00"),
    ]
    assert {row["mode"] for row in report["by_mode"]} == set(LoanMode)
    assert report["own_use_share"] == "0.5000"


@pytest.mark.clause("JN-3(e)", "JN-4(e)")
async def test_how_small_how_many_how_short_and_how_much_in_the_year(county: County) -> None:
    await county.lend("10000.00", term_months=12, disbursed_on=date(2017, 3, 6))
    await county.lend("30000.00", term_months=9, disbursed_on=date(2018, 3, 6), handed_over_on=date(2018, 3, 1))
    report = await _report(county, "2018-06-30")
    assert (report["households_lent"], report["average_amount"], report["average_term_months"]) == (
        2,
        "20000.00",
        "10.5",
    )
    assert (report["households_lent_this_year"], report["amount_lent_this_year"]) == (1, "30000.00")
    before = await _report(county, "2017-12-31")
    assert (before["households_lent_this_year"], before["amount_lent_this_year"]) == (1, "10000.00")
