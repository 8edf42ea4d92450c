"""Counties other than the one whose whole life is tested to the fen: one nobody has heard of, and the shipped ones."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pytest_asyncio

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from tests.demo.own_county import FROM, own_pack
from tests.journeys.tiny_county import Place, county_on, running_platform
from tools.demo import result
from tools.demo.applying import products_asked_for
from tools.demo.county import County
from tools.demo.county_figures import Bar
from tools.demo.report import report_html
from tools.demo.run import live_through
from tools.demo.session import RequestFailed
from tools.demo.story import draw_story
from tools.demo.summary import DemoSummary

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]

SCALE = Decimal("0.01")
UNHEARD_OF = "wushan"
SHIPPED = ("dengzhou", "dingyuan", "jingning", "kelan", "lingui", "miaoshan", "xx-district", "yanchi", "zhijin")
COUNTIES = (UNHEARD_OF, *SHIPPED)
SIDE_BY_SIDE = ("lending", "subsidy", "riskfund")
FURTHER_PRODUCT = """
products:
  - code: farm_loan
    name: {zh: 农户小额信用贷款, en: Small credit loan for farmers}
    interest:
      rate_margin: {value: "1.25", assumed: true, reason: The bank's own loan costs more than the county's.}
    subsidy:
      share: {value: "0.50", assumed: true, reason: The county subsidises half of what its other loan gets.}
"""
# What the unheard-of county has otherwise than the pack it is made of.
OWN_WAY = (
    ("code: four_kinds", "code: gamblers"),
    ("family_debt_excludes:\n    value: false", "family_debt_excludes:\n    value: true"),
    ("settlement_period_months:\n    value: 3", "settlement_period_months:\n    value: 6"),
    ('value: "31460000.00"', 'value: "1000000.00"'),
    ('value: "10"\n', 'value: "7.5"\n'),
    ("{cause: malicious, counts_from: overdue, days: 90}", "{cause: malicious, counts_from: overdue, months: 5}"),
    ("working_days_per_level: {value: 5", "working_days_per_level: {value: 7"),
    ("\nanswers:\n", f"{FURTHER_PRODUCT}\nanswers:\n"),
)
LATER = (
    ('fund_share:\n    value: "0.80"', 'fund_share:\n    value: "0.70"'),
    ('bank_share:\n    value: "0.20"', 'bank_share:\n    value: "0.30"'),
)


def pack_file_of(name: str, folder: Path) -> Path:
    """Return the county's pack: a shipped one, or one written for the test, with a later version beside it."""
    if name != UNHEARD_OF:
        return ROOT / "policy" / "packs" / f"{name}.yaml"
    own_pack(folder, *OWN_WAY, *LATER, version=2, effective_from=FROM + timedelta(days=200))
    return own_pack(folder, *OWN_WAY)


