"""A campaign goes score, review, public notice, final, and nowhere else (ZJ-1)."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, get, post, rated, registered, row
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

REVIEW = {"reviewed_on": "2017-01-05", "members": ["甲", "乙", "丙"]}


class Campaign:
    """The county's campaign, driven by the officers whose steps they are."""

    def __init__(self, registry: ServiceUnderTest, campaign_id: str) -> None:
        self.registry = registry
        self.id = campaign_id

    async def do(self, step: str, body: Any = None, role: Role = Role.SERVICE_CENTRE, **other: str) -> httpx.Response:
        """Take one step and return the answer."""
        return await post(self.registry, f"/rating-campaigns/{self.id}/{step}", body, role, **other)

    async def review(self, **other: Any) -> httpx.Response:
        """Review as the township's group."""
        region = other.pop("region", COUNTY)
        return await self.do("reviews", {**REVIEW, **other}, Role.TOWNSHIP, region=region)


async def _opened(registry: ServiceUnderTest) -> Campaign:
    body = {"county_code": COUNTY, "year": 2017, "as_of": "2017-01-05"}
    answer = await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text
    return Campaign(registry, answer.json()["id"])


def _refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.clause("ZJ-1(e)", "FJ-10(c)")
async def test_households_are_rated_in_the_end(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    final = await rated(registry)
    assert (final["state"], final["household_count"], final["scored_count"], final["reviewed_count"]) == (
        "final",
        2,
        2,
        2,
    )
    assert final["public_notice_ends_on"] == "2017-01-13"  # five working days after Friday 6 January
    ratings = (await get(registry, f"/ratings?region_code={COUNTY}&as_of=2017-02-01", Role.TOWNSHIP)).json()["items"]
    assert [(each["household_id"], each["grade"], each["credit_limit"]) for each in ratings] == [
        (household, "A", "50000.00") for household in sorted(ids)
    ]
    assert {(each["valid_from"], each["valid_until"], each["cause"]) for each in ratings} == {
        ("2017-01-13", "2019-01-13", "campaign")
    }


async def test_a_group_changes_a_grade_only_with_a_reason(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    campaign = await _opened(registry)
    await campaign.do("scores")
    change = {"household_id": household, "grade": "B", "reason": "邻里反映负债较多"}
    without = await campaign.review(adjustments=[{**change, "reason": " "}])
    assert _refused(without) == (422, "invalid-request")
    changed = (await campaign.review(adjustments=[change])).json()
    assert changed["grades"] == [{"grade": "B", "household_count": 1}]
    kept = await registry.database.pool.fetchrow("SELECT grade_before, grade_after, reason FROM rating_adjustment")
    assert kept is not None
    assert tuple(kept) == ("A", "B", "邻里反映负债较多")


@pytest.mark.parametrize(
    ("adjustment", "what"),
    [({"grade": "D"}, "grades are A, B, C"), ({"household_id": str(UUID(int=5))}, "not scored in")],
)
async def test_a_change_that_makes_no_sense_is_refused(
    registry: ServiceUnderTest, adjustment: dict[str, str], what: str
) -> None:
    [household] = await registered(registry, row(1))
    campaign = await _opened(registry)
    await campaign.do("scores")
    change = {"household_id": household, "grade": "B", "reason": "核实", **adjustment}
    answer = await campaign.review(adjustments=[change])
    assert _refused(answer) == (422, "rating-adjustment-invalid")
    assert what in answer.json()["detail"]


@pytest.mark.clause("ZJ-1(c)")
async def test_a_group_needs_enough_different_members(registry: ServiceUnderTest) -> None:
    campaign = await _opened(registry)
    await campaign.do("scores")
    answer = await campaign.review(members=["甲", "乙", "甲"])
    assert _refused(answer) == (409, "review-group-too-small")
    assert answer.json()["values"] == {"members": 2, "members_min": 3}


@pytest.mark.clause("ZJ-1(c)")
async def test_every_township_must_have_reviewed_before_public_notice(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    campaign = await _opened(registry)
    await campaign.do("scores")
    assert (await campaign.review(region="500236001", region_code="500236001")).status_code == 201
    answer = await campaign.do("public-notices", {"started_on": "2017-01-06"})
    assert _refused(answer) == (409, "rating-not-yet-reviewed")
    assert answer.json()["values"]["townships"] == ["500236117"]
    other = await campaign.review(region="500236001", region_code="500236117")
    assert _refused(other) == (403, "outside-region")


@pytest.mark.clause("ZJ-1(d)", "ZJ-1(e)")
async def test_a_rating_is_not_final_before_its_public_notice_ends(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    campaign = await _opened(registry)
    await campaign.do("scores")
    await campaign.review()
    await campaign.do("public-notices", {"started_on": "2017-01-06"})
    early = await campaign.do("finalisations", {"finalised_on": "2017-01-12"})
    assert _refused(early) == (409, "rating-public-notice-still-runs")
    assert (await campaign.do("finalisations", {"finalised_on": "2017-01-13"})).status_code == 201


async def test_public_notice_does_not_start_before_the_facts(registry: ServiceUnderTest) -> None:
    campaign = await _opened(registry)
    await campaign.do("scores")
    answer = await campaign.do("public-notices", {"started_on": "2017-01-04"})
    assert _refused(answer) == (422, "date-before-step")


STEPS: tuple[tuple[str, Any, Role], ...] = (
    ("scores", None, Role.SERVICE_CENTRE),
    ("reviews", REVIEW, Role.TOWNSHIP),
    ("public-notices", {"started_on": "2017-01-06"}, Role.SERVICE_CENTRE),
    ("finalisations", {"finalised_on": "2017-01-13"}, Role.SERVICE_CENTRE),
)
ALLOWED = {0: {"scores"}, 1: {"scores", "reviews"}, 2: {"reviews", "public-notices"}, 3: {"finalisations"}, 4: set()}


@pytest.mark.parametrize("taken", range(5))
async def test_only_the_next_step_is_open(registry: ServiceUnderTest, taken: int) -> None:
    await registered(registry, row(1))
    campaign = await _opened(registry)
    for step, body, role in STEPS[:taken]:
        assert (await campaign.do(step, body, role)).status_code == 201
    forbidden = [each for each in STEPS if each[0] not in ALLOWED[taken]]
    for step, body, role in forbidden:
        answer = await campaign.do(step, body, role)
        expected = "rating-not-yet-reviewed" if (taken, step) == (1, "public-notices") else "wrong-campaign-state"
        assert _refused(answer) == (409, expected), step


async def test_a_county_has_one_campaign_a_year(registry: ServiceUnderTest) -> None:
    await _opened(registry)
    body = {"county_code": COUNTY, "year": 2017, "as_of": "2017-02-01"}
    answer = await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)
    assert _refused(answer) == (409, "rating-campaign-exists")


async def test_a_campaign_needs_a_pack_and_an_officer_of_the_county(registry: ServiceUnderTest) -> None:
    body = {"county_code": COUNTY, "year": 2016, "as_of": "2016-02-01"}
    assert _refused(await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)) == (
        409,
        "no-policy-pack-in-force",
    )
    outside = await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE, region="500237")
    assert _refused(outside) == (403, "outside-region")
    campaign = await _opened(registry)
    assert _refused(await campaign.do("scores", region="500237")) == (404, "rating-campaign-unknown")


@pytest.mark.clause("DZ-4b(b)")
async def test_a_stale_rating_is_visible(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    await rated(registry)
    for as_of, is_stale, is_valid in (
        ("2018-01-03", False, True),
        ("2018-01-04", True, True),
        ("2019-01-13", True, False),
    ):
        [found] = (await get(registry, f"/ratings?region_code={COUNTY}&as_of={as_of}", Role.TOWNSHIP)).json()["items"]
        assert (found["is_stale"], found["is_valid"]) == (is_stale, is_valid)


async def _listed(registry: ServiceUnderTest, query: str = "", **where: Any) -> list[tuple[Any, ...]]:
    answer = await get(registry, f"/rating-campaigns{query}", where.pop("role", Role.TOWNSHIP), **where)
    assert answer.status_code == 200, answer.text
    return [(each["county_code"], each["year"], each["bank_code"], each["state"]) for each in answer.json()["items"]]


async def _years(registry: ServiceUnderTest) -> None:
    """Open the county's campaigns of three years, one with a bank's beside it, and one of another county."""
    await registered(registry, row(1))
    await rated(registry)
    body = {"county_code": COUNTY, "year": 2018, "as_of": "2018-01-05"}
    assert (await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)).status_code == 201
    first, second = sorted((new_id(), new_id()))  # made in one millisecond they may stand in either order
    for campaign_id, county, year, bank in ((first, COUNTY, 2018, "PSBC"), (second, "500237", 2018, None)):
        await registry.database.pool.execute(
            "INSERT INTO rating_campaign (id, county_code, bank_code, year, as_of, pack_id, state, opened_by) "
            "SELECT $4, $1, $2, $3, as_of, pack_id, 'opened', opened_by FROM rating_campaign LIMIT 1",
            county,
            bank,
            year,
            campaign_id,
        )


async def test_campaigns_are_listed_by_county_year_bank_and_state(registry: ServiceUnderTest) -> None:
    await _years(registry)
    final, second = (COUNTY, 2017, None, "final"), (COUNTY, 2018, None, "opened")
    banks, elsewhere = (COUNTY, 2018, "PSBC", "opened"), ("500237", 2018, None, "opened")
    everywhere = {"role": Role.AUDITOR, "region": "50"}
    assert await _listed(registry, **everywhere) == [final, second, banks, elsewhere]
    for query, found in (
        (f"?county_code={COUNTY}", [final, second, banks]),
        ("?year=2018", [second, banks, elsewhere]),
        ("?bank_code=PSBC", [banks]),
        ("?state=final", [final]),
        (f"?county_code={COUNTY}&year=2018&state=opened&bank_code=RCB", []),
    ):
        assert await _listed(registry, query, **everywhere) == found, query
    first = (await get(registry, "/rating-campaigns?limit=3", Role.AUDITOR, region="50")).json()
    assert await _listed(registry, f"?cursor={first['next']}", **everywhere) == [elsewhere]
    shown = first["items"][0]
    assert (shown["finalised_on"], shown["public_notice_started_on"], shown["pack_version"]) == (
        "2017-01-13",
        "2017-01-06",
        1,
    )


async def test_an_officer_sees_the_campaigns_of_the_county_they_work_in(registry: ServiceUnderTest) -> None:
    await _years(registry)
    for region in (COUNTY, OTHER_VILLAGE[:9], OTHER_VILLAGE):
        assert {each[0] for each in await _listed(registry, role=Role.VILLAGE, region=region)} == {COUNTY}, region
    assert {each[0] for each in await _listed(registry, region="500237")} == {"500237"}
    assert await _listed(registry, f"?county_code={COUNTY}", region="500237") == []


@pytest.mark.parametrize("query", ["?state=lost", "?year=1999", "?county_code=50", "?cursor=nonsense"])
async def test_a_list_of_campaigns_that_makes_no_sense_is_refused(registry: ServiceUnderTest, query: str) -> None:
    answer = await get(registry, f"/rating-campaigns{query}", Role.TOWNSHIP)
    assert answer.status_code == 422
