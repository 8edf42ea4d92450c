"""Credit indicators are collected by schedule, and who uses households' loans is looked at (DZ-4b, SX-4)."""

import json
from datetime import date
from typing import Any, Final

import pytest

from services.registry.tests.borrowing import PACKS
from services.registry.tests.conftest import load_regions
from services.registry.tests.county import GOOD_ANSWERS, OTHER_VILLAGE, PACK_TEXT, get, post, registered, row
from services.registry.tests.duty_steps import (
    ASSUMED,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    done,
    duties,
    duty,
    governed_by,
    lend,
    run_day,
)
from services.registry.tests.entity_steps import bind, fit_entity
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService

SYSTEM = {"zh": "省农村信用信息系统", "en": "Province's rural credit system"}
FOLLOWED = PACK_TEXT.replace(
    "\nentities:\n", f"\nentities:\n  follow_up_every_months: {{value: 3, {ASSUMED}}}\n"
).replace(
    "\nrating:\n",
    f"\nrating:\n  collected_through: {{value: {{zh: {SYSTEM['zh']}, en: {SYSTEM['en']}}}, {ASSUMED}}}\n",
)
# The tests' county follows up the use of loans as Zhijin's pack says it.
_BEFORE, _, _REST = PACK_TEXT.partition("\nfollow_up:\n")
_AFTER: Final = _REST[_REST.index("\nsubsidy:\n") :]
_ZHIJINS: Final = {
    name: {"value": rule["value"], "assumed": True, "reason": "as in Zhijin's pack"}
    for name, rule in PACKS["zhijin"].follow_up.model_dump(mode="json", exclude_none=True).items()
}
AS_IN_ZHIJIN: Final = f"{_BEFORE}\nfollow_up: {json.dumps(_ZHIJINS, ensure_ascii=False)}\n{_AFTER}"
PROOF = {"evidence": [{"reference": "省系统采集批次 2018-07"}]}


async def under_these_rules(registry: ServiceUnderTest) -> None:
    """Put a pack in force that names the credit system and has entities looked at every three months."""
    await load_regions(registry)
    await governed_by(registry, FOLLOWED)


@pytest.fixture
async def followed(start_service: StartService) -> ServiceUnderTest:
    """Return a registry of such a county."""
    return await start_service("registry", prepared=under_these_rules)


def turns(found: list[dict[str, Any]]) -> list[tuple[Any, Any, Any]]:
    """Return (region, first day, last day) of each duty."""
    return [(each["region_code"], each["opens_on"], each["due_on"]) for each in found]


async def surveyed(registry: ServiceUnderTest, household: str, on: str) -> None:
    """Record a survey of a household."""
    survey = {"household_id": household, "collected_on": on, "answers": GOOD_ANSWERS}
    answer = await post(registry, "/credit-surveys", {"surveys": [survey]}, Role.HELPER)
    assert answer.status_code == 201, answer.text


@pytest.mark.clause("DZ-4b(a)")
async def test_every_township_owes_a_collection_each_time_the_facts_grow_old(followed: ServiceUnderTest) -> None:
    await run_day(followed, "2018-01-01")
    assert turns(await duties(followed, as_of="2018-01-01", kind="credit_collection")) == [
        (TOWNSHIP, "2017-01-01", "2017-12-31"),
        (OTHER_TOWNSHIP, "2017-01-01", "2017-12-31"),
        (TOWNSHIP, "2018-01-01", "2018-12-31"),
        (OTHER_TOWNSHIP, "2018-01-01", "2018-12-31"),
    ]
    late = await duties(followed, as_of="2018-01-01", kind="credit_collection", state="late")
    assert turns(late) == [(TOWNSHIP, "2017-01-01", "2017-12-31"), (OTHER_TOWNSHIP, "2017-01-01", "2017-12-31")]
    form = (await get(followed, "/rating-forms?county_code=500236&as_of=2018-01-01", Role.TOWNSHIP)).json()
    assert (form["recollect_months"], form["collected_through"]) == (12, SYSTEM)


