"""A campaign's progress by township and week, and the totals that are published (DY-1)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import COUNTY, GOOD_ANSWERS, OTHER_VILLAGE, VILLAGE, events, post
from services.registry.tests.rating_county import FAILING, POOR, Campaign, Home, settled, uuids
from shared.access import Role
from shared.events.registry import RatingCampaignFinalised
from shared.testing.service import ServiceUnderTest

_LOANS = """
INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, bank_code)
SELECT uuid7(), id, $4, amount, day, 'RCB' FROM unnest($1::uuid[], $2::numeric[], $3::date[]) AS k (id, amount, day)
"""
_ENTERS_STATE = """
INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
VALUES ($1, $2, $3, 'test', 'test')
"""
MIDDLING = {**GOOD_ANSWERS, "income_annual": 15_000, "assets_value": 20_000, "spending_annual": 12_000}


async def _lend(registry: ServiceUnderTest, loans: list[tuple[str, str, date]]) -> None:
    columns = [list(each) for each in zip(*loans, strict=True)]
    amounts = [Decimal(each) for each in columns[1]]
    await registry.database.pool.execute(_LOANS, uuids(columns[0]), amounts, columns[2], VILLAGE)


async def test_dingyuans_twelve_weeks(registry: ServiceUnderTest) -> None:
    """10 000 scored, 82 % of all; 8 947 of them with lines of 314.60 million; 1 193 households lent to in 12 weeks."""
    graded = [GOOD_ANSWERS] * 1_000 + [MIDDLING] * 2_619 + [POOR] * 5_328
    homes = [Home(VILLAGE if place % 2 else OTHER_VILLAGE, answers=each) for place, each in enumerate(graded)]
    without_line, not_rated = [Home(answers=FAILING)] * 1_053, [Home(answers=None)] * 2_195
    ids = await settled(registry, [*homes, *without_line, *not_rated])
    campaign = await (await Campaign.opened(registry)).shown()
    final = await campaign.final()
    counts = {each["grade"]: each["household_count"] for each in final["grades"]}
    assert counts == {"A": 1_000, "B": 2_619, "C": 5_328, None: 1_053}
    first = date(2017, 1, 13)
    await _lend(
        registry, [(each, "30000", first + timedelta(days=place % 76)) for place, each in enumerate(ids[:1_193])]
    )
    end = date(2017, 1, 5) + timedelta(weeks=12, days=-1)
    shown = await campaign.read(f"/progress?as_of={end}")
    assert (shown["household_count"], shown["scored_count"], shown["rated_count"]) == (12_195, 10_000, 8_947)
    assert f"{100 * Decimal(shown['scored_count']) / shown['household_count']:.2f}" == "82.00"
    assert (shown["credit_limit_count"], shown["credit_limit_total"]) == (8_947, "314600000.00")
    assert (shown["loan_count"], shown["loan_total"]) == (1_193, "35790000.00")
    assert (shown["poor_count"], shown["poor_rated_count"], shown["poor_rated_percent"]) == (12_195, 10_000, "82.00")
    assert (shown["lent_count"], shown["poor_lent_count"], shown["poor_lent_percent"]) == (1_193, 1_193, "13.33")
    assert [each["week"] for each in shown["weeks"]] == list(range(13))
    assert sum(each["loan_count"] for each in shown["weeks"]) == 1_193
    assert shown["weeks"][2]["credit_limit_total"] == "314600000.00"
    assert shown["weeks"][12] == {**shown["weeks"][12], "starts_on": "2017-03-23", "rated_percent": "73.37"}
    assert sum(each["credit_limit_count"] for each in shown["townships"]) == 8_947
    [(recorded, version)] = await events(registry, RatingCampaignFinalised)
    assert (version, recorded.household_count, recorded.rated_count, recorded.credit_limit_total) == (
        1,
        12_195,
        8_947,
        Decimal(314_600_000),
    )


@pytest.mark.clause("DY-1(a)", "DY-1(c)", "DY-4(b)", "ZJ-1(g)")
async def test_the_rates_stand_side_by_side_over_the_poor_households(registry: ServiceUnderTest) -> None:
    """All farm households are rated; the poor are the base of the rates; households are counted, not loans."""
    poor = [Home(), Home(answers=POOR), Home(answers=FAILING), Home(answers=None), Home(state="lifted")]
    general = [Home(state="general")] * 3
    ids = await settled(registry, [*poor, *general])
    campaign = await (await Campaign.opened(registry)).shown()
    assert (await campaign.read("/progress?as_of=2017-01-12"))["poor_rated_count"] == 0
    await campaign.final()
    loans = [
        (ids[0], "10000", date(2017, 1, 20)),
        (ids[0], "10000", date(2017, 2, 1)),
        (ids[5], "9000", date(2017, 2, 1)),
    ]
    await _lend(registry, loans)
    shown = await campaign.read("/progress?as_of=2017-02-01")
    assert (shown["household_count"], shown["rated_count"], shown["rated_percent"]) == (8, 6, "75.00")
    assert (shown["poor_credit_count"], shown["poor_credit_percent"]) == (3, "50.00")
    assert (shown["poor_count"], shown["poor_rated_count"], shown["poor_rated_percent"]) == (5, 4, "80.00")
    assert (shown["poor_credit_limit_count"], shown["poor_credit_limit_percent"]) == (3, "75.00")
    assert (shown["loan_count"], shown["lent_count"], shown["poor_lent_count"]) == (3, 2, 1)
    assert shown["poor_lent_percent"] == "33.33"


@pytest.mark.clause("ZJ-1(g)")
async def test_who_is_rated_and_not_poor_may_not_borrow(registry: ServiceUnderTest) -> None:
    poor, general = await settled(registry, [Home(), Home(state="general")])
    campaign = await (await Campaign.opened(registry)).shown()
    assert (await campaign.final())["grades"] == [{"grade": "A", "household_count": 2}]
    items = [{"household_id": each, "amount": "10000.00", "term_months": 12} for each in (poor, general)]
    asked = {"as_of": "2017-03-01", "items": items, "asker_regions": [""]}
    answer = await post(registry, "/eligibility-checks", asked, Role.SERVICE, region="")
    barred = [{reason["code"] for reason in each["reasons"]} for each in answer.json()["items"]]
    assert barred[1] - barred[0] == {"state-not-eligible"}
    assert barred[0] <= barred[1]


async def test_a_poor_household_is_one_that_may_borrow_on_the_day(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    campaign = await (await Campaign.opened(registry)).shown()
    await campaign.final()
    await registry.database.pool.execute(_ENTERS_STATE, UUID(household), "general", date(2017, 3, 1))
    counted = [(await campaign.read(f"/progress?as_of={day}"))["poor_count"] for day in ("2017-02-28", "2017-03-01")]
    assert counted == [1, 0]


async def _stages(campaign: Campaign, on: str) -> tuple[int, ...]:
    shown: dict[str, Any] = await campaign.read(f"/progress?as_of={on}")
    kinds = ("household", "surveyed", "scored", "reviewed", "on_public_notice", "rated", "credit_limit", "loan")
    return tuple(shown[f"{kind}_count"] for kind in kinds)


@pytest.mark.clause("DY-1(b)")
async def test_each_stage_is_counted_as_it_is_reached(registry: ServiceUnderTest) -> None:
    ids = await settled(registry, [Home(), Home(OTHER_VILLAGE), Home(answers=FAILING), Home(answers=None)])
    campaign = await Campaign.opened(registry)
    assert await _stages(campaign, "2017-01-05") == (4, 3, 0, 0, 0, 0, 0, 0)
    await campaign.do("scores")
    await campaign.review(region_code="500236001")
    assert await _stages(campaign, "2017-01-05") == (4, 3, 3, 2, 0, 0, 0, 0)
    await campaign.review()
    await campaign.do("public-notices", {"started_on": "2017-01-06"})
    assert await _stages(campaign, "2017-01-06") == (4, 3, 3, 3, 3, 0, 0, 0)
    await campaign.final()
    await _lend(registry, [(ids[0], "20000", date(2017, 2, 1)), (ids[3], "20000", date(2017, 2, 1))])
    assert await _stages(campaign, "2017-01-12") == (4, 3, 3, 3, 3, 0, 0, 0)
    assert await _stages(campaign, "2017-02-01") == (4, 3, 3, 3, 3, 2, 2, 1)  # a loan before any rating is another's
    assert await _stages(campaign, "2018-01-04") == (4, 0, 3, 3, 3, 2, 2, 1)  # the surveys are stale by then
    shown = await campaign.read("/progress?as_of=2017-02-01")
    assert shown["credit_limit_total"] == "100000.00"
    assert {each["township_code"]: (each["household_count"], each["rated_count"]) for each in shown["townships"]} == {
        "500236001": (3, 1),
        "500236117": (1, 1),
    }


async def test_the_event_of_a_final_campaign_has_totals_only(registry: ServiceUnderTest) -> None:
    await settled(registry, [Home(group="一组"), Home(OTHER_VILLAGE, answers=FAILING)])
    await (await (await Campaign.opened(registry)).shown()).final()
    [(recorded, _)] = await events(registry, RatingCampaignFinalised)
    assert recorded.model_dump(exclude={"campaign_id"}) == {
        "county_code": COUNTY,
        "bank_code": None,
        "year": 2017,
        "finalised_on": date(2017, 1, 13),
        "household_count": 2,
        "rated_count": 1,
        "credit_limit_total": "50000.00",
        "group_count": 1,
        "credit_group_count": 1,
        "village_count": 2,
        "credit_village_count": 1,
        "township_count": 2,
        "credit_township_count": 1,
    }
