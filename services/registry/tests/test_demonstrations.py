"""Thirty villages and three thousand households a year, ranked and confirmed by two officers (FJ-10)."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.registry.credit.demonstrations.ranking_sql import HOUSEHOLD_CRITERIA, VILLAGE_CRITERIA
from services.registry.tests.county import COUNTY, GOOD_ANSWERS, OTHER_VILLAGE, PACK, VILLAGE, get, post
from services.registry.tests.demonstration_steps import chosen, lend, propose, rated
from services.registry.tests.rating_county import FAILING, POOR, Home, refused
from services.registry.tests.rating_schemes import governed
from shared.access import Role
from shared.testing.service import ServiceUnderTest

NEARLY = {**GOOD_ANSWERS, "children_at_school": 1, "bad_records": 1}  # grade A with 90 points
_REGIONS = """
INSERT INTO region (code, name, level, parent_code)
SELECT code, code, 'village', '500236001' FROM unnest($1::text[]) AS code
"""


async def _decide(registry: ServiceUnderTest, choice: str, decision: str = "confirm", **other: Any) -> httpx.Response:
    body = {
        "decision": decision,
        "decided_on": "2017-12-05",
        **({"reason": other.pop("reason")} if "reason" in other else {}),
    }
    return await post(
        registry,
        f"/demonstration-choices/{choice}/decisions",
        body,
        Role.POVERTY_OFFICE,
        **{"subject": "checker", **other},
    )


@pytest.mark.clause("FJ-10(a)")
async def test_thirty_villages_and_three_thousand_households_are_chosen(registry: ServiceUnderTest) -> None:
    villages = [f"500236001{place:03d}" for place in range(100, 135)]
    await registry.database.pool.execute(_REGIONS, villages)
    answers = (GOOD_ANSWERS, NEARLY, POOR)
    await rated(registry, [Home(village, answers=answers[place % 3]) for place in range(90) for village in villages])
    choice = (await propose(registry)).json()
    assert (choice["villages_requested"], choice["villages_available"], choice["village_count"]) == (30, 35, 30)
    assert (choice["households_requested"], choice["households_available"], choice["household_count"]) == (
        3000,
        3150,
        3000,
    )
    assert choice["remarks"] == []
    # All villages are alike, so their codes decide; of the households the 150 with the lowest score stay out.
    found = await chosen(registry, choice["id"], "villages")
    assert [(each["rank"], each["village_code"]) for each in found] == list(enumerate(villages[:30], start=1))
    count = await registry.database.pool.fetchrow(
        "SELECT count(*) FILTER (WHERE score = 100) AS best, count(*) FILTER (WHERE grade = 'C') AS worst,"
        " count(DISTINCT rank) AS ranks FROM demonstration_household"
    )
    assert count is not None
    assert tuple(count) == (1050, 900, 3000)


@pytest.mark.clause("FJ-10(a)")
async def test_villages_rank_by_share_then_repayment_then_score_then_code(registry: ServiceUnderTest) -> None:
    villages = [f"500236001{place:03d}" for place in range(101, 106)]
    await registry.database.pool.execute(_REGIONS, villages)
    one_in_five = [FAILING, *[GOOD_ANSWERS] * 4]
    homes = [Home(villages[0], answers=each) for each in one_in_five]  # 80 %
    homes += [Home(village, answers=NEARLY) for village in villages[1:4]]
    homes += [Home(villages[4]), Home(OTHER_VILLAGE, answers=FAILING)]
    ids = await rated(registry, homes)
    await lend(registry, (ids[5], villages[1], False), (ids[6], villages[2], True), (ids[7], villages[3], True))
    choice = (await propose(registry)).json()
    found = await chosen(registry, choice["id"], "villages")
    assert [each["village_code"] for each in found] == [
        villages[2],
        villages[3],
        villages[4],
        villages[1],
        villages[0],
    ]
    assert [each["on_time_percent"] for each in found] == ["100.00", "100.00", None, "0.00", None]
    assert found[-1]["credit_percent"] == "80.00"
    assert choice["village_criteria"] == [str(each) for each in VILLAGE_CRITERIA]
    assert "Only 5 credit villages for 30 wanted" in choice["remarks"][0]


@pytest.mark.clause("FJ-10(a)")
async def test_households_rank_by_punctuality_then_score_then_number(registry: ServiceUnderTest) -> None:
    ids = await rated(registry, [Home(), Home(answers=POOR), Home(), Home(answers=NEARLY), Home(), Home(), Home()])
    await lend(registry, (ids[1], VILLAGE, True), (ids[2], VILLAGE, False))
    pool = registry.database.pool
    await pool.execute(
        "UPDATE household SET ended_on = '2017-06-01', end_reason = 'moved_out' WHERE id = $1::uuid", ids[5]
    )
    await pool.execute(
        "INSERT INTO rating (household_id, village_code, cause, campaign_id, valid_from, valid_until)"
        " SELECT household_id, village_code, 'campaign', $2, '2017-07-01', '2019-01-01' FROM rating"
        " WHERE household_id = $1::uuid",
        ids[6],
        (await _bank_campaign(registry)),
    )
    choice = (await propose(registry)).json()
    found = await chosen(registry, choice["id"], "households")
    assert [each["household_id"] for each in found] == [ids[1], ids[0], ids[4], ids[3], ids[2]]
    assert [(each["on_time_count"], each["late_count"]) for each in found] == [(1, 0), (0, 0), (0, 0), (0, 0), (0, 1)]
    assert choice["household_criteria"] == [str(each) for each in HOUSEHOLD_CRITERIA]
    assert [Decimal(each["score"]) for each in found[1:4]] == [100, 100, 90]


async def _bank_campaign(registry: ServiceUnderTest) -> Any:
    """Return a second campaign to which a rating that was taken away can point."""
    return await registry.database.pool.fetchval(
        "INSERT INTO rating_campaign (id, county_code, year, as_of, pack_id, state, opened_by)"
        " SELECT uuid7(), county_code, 2016, as_of, pack_id, 'opened', 'test' FROM rating_campaign LIMIT 1 RETURNING id"
    )


@pytest.mark.clause("FJ-10(a)")
async def test_the_choice_is_confirmed_by_another_officer_once_a_year(registry: ServiceUnderTest) -> None:
    await rated(registry, [Home()])
    choice = (await propose(registry)).json()
    assert refused(await propose(registry)) == (409, "demonstration-choice-exists")
    own = await post(
        registry,
        f"/demonstration-choices/{choice['id']}/decisions",
        {"decision": "confirm", "decided_on": "2017-12-05"},
        Role.SERVICE_CENTRE,
        subject="maker",
    )
    assert refused(own) == (403, "maker-is-checker")
    confirmed = (await _decide(registry, choice["id"])).json()
    assert (confirmed["state"], confirmed["proposed_by"], confirmed["decided_by"]) == ("confirmed", "maker", "checker")
    assert refused(await _decide(registry, choice["id"], "reject", reason="太晚")) == (
        409,
        "demonstration-choice-decided",
    )
    assert refused(await propose(registry)) == (409, "demonstration-choice-exists")
    assert (await propose(registry, 2018)).status_code == 201


async def test_a_rejection_says_why_and_clears_the_way(registry: ServiceUnderTest) -> None:
    await rated(registry, [Home()])
    choice = (await propose(registry)).json()["id"]
    assert refused(await _decide(registry, choice, "reject")) == (422, "rejection-needs-reason")
    assert (await _decide(registry, choice, "reject", reason="数据未核对")).json()["decision_reason"] == "数据未核对"
    assert (await propose(registry)).status_code == 201
    path = f"/demonstration-choices?county_code={COUNTY}&year=2017"
    listed = (await get(registry, path, Role.VILLAGE)).json()["items"]
    assert [each["state"] for each in listed] == ["rejected", "proposed"]


async def test_choosing_needs_a_final_rating_a_right_and_the_region(registry: ServiceUnderTest) -> None:
    assert refused(await propose(registry)) == (409, "no-final-rating")
    await rated(registry, [Home(), Home(OTHER_VILLAGE)])
    assert refused(await propose(registry, as_of="2017-01-12")) == (409, "no-final-rating")
    assert refused(await propose(registry, region="500237")) == (403, "outside-region")
    choice = (await propose(registry)).json()["id"]
    assert refused(await _decide(registry, choice, region="500237")) == (404, "demonstration-choice-unknown")
    hidden = await get(registry, f"/demonstration-choices/{choice}", Role.TOWNSHIP, region="500237")
    assert refused(hidden) == (404, "demonstration-choice-unknown")
    body = {"county_code": COUNTY, "year": 2018, "as_of": "2017-12-01"}
    assert refused(await post(registry, "/demonstration-choices", body, Role.TOWNSHIP)) == (403, "right-missing")
    own = await chosen(registry, choice, "households", region="500236117")
    assert [(each["village_code"], each["rank"]) for each in own] == [(OTHER_VILLAGE, 2)]


async def test_a_county_without_the_rule_chooses_nothing(regional_registry: ServiceUnderTest) -> None:
    wanted = {"demonstration_villages_per_year": None, "demonstration_households_per_year": None}
    registry = await governed(regional_registry, **wanted)
    await rated(registry, [Home()])
    assert refused(await propose(registry)) == (409, "no-demonstration-rule")


@pytest.mark.clause("FJ-10(a)")
async def test_the_pack_says_what_ranks(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, demonstration_household_criteria=["score"])
    ids = await rated(registry, [Home(), Home(answers=POOR)])
    await lend(registry, (ids[0], VILLAGE, False), (ids[1], VILLAGE, True))
    choice = (await propose(registry)).json()
    assert choice["household_criteria"] == ["score"]
    assert [each["household_id"] for each in await chosen(registry, choice["id"], "households")] == ids


async def test_chosen_lists_only_grow_and_page_by_rank(registry: ServiceUnderTest) -> None:
    await rated(registry, [Home(), Home()])
    choice = (await propose(registry)).json()["id"]
    first = (await get(registry, f"/demonstration-choices/{choice}/households?limit=1", Role.TOWNSHIP)).json()
    path = f"/demonstration-choices/{choice}/households?limit=1&cursor={first['next']}"
    second = (await get(registry, path, Role.TOWNSHIP)).json()
    assert [first["items"][0]["rank"], second["items"][0]["rank"], second["next"]] == [1, 2, None]
    for table in ("demonstration_village", "demonstration_household"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(f"UPDATE {table} SET rank = rank + 1")


def test_the_county_wants_thirty_and_three_thousand() -> None:
    scheme = PACK.rating_scheme()
    assert (scheme.demonstration_villages_per_year, scheme.demonstration_households_per_year) == (30, 3000)
    assert PACK.header.effective_from <= date(2017, 1, 1)
