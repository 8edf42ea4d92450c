"""Two counties whose documents count more than loans: one measured against its targets, one with projects and grants.

Each is lived through once, as small as it goes, for all tests that look at it.
"""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest
import pytest_asyncio

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from tests.journeys.tiny_county import Place, county_on, running_platform
from tools.demo import result
from tools.demo.benefits.plan import projects_of
from tools.demo.report import report_html
from tools.demo.run import live_through
from tools.demo.summary import DemoSummary

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]

SCALES = {"dengzhou": Decimal("0.003"), "zhijin": Decimal("0.002")}
ZERO = Decimal("0.00")


@pytest.fixture(scope="module", params=SCALES)
def platform_of(request: pytest.FixtureRequest) -> Iterator[tuple[str, Platform]]:
    """Run a platform for one county after the other."""
    with running_platform() as running:
        yield request.param, running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(platform_of: tuple[str, Platform]) -> AsyncIterator[Place]:
    """Return a county that has been taken to its last recovered losses."""
    name, platform = platform_of
    async with county_on(platform, SCALES[name], ROOT / "policy" / "packs" / f"{name}.yaml") as place:
        await live_through(place.county)
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def summary(lived: Place) -> DemoSummary:
    """Return the county's figures after the reconciliation."""
    found = await result.reconcile(lived.platform, lived.county.folder)
    return await result.summarise(lived.county, found, 1.0)


async def test_every_planned_figure_is_met_and_the_books_agree(lived: Place, summary: DemoSummary) -> None:
    assert result.figures_missed(lived.county, summary) == []
    assert summary["reconciliation_checks"] > 0
    assert summary["reconciliation_differences"] == 0, (lived.county.folder / "reconciliation.txt").read_text()


async def test_money_of_every_programme_adds_up_and_stays_within_its_budget(summary: DemoSummary) -> None:
    assert summary["programmes"]
    for row in summary["programmes"]:
        budget, returned, committed, paid, available = (
            Decimal(row[key]) for key in ("budget", "returned", "committed", "paid", "available")
        )
        assert budget + returned == committed + paid + available
        assert available >= 0
        assert committed == 0
        assert 0 < paid <= budget


async def test_all_targets_of_the_document_are_shown_with_how_far_each_is(lived: Place, summary: DemoSummary) -> None:
    county, found = lived.county, {row["code"]: row for row in summary["targets"]}
    wanted = [target.code for each in county.pack.programmes for target in each.targets.value]
    assert list(found) == wanted
    assert all(row["is_met"] for row in found.values())
    if wanted:
        lent = county.plan.amount_lent + county.plan.amount_lent_again
        assert found["loan_amount"]["reached"] == f"{lent:.2f}"
        assert found["households"]["reached"] == str(county.plan.borrowing_households)
        assert summary["repeat_households"] >= county.plan.turnover_households > 0
        assert {row["code"] for row in summary["subsidy_movements"]} >= {"above_cap", "offset", "returned"}
    page = report_html(summary)
    assert all(row["zh"] in page and row["verdict_en"] in page for row in found.values())


async def test_projects_grants_and_agreements_come_to_the_documents_totals(lived: Place, summary: DemoSummary) -> None:
    county, found = lived.county, {row["code"]: row for row in summary["benefits"]}
    plans = [plan for plan in projects_of(county) if not plan.violating]
    assert bool(found) == bool(plans)
    for kind in ("centralised", "scattered") if plans else ():
        amounts = [plan.amount for plan in plans if plan.kind == kind]
        assert found[kind]["amount"] == f"{sum(amounts):.2f}"
    if plans:
        invested = {plan.form: plan.amount for plan in plans}
        assert Decimal(found["guaranteed"]["amount"] or 0) == 2 * invested["guaranteed"] * Decimal("0.05")
        assert Decimal(found["equity"]["amount"] or 0) > ZERO
        assert found["principal"]["amount"] == f"{invested['equity']:.2f}"
        violating = next(plan for plan in projects_of(county) if plan.violating)
        assert found["taken_back"]["amount"] == f"{violating.amount:.2f}"
        assert found["findings"]["count"] == 4
        kinds = ("rolling_development", "entity_household", "township_entity", "loans")
        assert found["agreements"]["count"] == sum(found[kind]["count"] for kind in kinds)
        assert found["households"]["count"] <= sum(len(plan.households) for plan in plans) + found["loans"]["count"]
    assert ("Projects, direct grants" in report_html(summary)) == bool(plans)