@pytest.fixture(scope="module", params=COUNTIES)
def other_platform(request: pytest.FixtureRequest) -> Iterator[tuple[str, Platform]]:
    """Run a platform for one county after the other."""
    with running_platform() as running:
        yield request.param, running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(other_platform: tuple[str, Platform], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """Return a county that has been taken to its last recovered losses."""
    name, platform = other_platform
    async with county_on(platform, SCALE, pack_file_of(name, tmp_path_factory.mktemp("packs"))) as place:
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
    assert summary["reconciliation_differences"] == 0


async def test_wrong_rows_of_households_and_members_come_back(lived: Place, summary: DemoSummary) -> None:
    plan, folder = lived.county.plan, lived.county.folder
    assert summary["rows_received"] - summary["households_registered"] == plan.rows_wrong
    assert sum(row["count"] for row in summary["rows_rejected_by_fault"]) == plan.rows_wrong
    for name, wrong in (("households", plan.rows_wrong), ("members", 2)):
        sheet = openpyxl.load_workbook(folder / f"{name}-rejected.xlsx").active
        assert sheet is not None
        assert sheet.max_row - 1 == wrong


async def test_the_members_of_a_township_are_on_file_in_their_households(lived: Place) -> None:
    county = lived.county
    township = county.offices.townships[0]
    officer = county.offices.township(township.code)
    rows = await officer.every("/households", region_code=township.code)
    at_home: list[Any] = [await officer.get(f"/households/{row['id']}/members") for row in rows[:5]]
    wanted = [county.households()[row["household_number"]].member_count for row in rows[:5]]
    assert [len(members) for members in at_home] == wanted


async def test_reasons_against_borrowing_are_those_of_the_countys_own_rules(lived: Place, summary: DemoSummary) -> None:
    plan, found = lived.county.plan, {row["code"]: row for row in summary["bars"]}
    assert found["excluded-kind"]["count"] == plan.bars[Bar.EXCLUDED]
    assert found.get("state-not-eligible", {"count": 0})["count"] == plan.bars.get(Bar.OTHER_STATE, 0)
    assert found["bad-credit-record"]["count"] == plan.bars[Bar.BAD_RECORD]
    assert all(row["clause"] for row in found.values())
    assert ("family-debt" in found) == (Bar.FAMILY_DEBT in plan.bars)
    assert ("not-rated" in found) == (Bar.UNGRADED in plan.bars)


async def test_the_visited_village_is_rated_on_what_was_collected_there(lived: Place) -> None:
    county = lived.county
    village = min(household.village_code for household in county.population.registered)
    day = county.days.rated_on.isoformat()
    rows = await county.offices.village_team(village[:9]).every("/credit-surveys", region_code=village, as_of=day)
    assert rows
    assert {row["collected_on"] for row in rows} == {day}


async def test_the_first_round_and_the_fund_are_those_of_the_plan(lived: Place, summary: DemoSummary) -> None:
    plan = lived.county.plan
    assert summary["households_lent"] == plan.borrowing_households
    assert summary["amount_lent"] == f"{plan.amount_lent:.2f}"
    assert summary["fund_paid_in"] == f"{plan.fund_paid_in:.2f}"
    assert Decimal(summary["principal_repaid"]) > 0
    assert Decimal(summary["subsidy_paid"]) > 0
    assert lived.county.not_shown == []


async def claims_not_void(county: County) -> list[Any]:
    """Return the claims of all defaults but the one that was cured, whose claim is void."""
    claims = await county.offices["auditor"].every("/claims", region_code=county.code)
    cured = draw_story(county).cured
    void = [claim for claim in claims if claim["state"] == "voided"]
    assert [claim["loan_id"] for claim in void] == ([cured.loan_id] if cured else [])
    return [claim for claim in claims if claim not in void]


async def test_defaults_are_compensated_by_the_rule_of_the_contracts_own_version(lived: Place) -> None:
    county = lived.county
    claims = await claims_not_void(county)
    rule = county.pack.compensation_rule()
    assert claims
    for claim in claims:
        shared = Decimal(claim["amount"]) - Decimal(claim["insurance_amount"])
        assert claim["state"] == "paid"
        parts = ("fund", "bank", "guarantor")
        assert sum(Decimal(claim[f"{party}_amount"]) for party in parts) == shared
        for party in parts:
            assert abs(Decimal(claim[f"{party}_amount"]) - shared * getattr(rule, f"{party}_share")) < Decimal("0.01")


async def test_a_guarantor_pays_its_part_of_the_losses_in_its_own_way_and_gets_recoveries_back(lived: Place) -> None:
    county = lived.county
    accounts = await county.offices["auditor"].every(
        "/guarantor-accounts", region_code=county.code, as_of=county.life.ends_on.isoformat()
    )
    claims = await claims_not_void(county)
    guaranteed = county.pack.compensation_rule().guarantor_share > 0
    void = [account for account in accounts if account["claim_state"] == "voided"]
    assert len(accounts) - len(void) == (len(claims) if guaranteed else 0)
    assert {(account["borne"], account["state"]) for account in void} <= {("0.00", "settled")}
    assert not guaranteed or {account["state"] for account in accounts} >= {"settled"}
    for account in accounts:
        assert account["owed_back"] == "0.00"
        assert Decimal(account["owes"]) == 0 or account["received"] == "0.00", "only who never paid owes"


async def test_subsidies_are_paid_by_the_packs_own_periods(lived: Place) -> None:
    county = lived.county
    months = county.pack.subsidy_rule().period_months
    batches = await county.offices["auditor"].every("/subsidy-batches", county_code=county.code)
    assert {batch["state"] for batch in batches} == {"settled"}
    assert all((int(batch["period_from"][5:7]) - 1) % months == 0 for batch in batches)
    if months < 12:
        assert len(batches) > len({batch["period_from"][:4] for batch in batches})


async def test_every_version_is_in_force_and_loans_keep_the_one_they_were_signed_under(lived: Place) -> None:
    county = lived.county
    packs = await county.offices["poverty.office"].every("/policy-packs", county_code=county.code)
    assert {pack["pack_version"] for pack in packs} == {each.pack.header.version for each in county.versions.files}
    assert {pack["state"] for pack in packs} == {"confirmed"}
    loans = await county.offices["auditor"].every("/loans", region_code=county.code)
    for loan in loans:
        assert loan["pack_version"] <= county.versions.files[-1].pack.header.version
    assert {loan["pack_version"] for loan in loans if loan["loan_round"] == 1} == {county.pack.header.version}


def products_lent(place: Place) -> list[Any]:
    """Return the products that somebody asks for; the first comes first. Of one for rare purposes none may be."""
    county = place.county
    first, *further = county.pack.products_offered()
    asked = set(products_asked_for(county).values())
    return [first, *(each for each in further if each.code in asked)]


async def test_every_product_of_the_county_is_lent_and_subsidised_by_its_own_share(
    other_platform: tuple[str, Platform], lived: Place
) -> None:
    county, (name, _) = lived.county, other_platform
    # A conversion pays off a photovoltaic loan; no household of a hundredth of that county has one.
    assert len(products_lent(lived)) == (1 if name == "xx-district" else len(county.pack.products_offered()))
    loans = await county.offices["auditor"].every("/loans", region_code=county.code)
    assert {loan["product_code"] for loan in loans} == {each.code for each in products_lent(lived)}
    for product in products_lent(lived)[1:]:
        rule = county.pack.for_product(product.code).subsidy_rule()
        mine = {loan["id"] for loan in loans if loan["product_code"] == product.code}
        paid = given = Decimal(0)
        for batch in await county.offices["auditor"].every("/subsidy-batches", county_code=county.code):
            for line in await county.offices["auditor"].every(f"/subsidy-batches/{batch['id']}/lines"):
                if line["loan_id"] in mine:
                    paid, given = paid + Decimal(line["interest"]), given + Decimal(line["amount"])
        assert 0 < paid >= given
        assert (given > 0) is (rule.share > 0)
        assert abs(given - paid * rule.share) < Decimal("0.01") * len(mine) * 20


async def test_every_product_has_its_own_rate_and_the_funds_cover_or_none(lived: Place) -> None:
    county, reader = lived.county, lived.county.offices["auditor"]
    reports, loans = await lived.reports(), await reader.every("/loans", region_code=county.code)
    rows = {service: {row["product_code"]: row for row in reports[service]["by_product"]} for service in SIDE_BY_SIDE}
    asked = {"region_code": county.code, "term_months": 12, "disbursed_on": county.life.first_disbursed_on.isoformat()}
    for product in products_lent(lived):
        terms = county.pack.for_product(product.code).loan_terms()
        covered = terms.covered_by_fund is not False
        mine = [loan for loan in loans if loan["product_code"] == product.code]
        lending, riskfund = rows["lending"][product.code], rows["riskfund"][product.code]
        assert lending["loans"] == rows["subsidy"][product.code]["loans"] == len(mine)
        counted = (len(mine), 0) if covered else (0, len(mine))
        assert (riskfund["loans_covered"], riskfund["loans_without_cover"]) == counted
        assert lending["outstanding_without_cover"] == ("0.00" if covered else lending["outstanding"])
        assert riskfund["exposure"] == ("0.00" if not covered else lending["outstanding"])
        quote = await reader.post(
            "/product-quotes", {**asked, "product_code": product.code, "principal": f"{terms.amount_min:.2f}"}
        )
        stated = county.plan.outline.bank_rates  # of banks whose contracts have a rate of their own
        alike = {
            (loan["annual_rate"], f"{stated.get(loan['bank_code'], quote['annual_rate'])}")
            for loan in mine
            if loan["loan_round"] == 1 and loan["term_months"] == 12
        }
        assert all(Decimal(found) == Decimal(wanted) for found, wanted in alike)
        for loan in mine[:1] if not covered else ():
            with pytest.raises(RequestFailed, match="loan-without-cover"):
                await county.offices.bank(loan["bank_code"]).post(
                    "/claims", {"loan_id": loan["id"], "filed_on": county.life.ends_on.isoformat()}
                )


async def test_the_page_follows_the_loans_to_their_end_and_says_what_was_made_up(
    lived: Place, summary: DemoSummary
) -> None:
    page = report_html(summary)
    assert "Risk-compensation fund" in page
    assert ("made up" in page) == (lived.county.places.villages_made_up > 0)
    assert summary["ends_on"] == lived.county.life.ends_on.isoformat()