@pytest.mark.clause("DZ-4b(a)")
async def test_a_collection_is_done_once_every_household_was_collected(followed: ServiceUnderTest) -> None:
    first, second = await registered(followed, row(1), row(2))
    await registered(followed, row(3, village_code=OTHER_VILLAGE), row(4, poverty_state="一般户"))
    await run_day(followed, "2018-01-01")
    [_, collection] = await duties(followed, as_of="2018-01-01", kind="credit_collection", region=TOWNSHIP)
    await surveyed(followed, first, "2018-01-01")
    said: dict[str, Any] = {"role": Role.TOWNSHIP, "region": TOWNSHIP, **PROOF}
    refused = await done(followed, collection["id"], "2018-07-01", **said)
    assert (refused.status_code, refused.json()["code"]) == (409, "collection-incomplete")
    values = refused.json()["values"]
    assert (values["lacking_count"], values["household_numbers"]) == (1, ["FJ00002"])
    await surveyed(followed, second, "2018-07-02")
    assert (await done(followed, collection["id"], "2018-07-01", **said)).json()["code"] == "collection-incomplete"
    unproven = await done(followed, collection["id"], "2018-07-02", role=Role.TOWNSHIP, region=TOWNSHIP)
    assert (unproven.json()["code"], unproven.json()["values"]["lacking"]) == ("duty-record-unfit", ["evidence"])
    answer = await done(followed, collection["id"], "2018-07-02", **said)
    assert answer.status_code == 201, answer.text
    assert (await duty(followed, collection["id"]))["state"] == "done"


async def used_by_an_entity(registry: ServiceUnderTest) -> str:
    """Return an entity that uses the loans of two households from 2017-02-01 on."""
    first, second = await registered(registry, row(1), row(2))
    entity = await fit_entity(registry)
    for number, household in (("2017-1", first), ("2017-2", second)):
        assert (await bind(registry, entity, household, number)).status_code == 201
    return entity


@pytest.mark.clause("SX-4(i)")
async def test_who_uses_loans_is_looked_at_every_turn_and_who_did_not_look_is_listed(
    followed: ServiceUnderTest,
) -> None:
    entity = await used_by_an_entity(followed)
    await run_day(followed, "2017-05-01")
    found = await duties(followed, as_of="2017-05-01", kind="entity_follow_up", entity_id=entity)
    assert turns(found) == [
        (OTHER_TOWNSHIP, "2017-02-01", "2017-04-30"),
        (OTHER_TOWNSHIP, "2017-05-01", "2017-07-31"),
    ]
    assert [(each["state"], each["entity_id"]) for each in found] == [("late", entity), ("open", entity)]
    late = await duties(followed, as_of="2017-05-01", kind="entity_follow_up", state="late")
    assert [(each["opens_on"], each["offices"]) for each in late] == [
        ("2017-02-01", ["township", "service_centre", "poverty_office"])
    ]
    overdue = [data for name, data, _, _ in await followed.outbox() if name == "duty-overdue"]
    assert ("entity_follow_up", "2017-04-30") in [(each["kind"], each["due_on"]) for each in overdue]


@pytest.mark.clause("SX-4(i)")
async def test_wrong_use_or_high_risk_is_ordered_to_be_put_right(followed: ServiceUnderTest) -> None:
    await used_by_an_entity(followed)
    await run_day(followed, "2017-02-01")
    [look] = await duties(followed, as_of="2017-02-01", kind="entity_follow_up")
    silent = await done(followed, look["id"], "2017-03-01")
    assert (silent.json()["code"], silent.json()["values"]["lacking"]) == (
        "duty-record-unfit",
        ["used_as_agreed", "risk"],
    )
    found: tuple[dict[str, Any], ...] = (
        {"used_as_agreed": False, "risk": "low"},
        {"used_as_agreed": True, "risk": "high"},
    )
    for said in found:
        refused = await done(followed, look["id"], "2017-03-01", **said)
        assert (refused.status_code, refused.json()["code"]) == (422, "follow-up-needs-order")
    order = {"text": "收回挪用于购房的资金", "due_on": "2017-03-31"}
    answer = await done(followed, look["id"], "2017-03-01", used_as_agreed=False, risk="high", orders=[order])
    assert answer.status_code == 201, answer.text
    assert (answer.json()["used_as_agreed"], answer.json()["risk"]) == (False, "high")
    [ordered] = await duties(followed, as_of="2017-03-01", kind="rectification")
    assert (ordered["region_code"], ordered["ordered"], ordered["due_on"]) == (
        OTHER_TOWNSHIP,
        order["text"],
        "2017-03-31",
    )


