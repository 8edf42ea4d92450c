"""Who sits in a rating group, what it may change, and what it must leave to another (ZJ-1)."""

from typing import Any

import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, resident_id
from services.registry.tests.rating_county import REVIEW, Campaign, Home, refused, settled
from shared.access import Grant, Principal, Role
from shared.testing.service import ServiceUnderTest

OTHERS = {"members": ["丁", "戊", "己"]}


async def _scored(registry: ServiceUnderTest, *homes: Home) -> tuple[Campaign, list[str]]:
    ids = await settled(registry, homes)
    campaign = await Campaign.opened(registry)
    assert (await campaign.do("scores")).status_code == 201
    return campaign, ids


@pytest.mark.clause("ZJ-1(c)")
@pytest.mark.parametrize("known_by", ["number", "name"])
async def test_the_own_family_waits_for_another_group(registry: ServiceUnderTest, known_by: str) -> None:
    campaign, ids = await _scored(registry, Home(head="甲"), Home(head="王大乙"))
    member: Any = {"name": "甲", "resident_id": resident_id(0)} if known_by == "number" else "甲"
    reviewed = (await campaign.review(region_code=VILLAGE, members=[member, "乙", "丙"])).json()
    assert (reviewed["scored_count"], reviewed["reviewed_count"]) == (2, 1)
    early = await campaign.do("public-notices", {"started_on": "2017-01-06"})
    assert refused(early) == (409, "rating-not-yet-reviewed")
    assert early.json()["values"]["villages"] == [VILLAGE]
    [review] = (await campaign.read("/reviews"))["items"]
    assert (review["omitted"], review["members"], review["reviewed_by"]) == (
        [ids[0]],
        ["甲", "乙", "丙"],
        "township-officer",
    )
    assert (await campaign.review(**OTHERS)).json()["reviewed_count"] == 2
    assert (await campaign.do("public-notices", {"started_on": "2017-01-06"})).status_code == 201


@pytest.mark.clause("ZJ-1(c)")
async def test_nobody_changes_the_grade_of_the_own_family(registry: ServiceUnderTest) -> None:
    campaign, ids = await _scored(registry, Home(head="甲"))
    change = {"household_id": ids[0], "grade": "B", "reason": "核实"}
    answer = await campaign.review(adjustments=[change])
    assert refused(answer) == (403, "own-family-may-not-review")
    assert answer.json()["values"]["household_ids"] == [ids[0]]
    namesake: list[Any] = [{"name": "甲", "resident_id": resident_id(77)}, "乙", "丙"]
    assert (await campaign.review(adjustments=[change], members=namesake)).json()["reviewed_count"] == 1


async def test_a_person_counts_once_however_often_named(registry: ServiceUnderTest) -> None:
    campaign, _ = await _scored(registry, Home())
    one = {"name": "甲", "resident_id": resident_id(5)}
    twice = await campaign.review(members=[one, {**one, "name": "阿甲"}, "乙"])
    assert refused(twice) == (409, "review-group-too-small")
    namesakes = [one, {"name": "甲", "resident_id": resident_id(6)}, "乙"]
    assert (await campaign.review(members=namesakes)).status_code == 201
    wrong = await campaign.review(members=[{"name": "甲", "resident_id": "500236198001010001"}, "乙", "丙"])
    assert refused(wrong) == (422, "resident-id-invalid")
    assert "500236198001010001" not in wrong.text
    nobody = await campaign.review(members=["甲", "评议员2", "丙"])
    assert refused(nobody) == (422, "invalid-request")
    assert nobody.json()["errors"][0]["field"] == "body.members.1.name"


@pytest.mark.clause("ZJ-1(c)")
async def test_a_village_group_reviews_its_own_group_only(registry: ServiceUnderTest) -> None:
    campaign, ids = await _scored(registry, Home(group="一组"), Home(group="二组"), Home())
    change = {"household_id": ids[1], "grade": "B", "reason": "核实"}
    elsewhere = await campaign.review(region_code=VILLAGE, group_name="一组", adjustments=[change])
    assert refused(elsewhere) == (422, "rating-adjustment-invalid")
    first = await campaign.review(region_code=VILLAGE, group_name="一组")
    assert first.json()["reviewed_count"] == 1
    second = await campaign.review(region_code=VILLAGE, group_name="二组", adjustments=[change])
    assert second.json()["reviewed_count"] == 2
    scores = {each["household_id"]: each for each in (await campaign.read(f"/scores?region_code={VILLAGE}"))["items"]}
    assert [(scores[each]["reviewed"], scores[each]["grade"]) for each in ids] == [
        (True, "A"),
        (True, "B"),
        (False, "A"),
    ]
    assert scores[ids[1]]["adjustment_reason"] == "核实"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"region_code": COUNTY, "group_name": "一组"}, "review-group-needs-village"),
        ({"reviewed_on": "2017-01-04"}, "date-before-step"),
    ],
)
async def test_a_review_that_makes_no_sense_is_refused(
    registry: ServiceUnderTest, body: dict[str, Any], code: str
) -> None:
    campaign, _ = await _scored(registry, Home())
    assert refused(await campaign.review(**body)) == (422, code)


async def test_a_review_stays_in_the_county(registry: ServiceUnderTest) -> None:
    campaign, _ = await _scored(registry, Home())
    both = Principal("both", "both", (Grant(Role.TOWNSHIP, COUNTY), Grant(Role.TOWNSHIP, "500237")))
    headers = registry.headers(Role.TOWNSHIP)
    headers["Authorization"] = f"Bearer {registry.signer.sign(both, 'registry', 60)}"
    body = {**REVIEW, "region_code": "500237"}
    answer = await registry.client.post(f"/api/v1{campaign.path}/reviews", json=body, headers=headers)
    assert refused(answer) == (422, "review-outside-county")


@pytest.mark.clause("SX-7(b)")
async def test_a_prefecture_reviews_nothing(registry: ServiceUnderTest) -> None:
    campaign, _ = await _scored(registry, Home())
    assert refused(await campaign.review(region_code=COUNTY, region="5002")) == (403, "acts-in-the-county")


async def test_the_result_is_not_shown_before_the_last_review(registry: ServiceUnderTest) -> None:
    campaign, _ = await _scored(registry, Home())
    await campaign.review(reviewed_on="2017-01-09")
    answer = await campaign.do("public-notices", {"started_on": "2017-01-06"})
    assert refused(answer) == (422, "date-before-step")


@pytest.mark.clause("ZJ-1(b)")
async def test_the_list_derives_every_score_line_by_line(registry: ServiceUnderTest) -> None:
    campaign, ids = await _scored(registry, Home(), Home(village=OTHER_VILLAGE))
    await registry.database.pool.execute("UPDATE household SET labourer_count = 0")  # later changes move no derivation
    shown = (await campaign.read(f"/scores?region_code={COUNTY}&grade=A"))["items"]
    assert [each["household_id"] for each in shown] == sorted(ids)
    for each in shown:
        assert sum(float(line["points"]) for line in each["derivation"]) == float(each["score"]) == 100
        assert not each["is_stale"]
    own = (await campaign.read(f"/scores?region_code={COUNTY}", region="500236117"))["items"]
    assert [each["household_id"] for each in own] == [ids[1]]


async def test_reviews_belong_to_the_field_offices(registry: ServiceUnderTest) -> None:
    campaign, _ = await _scored(registry, Home())
    answer = await campaign.do("reviews", {"reviewed_on": "2017-01-05", "members": ["甲"]}, Role.SERVICE_CENTRE)
    assert refused(answer) == (403, "right-missing")
