"""Objections while grades are on public notice: nothing is final while one is open (ZJ-1)."""

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from services.registry.credit.rating.rules import public_notice
from services.registry.credit.rating.rules.public_notice import Settlement
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, PACK, post
from services.registry.tests.rating_county import Campaign, Home, ratings, refused, settled
from shared.access import Role
from shared.testing.service import ServiceUnderTest

RULE = PACK.public_notice_rule()


async def _shown(registry: ServiceUnderTest) -> tuple[Campaign, list[str]]:
    """Two graded households on public notice from Friday 2017-01-06 to Friday 2017-01-13."""
    ids = await settled(registry, [Home(), Home(village=OTHER_VILLAGE)])
    return await (await Campaign.opened(registry)).shown(), ids


async def _raise(campaign: Campaign, household: str, raised_on: str = "2017-01-10", **other: Any) -> httpx.Response:
    body = {"household_id": household, "grounds": "有未登记债务", "raised_on": raised_on}
    return await campaign.do("objections", body, Role.VILLAGE, **other)


async def _settle(campaign: Campaign, objection: str, **body: Any) -> httpx.Response:
    other = {key: body.pop(key) for key in ("region", "subject") if key in body}
    given = {"outcome": "upheld", "grade": "B", "reason": "查实", "settled_on": "2017-01-12", **body}
    return await post(campaign.registry, f"/rating-objections/{objection}/settlements", given, Role.TOWNSHIP, **other)


