"""Counties whose documents end before the loans: set-up, register, members, rating, and who may borrow."""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import pytest_asyncio

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from tests.journeys.tiny_county import Place, county_on, running_platform
from tools.demo import result
from tools.demo.county_figures import Bar
from tools.demo.report import report_html
from tools.demo.run import live_through
from tools.demo.summary import DemoSummary

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCALE = Decimal("0.01")
COUNTIES = ("miaoshan", "yanchi")  # a township with a pack of its own; a kind of excluded persons that no sheet knows


@pytest.fixture(scope="module", params=COUNTIES)
def other_platform(request: pytest.FixtureRequest) -> Iterator[tuple[str, Platform]]:
    """Run a platform for one county after the other."""
    with running_platform() as running:
        yield request.param, running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rated(other_platform: tuple[str, Platform]) -> AsyncIterator[Place]:
    """Return a county that has been taken as far as its document goes."""
    name, platform = other_platform
    pack_file = ROOT / "policy" / "packs" / f"{name}.yaml"
    async with county_on(platform, SCALE, pack_file) as place:
        await live_through(place.county, pack_file)
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def summary(rated: Place) -> DemoSummary:
    """Return the county's figures after the reconciliation."""
    found = await result.reconcile(rated.platform, rated.county.folder)
    return await result.summarise(rated.county, found, 1.0)


async def test_every_planned_figure_is_met_and_the_books_agree(rated: Place, summary: DemoSummary) -> None:
    assert result.figures_missed(rated.county, summary) == []
    assert summary["reconciliation_checks"] > 0
    assert summary["reconciliation_differences"] == 0


async def test_wrong_rows_of_households_and_members_come_back(rated: Place, summary: DemoSummary) -> None:
    plan, folder = rated.county.plan, rated.county.folder
    assert summary["rows_received"] - summary["households_registered"] == plan.rows_wrong
    assert sum(row["count"] for row in summary["rows_rejected_by_fault"]) == plan.rows_wrong
    for name, wrong in (("households", plan.rows_wrong), ("members", 2)):
        sheet = openpyxl.load_workbook(folder / f"{name}-rejected.xlsx").active
        assert sheet is not None
        assert sheet.max_row - 1 == wrong


async def test_the_members_of_a_township_are_on_file_in_their_households(rated: Place) -> None:
    county = rated.county
    township = county.offices.townships[0]
    officer = county.offices.township(township.code)
    rows = await officer.every("/households", region_code=township.code)
    at_home: list[Any] = [await officer.get(f"/households/{row['id']}/members") for row in rows[:5]]
    wanted = [county.households()[row["household_number"]].member_count for row in rows[:5]]
    assert [len(members) for members in at_home] == wanted


async def test_reasons_against_borrowing_are_those_of_the_countys_own_rules(rated: Place, summary: DemoSummary) -> None:
    plan, found = rated.county.plan, {row["code"]: row for row in summary["bars"]}
    assert found["excluded-kind"]["count"] == plan.bars[Bar.EXCLUDED]
    assert found["state-not-eligible"]["count"] == plan.bars[Bar.OTHER_STATE]
    assert found["bad-credit-record"]["count"] == plan.bars[Bar.BAD_RECORD]
    assert all(row["clause"] for row in found.values())
    assert ("family-debt" in found) == (Bar.FAMILY_DEBT in plan.bars)
    assert ("not-rated" in found) == (Bar.UNGRADED in plan.bars)


async def test_the_visited_village_is_rated_on_what_was_collected_there(rated: Place) -> None:
    county = rated.county
    village = min(household.village_code for household in county.population.registered)
    day = county.days.rated_on.isoformat()
    rows = await county.offices.village_team(village[:9]).every("/credit-surveys", region_code=village, as_of=day)
    assert rows
    assert {row["collected_on"] for row in rows} == {day}


async def test_without_figures_of_lending_the_page_ends_with_who_may_borrow(rated: Place, summary: DemoSummary) -> None:
    page = report_html(summary)
    assert summary["lends"] is False
    assert summary["ends_zh"] in page
    assert "Who may borrow" in page
    assert "Risk-compensation fund" not in page
    loans = await rated.county.offices["auditor"].get("/reports/lending", region_code=rated.county.code)
    assert loans["loans"] == 0
