"""Households are bound to fit entities within their capacity; who is blacklisted is bound to none."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.registry.standing.entities.facts import entity_facts
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, events, get, post, registered, row
from services.registry.tests.entity_steps import (
    CONDITIONS,
    EVIDENCE,
    UNKNOWN,
    assess,
    assessment_body,
    bind,
    check_conditions,
    fit_entity,
    refusal_codes,
    registered_entity,
    show,
)
from services.registry.tests.family import change, changed
from shared.access import Role
from shared.events.registry import EntityListed, EntityUnlisted
from shared.testing.service import ServiceUnderTest


async def _list_entity(registry: ServiceUnderTest, entity: str, on: str = "2017-03-01") -> str:
    body = {
        "entity_id": entity,
        "list_name": "blacklist",
        "cause": "malicious_evasion",
        "reason": "拒付保底收益",
        "evidence": EVIDENCE,
        "filed_on": on,
    }
    request = (await post(registry, "/listing-proposals", body, Role.SERVICE_CENTRE)).json()["id"]
    decision = {"decision": "accept", "reason": "属实", "decided_on": on}
    decided = await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    assert decided.status_code == 201, decided.text
    listing: str = decided.json()["listing_id"]
    return listing


@pytest.mark.clause("SX-4(h)")
async def test_a_household_is_bound_within_the_capacity(registry: ServiceUnderTest) -> None:
    first, second, third = await registered(registry, row(1), row(2), row(3, village_code=OTHER_VILLAGE))
    entity = await fit_entity(registry)
    bound = await bind(registry, entity, first)
    assert bound.status_code == 201, bound.text
    assert (bound.json()["mode"], bound.json()["amount"], bound.json()["flagged"]) == ("indirect", "50000.00", False)
    shown = await show(registry, entity)
    assert (shown["household_count"], shown["amount"], shown["households_left"], shown["amount_left"]) == (
        1,
        "50000.00",
        1,
        "50000.00",
    )
    assert refusal_codes(await bind(registry, entity, second, "2017-2", amount="50000.01")) == ["entity-full"]
    assert (await bind(registry, entity, second, "2017-2")).status_code == 201
    assert refusal_codes(await bind(registry, entity, third, "2017-3", amount="0.01")) == ["entity-full"]
    assert [each["code"] for each in (await show(registry, entity))["barriers"]] == ["entity-full"]
    ended = {"valid_until": "2017-03-01", "reason": "协议终止"}
    ending = await post(registry, f"/entity-bindings/{bound.json()['id']}/terminations", ended, Role.TOWNSHIP)
    assert (ending.status_code, ending.json()["valid_until"]) == (201, "2017-03-01")
    assert (await bind(registry, entity, third, "2017-3", valid_from="2017-03-01")).status_code == 201
    again = await post(registry, f"/entity-bindings/{bound.json()['id']}/terminations", ended, Role.TOWNSHIP)
    assert (again.status_code, again.json()["code"]) == (409, "entity-binding-ended")


async def test_many_at_once_never_pass_the_capacity(registry: ServiceUnderTest) -> None:
    households = await registered(registry, *(row(place) for place in range(1, 9)))
    entity = await fit_entity(registry, households_max=3, amount_max="1000000.00")
    answers = await asyncio.gather(
        *(bind(registry, entity, household, f"N{place}") for place, household in enumerate(households))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert all(refusal_codes(answer) == ["entity-full"] for answer in answers if answer.status_code == 409)
    assert (await show(registry, entity))["households_left"] == 0


async def test_one_household_at_two_entities_at_once_is_bound_once(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entities = [await fit_entity(registry)]
    entities.append(await registered_entity(registry, 2))
    await check_conditions(registry, entities[1], *CONDITIONS)
    await assess(registry, entities[1], assessment_body())
    answers = await asyncio.gather(*(bind(registry, entity, household) for entity in entities))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert refusal_codes(refused) == ["household-bound"]


async def test_an_unfit_entity_is_refused_for_every_reason(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await registered_entity(registry)
    await check_conditions(registry, entity, "registered", "local_account", "no_dispute")
    refused = await bind(registry, entity, household)
    assert refusal_codes(refused) == ["entity-condition-missing", "entity-not-assessed"]
    assert "信用良好" in refused.json()["values"]["reasons"][0]["zh"]
    await check_conditions(registry, entity, "creditworthy")
    await assess(registry, entity, assessment_body())
    expired = await bind(registry, entity, household, valid_from="2018-01-03")
    assert refusal_codes(expired) == ["enterprise-use-banned", "entity-not-assessed"]
    assert refusal_codes(await bind(registry, entity, household, mode="enterprise_use")) == ["mode-not-offered"]
    banned = await bind(registry, entity, household, mode="enterprise_use", valid_from="2017-12-08")
    assert refusal_codes(banned) == ["mode-not-offered", "enterprise-use-banned"]
    assert (await bind(registry, entity, household)).status_code == 201


async def test_bindings_need_their_right_region_household_and_number(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    entity = await fit_entity(registry)
    for other, status, code in (
        ({"role": Role.VILLAGE}, 403, "right-missing"),
        ({"region": "500236117"}, 404, "households-unknown"),
        ({"household_id": UNKNOWN}, 404, "households-unknown"),
        ({"entity_id": UNKNOWN}, 404, "entity-unknown"),
        ({"amount": "0.00"}, 422, "invalid-request"),
        ({"mode": "direct"}, 422, "invalid-request"),
    ):
        answer = await bind(registry, entity, first, **other)
        assert (answer.status_code, answer.json()["code"]) == (status, code), other
    binding = (await bind(registry, entity, first)).json()["id"]
    used = await bind(registry, entity, second)
    assert (used.status_code, used.json()["code"]) == (409, "agreement-number-used")
    path, body = f"/entity-bindings/{binding}/terminations", {"valid_until": "2017-01-31", "reason": "误"}
    early = await post(registry, path, body, Role.TOWNSHIP)
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    foreign = await post(registry, path, body, Role.TOWNSHIP, region="500236117")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "entity-binding-unknown")


@pytest.mark.clause("LG-22")
async def test_a_blacklisted_entity_gets_no_new_household_and_its_bindings_are_flagged(
    registry: ServiceUnderTest,
) -> None:
    first, second = await registered(registry, row(1), row(2))
    entity = await fit_entity(registry)
    await bind(registry, entity, first)
    listing = await _list_entity(registry, entity)
    [(recorded, version)] = await events(registry, EntityListed)
    assert (str(recorded.entity_id), recorded.county_code, recorded.list_name, version) == (
        entity,
        COUNTY,
        "blacklist",
        1,
    )
    assert refusal_codes(await bind(registry, entity, second, "2017-2", valid_from="2017-03-01")) == ["entity-listed"]
    assert refusal_codes(await bind(registry, entity, second, "2017-2", valid_from="2017-02-01")) == ["entity-listed"]
    path = f"/entity-bindings?region_code={COUNTY}&entity_id={entity}&as_of="
    for as_of, flagged in (("2017-02-28", False), ("2017-03-01", True)):
        [binding] = (await get(registry, path + as_of, Role.BANK)).json()["items"]
        assert (binding["household_id"], binding["flagged"]) == (first, flagged)
    effects = await get(registry, f"/listings/effects?entity_id={entity}&as_of=2017-03-01", Role.BANK)
    assert [each["code"] for each in effects.json()["barred"]] == [
        "no-new-household",
        "bindings-flagged",
        "no-support",
        "no-grant",
        "no-project",
    ]
    plea = {"reason": "收益已补发", "evidence": EVIDENCE, "filed_on": "2017-04-01"}
    request = (await post(registry, f"/listings/{listing}/removals", plea, Role.SERVICE_CENTRE)).json()["id"]
    decision = {"decision": "accept", "reason": "已补发", "decided_on": "2017-04-05"}
    await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    [(unlisted, version)] = await events(registry, EntityUnlisted)
    assert (unlisted.cause, unlisted.cleared_on, version) == ("removal_accepted", date(2017, 4, 5), 2)
    for as_of, lists in (
        ("2017-02-28", []),
        ("2017-03-01", ["blacklist"]),
        ("2017-04-04", ["blacklist"]),
        ("2017-04-05", []),
    ):
        assert (await show(registry, entity, as_of))["lists"] == lists, as_of
    assert (await bind(registry, entity, second, "2017-2", valid_from="2017-04-05")).status_code == 201


@pytest.mark.clause("LG-22")
async def test_a_blacklisted_household_is_not_bound(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await fit_entity(registry)
    body = {
        "household_id": household,
        "list_name": "blacklist",
        "cause": "misuse",
        "reason": "挪用",
        "evidence": EVIDENCE,
        "filed_on": "2017-03-01",
    }
    request = (await post(registry, "/listing-proposals", body, Role.TOWNSHIP)).json()["id"]
    decision = {"decision": "accept", "reason": "属实", "decided_on": "2017-03-02"}
    await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    for valid_from in ("2017-02-01", "2017-03-02"):
        assert refusal_codes(await bind(registry, entity, household, valid_from=valid_from)) == [
            "household-blacklisted"
        ]


async def test_a_household_shows_its_entity_and_events_are_as_of_a_day(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await fit_entity(registry)
    await bind(registry, entity, household)
    path = f"/entity-bindings?region_code={COUNTY}&household_id={household}&only_open=true&as_of="
    assert (await get(registry, path + "2017-01-31", Role.VILLAGE, region=VILLAGE)).json()["items"] == []
    [item] = (await get(registry, path + "2017-02-01", Role.VILLAGE, region=VILLAGE)).json()["items"]
    assert (item["entity_id"], item["entity_name"]) == (entity, "白帝脐橙专业合作社1")
    file = (await get(registry, f"/households/{household}", Role.VILLAGE, region=VILLAGE)).json()
    assert [(each["entity_id"], each["amount"], each["valid_until"]) for each in file["help_agreements"]] == [
        (entity, "50000.00", None)
    ]
    assert file["list_entries"] == []
    async with registry.database.connection() as conn:
        known = (await entity_facts(conn, [UUID(entity)], date(2017, 2, 1)))[UUID(entity)]
        before = (await entity_facts(conn, [UUID(entity)], date(2016, 12, 31)))[UUID(entity)]
    assert (known.conditions_met, known.households, known.amount) == (frozenset(CONDITIONS), 1, Decimal("50000.00"))
    assert (before.active, before.conditions_met, before.households_max) == (False, frozenset(), None)


async def test_a_household_that_ends_frees_its_place(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    entity = await fit_entity(registry, households_max=1)
    await bind(registry, entity, first)
    assert refusal_codes(await bind(registry, entity, second, "2017-2", valid_from="2017-03-01")) == ["entity-full"]
    await changed(registry, change("household_ended", first, end_reason="error"))
    [ended] = (await get(registry, f"/entity-bindings?region_code={COUNTY}&household_id={first}", Role.BANK)).json()[
        "items"
    ]
    assert (ended["valid_until"], ended["end_reason"]) == ("2017-03-01", "household ended")
    again = await bind(registry, entity, first, "2017-3", valid_from="2017-03-01", amount="50000.01")
    assert refusal_codes(again) == ["household-ended"]
    assert (await bind(registry, entity, second, "2017-2", valid_from="2017-03-01")).status_code == 201