@pytest.mark.clause("ZJ-1(d)", "ZJ-1(e)")
async def test_an_upheld_objection_gives_another_grade_that_is_shown_again(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    objection = (await _raise(campaign, ids[0])).json()
    open_still = await campaign.do("finalisations", {"finalised_on": "2017-01-20"})
    assert refused(open_still) == (409, "rating-objections-open")
    assert open_still.json()["values"]["objection_ids"] == [objection["id"]]
    settled_ = (await _settle(campaign, objection["id"])).json()
    assert (settled_["grade_before"], settled_["grade_after"], settled_["public_notice_ends_on"]) == (
        "A",
        "B",
        "2017-01-19",
    )
    early = await campaign.do("finalisations", {"finalised_on": "2017-01-18"})
    assert refused(early) == (409, "rating-public-notice-still-runs")
    assert early.json()["values"]["ends_on"] == "2017-01-19"
    final = await campaign.final("2017-01-19")
    assert (final["public_notice_ends_on"], final["open_objection_count"]) == ("2017-01-19", 0)
    found = await ratings(registry, "2017-02-01")
    assert [found[each] for each in ids] == [("B", "40000.00"), ("A", "50000.00")]


@pytest.mark.clause("ZJ-1(d)")
async def test_a_dismissed_objection_leaves_the_grade_and_stopped_the_clock(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    objection = (await _raise(campaign, ids[0])).json()["id"]
    done = (await _settle(campaign, objection, outcome="dismissed", grade=None, settled_on="2017-01-16")).json()
    # Raised on Tuesday with four working days left; settled on Monday, they run on to Friday.
    assert (done["outcome"], done["grade_after"], done["public_notice_ends_on"]) == ("dismissed", "A", "2017-01-20")
    listed = (await campaign.read("/objections?is_open=false"))["items"]
    assert [each["id"] for each in listed] == [objection]
    assert (await campaign.read("/objections?is_open=true"))["items"] == []


async def test_an_upheld_objection_may_take_the_grade_away(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    objection = (await _raise(campaign, ids[0])).json()["id"]
    assert (await _settle(campaign, objection, grade=None)).json()["grade_after"] is None
    await campaign.final("2017-01-19")
    assert list(await ratings(registry, "2017-02-01")) == [ids[1]]


@pytest.mark.parametrize("raised_on", ["2017-01-05", "2017-01-13", "2017-03-01"])
async def test_an_objection_comes_while_the_grade_is_on_show(registry: ServiceUnderTest, raised_on: str) -> None:
    campaign, ids = await _shown(registry)
    assert refused(await _raise(campaign, ids[0], raised_on)) == (409, "rating-objection-outside-public-notice")


async def test_objections_stay_in_their_region_and_campaign(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    other = await _raise(campaign, ids[0], region="500236117")
    assert refused(other) == (404, "household-not-in-campaign")
    county = await _raise(campaign, ids[0], region="500237")
    assert refused(county) == (404, "rating-campaign-unknown")
    objection = (await _raise(campaign, ids[0])).json()["id"]
    assert refused(await _settle(campaign, objection, region="500236117")) == (404, "household-not-in-campaign")
    missing = await _settle(campaign, campaign.id)
    assert refused(missing) == (404, "rating-objection-unknown")


async def test_an_objection_is_settled_once_by_another_officer(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    body = {"household_id": ids[0], "grounds": "有未登记债务", "raised_on": "2017-01-10"}
    objection = (await campaign.do("objections", body, Role.TOWNSHIP, subject="one")).json()["id"]
    assert refused(await _settle(campaign, objection, subject="one")) == (403, "maker-is-checker")
    assert (await _settle(campaign, objection)).status_code == 201
    assert refused(await _settle(campaign, objection)) == (409, "rating-objection-settled")


@pytest.mark.parametrize(
    "body",
    [
        {"grade": "A"},
        {"grade": "Z"},
        {"outcome": "dismissed", "grade": "B"},
        {"settled_on": "2017-01-09"},
    ],
)
async def test_a_settlement_that_does_not_fit_is_refused(registry: ServiceUnderTest, body: dict[str, Any]) -> None:
    campaign, ids = await _shown(registry)
    objection = (await _raise(campaign, ids[0])).json()["id"]
    assert refused(await _settle(campaign, objection, **body)) == (422, "rating-settlement-invalid")


async def test_an_upheld_objection_names_the_grade_it_gives(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    objection = (await _raise(campaign, ids[0])).json()["id"]
    unsaid = {"outcome": "upheld", "reason": "查实", "settled_on": "2017-01-12"}
    answer = await post(registry, f"/rating-objections/{objection}/settlements", unsaid, Role.TOWNSHIP, subject="other")
    assert refused(answer) == (422, "rating-settlement-invalid")
    assert (await _settle(campaign, objection)).json()["grade_after"] == "B"


async def test_objections_need_grades_on_show(registry: ServiceUnderTest) -> None:
    ids = await settled(registry, [Home()])
    campaign = await Campaign.opened(registry)
    await campaign.do("scores")
    assert refused(await _raise(campaign, ids[0])) == (409, "wrong-campaign-state")
    await campaign.review()
    await campaign.do("public-notices", {"started_on": "2017-01-06"})
    await campaign.final()
    assert refused(await _raise(campaign, ids[0])) == (409, "wrong-campaign-state")


async def test_objections_and_settlements_only_grow(registry: ServiceUnderTest) -> None:
    campaign, ids = await _shown(registry)
    objection = (await _raise(campaign, ids[0])).json()["id"]
    await _settle(campaign, objection)
    for table in ("rating_objection", "rating_settlement"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(f"DELETE FROM {table}")
    assert COUNTY in (await campaign.read())["county_code"]


@pytest.mark.clause("LG-12(c)")
@pytest.mark.parametrize(
    ("upheld", "stops", "ends_on"),
    [
        pytest.param(True, True, date(2017, 1, 19), marks=pytest.mark.clause("ZJ-1(d)")),
        (False, True, date(2017, 1, 18)),
        (False, False, date(2017, 1, 13)),
    ],
)
def test_the_end_of_public_notice_follows_the_settlement(upheld: bool, stops: bool, ends_on: date) -> None:
    settlement = Settlement(upheld, date(2017, 1, 10), date(2017, 1, 12))
    found = public_notice.ends_on_after(date(2017, 1, 6), [settlement], replace(RULE, objection_stops_clock=stops))
    assert found == ends_on


@pytest.mark.clause("LG-12(c)")
@pytest.mark.parametrize(
    ("objections", "ends_on"),
    [
        pytest.param([(False, 6, 7)], date(2018, 6, 13), id="one"),
        pytest.param([(False, 6, 8), (False, 6, 8)], date(2018, 6, 14), id="two at once"),
        pytest.param(
            [(True, 5, 6), (False, 7, 8)],
            date(2018, 6, 15),
            id="against the changed grade",
            marks=pytest.mark.clause("ZJ-1(d)"),
        ),
        pytest.param(
            [(True, 5, 7), (False, 5, 6)],
            date(2018, 6, 14),
            id="settled before the grade changed",
            marks=pytest.mark.clause("ZJ-1(d)"),
        ),
    ],
)
def test_a_grade_is_on_public_notice_as_long_as_an_application(
    objections: list[tuple[bool, int, int]], ends_on: date
) -> None:
    settlements = [Settlement(upheld, date(2018, 6, raised), date(2018, 6, on)) for upheld, raised, on in objections]
    assert public_notice.ends_on_after(date(2018, 6, 4), settlements, RULE) == ends_on
