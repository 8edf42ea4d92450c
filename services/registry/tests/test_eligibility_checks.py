"""The question over HTTP: in order, by id or number, in one's own region, on the day asked about."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, post, rated, registered, row
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def _ask(
    registry: ServiceUnderTest, *items: dict[str, Any], as_of: str = "2017-03-01", region: str = "", **other: Any
) -> httpx.Response:
    asked = [{"amount": "50000.00", "term_months": 36, **item} for item in items]
    role = Role.SERVICE if region == "" else Role.TOWNSHIP
    body = {"as_of": as_of, "items": asked, **({"asker_regions": [""]} if region == "" else {}), **other}
    return await post(registry, "/eligibility-checks", body, role, region=region)


@pytest.mark.clause("DZ-4")
async def test_answers_come_in_order_with_all_reasons(registry: ServiceUnderTest) -> None:
    ids = await registered(
        registry, row(1), row(2, four_kinds="是", able_to_work="否"), row(3, village_code=OTHER_VILLAGE)
    )
    await rated(registry)
    unknown = str(UUID(int=3))
    answer = await _ask(
        registry,
        {"household_number": "FJ00003"},
        {"household_id": unknown},
        {"household_id": ids[1], "industry": "mining", "purpose": "house_building"},
        {"household_number": "NONE"},
        {"household_id": ids[0], "amount": "50000"},
    )
    items = answer.json()["items"]
    assert [each["eligible"] for each in items] == [True, False, False, False, True]
    assert items[0] == {
        "household_id": ids[2],
        "household_number": "FJ00003",
        "household_version": 0,
        "village_code": OTHER_VILLAGE,
        "product_code": "small_loan",
        "eligible": True,
        "grade": "A",
        "credit_limit": "50000.00",
        "entity_id": None,
        "reasons": [],
        "conditions": [],
    }
    assert [reason["code"] for reason in items[1]["reasons"]] == ["household-unknown"]
    assert [reason["code"] for reason in items[2]["reasons"]] == [
        "not-able-to-work",
        "excluded-kind",
        "industry-unknown",
        "purpose-forbidden",
    ]
    assert all(reason["zh"] and reason["en"] and reason["clause"] for reason in items[2]["reasons"])
    assert (items[3]["household_number"], items[3]["household_id"]) == ("NONE", None)


@pytest.mark.clause("LG-25b")
async def test_what_the_lenders_books_show_is_counted_and_stored_with_the_question(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await rated(registry)
    exposure = {"open_loans": 1, "owed": "20000.00", "under_way": "0.01"}
    asked = {"household_id": household, "amount": "30000.00", "exposure": exposure}
    [answer] = (await _ask(registry, asked, for_application=True)).json()["items"]
    assert [reason["code"] for reason in answer["reasons"]] == ["household-cap", "loan-open"]
    stored = await registry.database.pool.fetchval("SELECT loan_request FROM eligibility_question")
    assert stored["exposure"] == exposure


async def test_the_state_of_the_day_counts(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await rated(registry)
    change = {"household_ids": [household], "state": "general", "effective_from": "2017-06-01", "reason": "核查"}
    await post(registry, "/household-status-changes", change, Role.POVERTY_OFFICE)
    for as_of, eligible in (("2017-05-31", True), ("2017-06-01", False)):
        [item] = (await _ask(registry, {"household_id": household}, as_of=as_of)).json()["items"]
        assert item["eligible"] is eligible
        assert item["household_version"] == 1


async def test_other_regions_households_look_unknown(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await rated(registry)
    [own] = (await _ask(registry, {"household_id": household}, region=VILLAGE[:9])).json()["items"]
    [other] = (await _ask(registry, {"household_id": household}, region="500236117")).json()["items"]
    assert own["eligible"]
    assert ([reason["code"] for reason in other["reasons"]], other["household_id"]) == (["household-unknown"], None)


@pytest.mark.clause("SX-7")
async def test_a_service_is_answered_within_the_regions_of_the_officer_it_asks_for(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    await rated(registry)
    asked = [{"household_id": each} for each in (*ids, str(UUID(int=3)))]
    own = (await _ask(registry, *asked, asker_regions=[VILLAGE[:9]])).json()["items"]
    assert [each["village_code"] for each in own] == [VILLAGE, None, None]
    foreign, invented = own[1:]
    assert foreign == invented  # but for the id that was sent, which neither answer repeats
    assert [reason["code"] for reason in foreign["reasons"]] == ["household-unknown"]
    by_number = await _ask(registry, {"household_number": "FJ00002"}, asker_regions=[VILLAGE[:9]])
    assert by_number.json()["items"][0]["village_code"] is None
    nobody = await _ask(registry, *asked, asker_regions=None)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "asker-regions-missing")


async def test_regions_named_for_others_do_not_widen_an_officers_own(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, village_code=OTHER_VILLAGE))
    [found] = (
        await _ask(registry, {"household_id": household}, region=VILLAGE[:9], asker_regions=["", OTHER_VILLAGE])
    ).json()["items"]
    assert found["village_code"] is None


async def test_a_question_for_applications_is_stored_only_when_every_household_is_known(
    registry: ServiceUnderTest,
) -> None:
    ids = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    await rated(registry)
    asked = [{"household_id": each} for each in ids]
    for named, stored in ((asked, 0), (asked[1:], 0), (asked[:1], 1)):
        await _ask(registry, *named, for_application=True, asker_regions=[VILLAGE[:9]])
        assert await registry.database.pool.fetchval("SELECT count(*) FROM eligibility_question") == stored


@pytest.mark.clause("SX-7")
async def test_which_household_is_meant_is_answered_within_the_askers_regions(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    names = [{"household_number": "FJ00001"}, *({"household_id": each} for each in ids), {"household_number": "NONE"}]

    async def found(role: Role, **body: Any) -> Any:
        region = "" if role is Role.SERVICE else COUNTY
        answer = await post(registry, "/household-lookups", {"items": names, **body}, role, region=region)
        return answer.json().get("code") or [each and each["village_code"] for each in answer.json()["items"]]

    assert await found(Role.TOWNSHIP) == [VILLAGE, VILLAGE, OTHER_VILLAGE, None]
    assert await found(Role.SERVICE, asker_regions=[VILLAGE]) == [VILLAGE, VILLAGE, None, None]
    assert await found(Role.SERVICE, asker_regions=[COUNTY], county_code="500237") == [
        None,
        VILLAGE,
        OTHER_VILLAGE,
        None,
    ]
    assert await found(Role.SERVICE) == "asker-regions-missing"
    assert await found(Role.BANK) == "right-missing"


async def test_a_number_used_by_two_counties_needs_the_county(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    await rated(registry)
    await registry.database.pool.execute(
        """INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from,
             registered_on, member_count, labourer_count, civil_capacity, able_to_work, credit_record, content_digest,
             import_id)
           SELECT uuid7(), '500237', number, '500237100201', version, poverty_state, poverty_state_from, registered_on,
             member_count, labourer_count, civil_capacity, able_to_work, credit_record, content_digest, import_id
           FROM household"""
    )
    named = await _ask(registry, {"household_number": "FJ00001"}, county_code=COUNTY)
    assert named.json()["items"][0]["eligible"]
    unnamed = await _ask(registry, {"household_number": "FJ00001"})
    assert [reason["code"] for reason in unnamed.json()["items"][0]["reasons"]] == ["household-number-ambiguous"]
    no_pack = await _ask(registry, {"household_number": "FJ00001"}, county_code="500237")
    assert (no_pack.status_code, no_pack.json()["code"]) == (409, "no-policy-pack-in-force")


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"household_id": str(UUID(int=1)), "household_number": "FJ1"},
        {"household_number": "FJ1", "amount": 50000.0},
        {"household_number": "FJ1", "amount": "-1.00"},
        {"household_number": "FJ1", "amount": "0.00"},
        {"household_number": "FJ1", "amount": "1.001"},
        {"household_number": "FJ1", "term_months": 0},
        {"household_number": "FJ1", "surprise": True},
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(registry: ServiceUnderTest, item: dict[str, Any]) -> None:
    answer = await _ask(registry, item)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_a_question_needs_a_right_and_no_key(registry: ServiceUnderTest) -> None:
    body = {"as_of": "2017-03-01", "items": [{"household_number": "X", "amount": "1000.00", "term_months": 12}]}
    refused = await post(registry, "/eligibility-checks", body, Role.INSURER)
    assert (refused.status_code, refused.json()["code"]) == (403, "right-missing")
    headers = registry.headers(Role.BANK)
    del headers["Idempotency-Key"]
    assert (await registry.client.post("/api/v1/eligibility-checks", json=body, headers=headers)).status_code == 200
    anonymous = await registry.client.post("/api/v1/eligibility-checks", json=body)
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "token-refused")
