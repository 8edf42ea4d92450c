"""Nothing is entered as done on a day that has not come: no public notice is skipped, no request shut in for years."""

from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import COUNTY, get, import_sheet, post, registered, row, workbook
from services.registry.tests.entity_steps import assess, assessment_body, check_body, entity_body, registered_entity
from services.registry.tests.listing_steps import decide, proposal
from shared.access import Role
from shared.dates import today_in_china
from shared.testing.service import ServiceUnderTest

TO_COME = "2199-01-01"
SOME = str(UUID(int=9))
REASON = {"reason": "年度核查"}
SAYING = {"reason": "已核实", "evidence": [{"reference": "核查笔录"}]}
ENTERED: tuple[tuple[str, dict[str, Any], str, Role], ...] = (
    ("/listing-proposals", proposal(SOME), "filed_on", Role.TOWNSHIP),
    (f"/listings/{SOME}/appeals", SAYING, "filed_on", Role.VILLAGE),
    (f"/listings/{SOME}/removals", SAYING, "filed_on", Role.TOWNSHIP),
    (
        f"/listing-requests/{SOME}/decisions",
        {"decision": "reject", "reason": "无据"},
        "decided_on",
        Role.SERVICE_CENTRE,
    ),
    (f"/rating-campaigns/{SOME}/reviews", {"members": ["甲", "乙", "丙"]}, "reviewed_on", Role.TOWNSHIP),
    (f"/rating-campaigns/{SOME}/public-notices", {}, "started_on", Role.SERVICE_CENTRE),
    (f"/rating-campaigns/{SOME}/objections", {"household_id": SOME, "grounds": "偏低"}, "raised_on", Role.VILLAGE),
    (f"/rating-objections/{SOME}/settlements", {"outcome": "dismissed", "reason": "无据"}, "settled_on", Role.TOWNSHIP),
    (f"/rating-campaigns/{SOME}/finalisations", {}, "finalised_on", Role.SERVICE_CENTRE),
    ("/demonstration-choices", {"county_code": COUNTY, "year": 2026}, "as_of", Role.SERVICE_CENTRE),
    (f"/demonstration-choices/{SOME}/decisions", {"decision": "confirm"}, "decided_on", Role.SERVICE_CENTRE),
    (
        "/exclusions",
        {"household_ids": [SOME], "kind": "four_kinds", "reason": "不符合条件"},
        "valid_from",
        Role.POVERTY_OFFICE,
    ),
    (f"/exclusions/{SOME}/removals", REASON, "valid_until", Role.POVERTY_OFFICE),
    (
        "/helper-assignments",
        {"reason": "轮岗", "assignments": [{"household_id": SOME, "helper": "h1", "helper_name": "干部甲"}]},
        "valid_from",
        Role.TOWNSHIP,
    ),
    (f"/helper-assignments/{SOME}/terminations", REASON, "valid_until", Role.TOWNSHIP),
    (f"/households/{SOME}/family-debts", {"bank_code": "RCB", "kind": "credit_limit"}, "valid_from", Role.VILLAGE),
    (f"/households/{SOME}/family-debts/{SOME}/terminations", REASON, "valid_until", Role.VILLAGE),
    ("/implementing-entities", entity_body(), "registered_on", Role.SERVICE_CENTRE),
    (f"/implementing-entities/{SOME}/corrections", {**SAYING, "name": "合作社"}, "corrected_on", Role.SERVICE_CENTRE),
    (f"/implementing-entities/{SOME}/terminations", REASON, "ended_on", Role.SERVICE_CENTRE),
    (f"/implementing-entities/{SOME}/conditions", check_body("registered"), "valid_from", Role.SERVICE_CENTRE),
    (f"/implementing-entities/{SOME}/assessments", assessment_body(), "assessed_on", Role.SERVICE_CENTRE),
    (
        f"/entity-assessments/{SOME}/decisions",
        {"decision": "confirm", "reason": "同意"},
        "decided_on",
        Role.FINANCE_BUREAU,
    ),
    (
        "/entity-bindings",
        {"entity_id": SOME, "household_id": SOME, "agreement_number": "2017-1", "amount": "50000.00"},
        "valid_from",
        Role.TOWNSHIP,
    ),
    (f"/entity-bindings/{SOME}/terminations", REASON, "valid_until", Role.TOWNSHIP),
)


@pytest.mark.parametrize(("path", "body", "day", "role"), ENTERED)
async def test_what_has_not_happened_is_not_entered(
    registry: ServiceUnderTest, path: str, body: dict[str, Any], day: str, role: Role
) -> None:
    answer = await post(registry, path, {**body, day: TO_COME}, role)
    assert (answer.status_code, answer.json()["code"]) == (422, "date-in-future"), answer.text
    assert (answer.json()["values"]["field"], answer.json()["values"]["day"]) == (day, TO_COME)


async def test_a_household_is_marked_from_today_and_not_from_a_day_to_come(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    today = today_in_china()
    body = {"household_ids": [household], "state": "stably_lifted", "reason": "动态调整"}
    path = "/household-status-changes"
    refused = await post(registry, path, {**body, "effective_from": TO_COME}, Role.POVERTY_OFFICE)
    assert (refused.status_code, refused.json()["code"]) == (422, "date-in-future")
    assert (await get(registry, f"/households/{household}", Role.POVERTY_OFFICE)).json()[
        "poverty_state"
    ] == "registered"
    marked = await post(registry, path, {**body, "effective_from": today.isoformat()}, Role.POVERTY_OFFICE)
    assert marked.status_code == 201, marked.text
    assert (await get(registry, f"/households/{household}", Role.POVERTY_OFFICE)).json()[
        "poverty_state"
    ] == "stably_lifted"


async def test_a_wrong_day_does_not_shut_a_household_in_an_open_request(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    wrong = await post(registry, "/listing-proposals", proposal(household, filed_on=TO_COME), Role.TOWNSHIP)
    assert wrong.json()["code"] == "date-in-future"
    right = await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP, subject="zhao")
    assert right.status_code == 201, right.text
    assert (await decide(registry, right.json()["id"], "reject", "2018-08-10")).status_code == 201


async def test_a_sheet_is_not_collected_on_a_day_to_come(registry: ServiceUnderTest) -> None:
    answer = await import_sheet(registry, workbook([row(1)]), collected_on=TO_COME)
    assert (answer.status_code, answer.json()["code"]) == (422, "date-in-future")
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_import") == 0


async def test_what_holds_until_a_day_to_come_is_entered(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    path = f"/implementing-entities/{entity}/conditions"
    checked = await post(registry, path, check_body("registered", valid_until=TO_COME), Role.SERVICE_CENTRE)
    assert checked.status_code == 201, checked.text
    assert checked.json()["checks"][0]["valid_until"] == TO_COME
    await assess(registry, entity, assessment_body(valid_until=TO_COME))