async def test_a_look_ends_with_the_last_agreement_and_begins_again_with_the_next(followed: ServiceUnderTest) -> None:
    entity = await used_by_an_entity(followed)
    await run_day(followed, "2017-02-01")
    bindings = await followed.database.pool.fetch("SELECT id, household_id FROM entity_household ORDER BY id")
    for place, binding in enumerate(bindings):
        ended = {"valid_until": f"2017-03-0{place + 1}", "reason": "协议终止"}
        await post(followed, f"/entity-bindings/{binding['id']}/terminations", ended, Role.TOWNSHIP)
    await run_day(followed, "2017-03-01")
    [look] = await duties(followed, as_of="2017-03-01", kind="entity_follow_up")
    assert look["state"] == "open"
    assert (await run_day(followed, "2017-03-02"))["ended_count"] == 1
    [look] = await duties(followed, as_of="2017-03-02", kind="entity_follow_up")
    assert (look["state"], look["end_cause"], look["ended_on"]) == ("ended", "entity_released", "2017-03-02")
    again = await bind(followed, entity, str(bindings[0]["household_id"]), "2017-3", valid_from="2017-03-10")
    assert again.status_code == 201, again.text
    await run_day(followed, "2017-03-10")
    found = await duties(followed, as_of="2017-03-10", kind="entity_follow_up", state="open")
    assert turns(found) == [(OTHER_TOWNSHIP, "2017-03-10", "2017-06-09")]


async def as_in_zhijin(registry: ServiceUnderTest) -> None:
    """Put the follow-up of Zhijin's pack in force."""
    await load_regions(registry)
    await governed_by(registry, AS_IN_ZHIJIN)


@pytest.mark.clause("ZJ-2c(e)")
async def test_the_use_of_zhijins_loan_is_followed_every_three_months_and_wrong_use_is_put_right(
    start_service: StartService,
) -> None:
    registry = await start_service("registry", prepared=as_in_zhijin)
    [household] = await registered(registry, row(1))
    loan = await lend(registry, household, date(2017, 1, 31))
    await run_day(registry, "2017-05-01")
    missed, turn = await duties(registry, as_of="2017-05-01", kind="use_survey", loan_id=loan)
    assert [(each["opens_on"], each["due_on"], each["state"]) for each in (missed, turn)] == [
        ("2017-01-31", "2017-04-29", "late"),
        ("2017-04-30", "2017-07-30", "open"),
    ]
    overdue = [data for name, data, _, _ in await registry.outbox() if name == "duty-overdue"]
    assert [(each["kind"], each["due_on"]) for each in overdue if each["loan_id"] == str(loan)] == [
        ("use_survey", "2017-04-29")
    ]

    order = {"text": "贷款未用于养殖，收回后用于养殖"}
    answer = await done(registry, turn["id"], "2017-05-01", role=Role.TOWNSHIP, orders=[order])
    assert answer.status_code == 201, answer.text
    [ordered] = await duties(registry, as_of="2017-05-01", kind="rectification")
    assert (ordered["loan_id"], ordered["ordered"], ordered["due_on"]) == (str(loan), order["text"], "2017-05-31")
    await run_day(registry, "2017-06-01")
    assert [each["state"] for each in await duties(registry, as_of="2017-06-01", kind="rectification")] == ["late"]
