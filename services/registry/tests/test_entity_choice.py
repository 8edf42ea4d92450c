"""Nobody chooses for a household: county, bank and insurer determine an entity, the household sees all and chooses."""

from typing import Any

import pytest

from services.registry.tests.asking_packs import governed_by
from services.registry.tests.county import COUNTY, post, registered, row
from services.registry.tests.entity_steps import (
    CONDITIONS,
    EVIDENCE,
    assess,
    assessment_body,
    bind,
    check_conditions,
    refusal_codes,
    registered_entity,
    show,
)
from shared.access import Grant, Principal, Role
from shared.testing.service import ServiceUnderTest

PARTIES = ((Role.POVERTY_OFFICE, None), (Role.BANK, "RCB"), (Role.INSURER, "PICC"))


@pytest.fixture
async def asking(regional_registry: ServiceUnderTest) -> ServiceUnderTest:
    """Return a registry whose county determines entities together and lets households choose."""
    return await governed_by(
        regional_registry,
        entities__determined_by=["county", "bank", "insurer"],
        entities__choice_required=True,
        eligibility__rating_required=False,
    )


async def _say(registry: ServiceUnderTest, entity: str, role: Role, who: str | None, **other: Any) -> Any:
    body = {"agrees": True, "decided_on": "2017-01-06", "reason": "考察同意", "evidence": EVIDENCE, **other}
    subject = f"{role} {who}"
    headers = registry.headers(role, organisation=who, subject=subject)
    path = f"/api/v1/implementing-entities/{entity}/determinations"
    return await registry.client.post(path, json=body, headers=headers)


async def _fit(registry: ServiceUnderTest, place: int = 1) -> str:
    entity = await registered_entity(registry, place)
    await check_conditions(registry, entity, *CONDITIONS)
    await assess(registry, entity, assessment_body(20, "1000000.00"))
    return entity


async def _determined(registry: ServiceUnderTest, place: int = 1) -> str:
    entity = await _fit(registry, place)
    for role, who in PARTIES:
        said = await _say(registry, entity, role, who)
        assert said.status_code == 201, said.text
    return entity


def _choice(*shown: str, chosen_on: str = "2017-01-20") -> dict[str, Any]:
    return {"shown_on": "2017-01-20", "shown_entity_ids": shown, "chosen_on": chosen_on, "evidence": EVIDENCE}


async def _reasons(registry: ServiceUnderTest, household: str, as_of: str, **other: Any) -> list[str]:
    item = {"household_id": household, "amount": "20000.00", "term_months": 12, "mode": "indirect", **other}
    answer = await post(registry, "/eligibility-checks", {"as_of": as_of, "items": [item]}, Role.SERVICE_CENTRE)
    assert answer.status_code == 200, answer.text
    return [reason["code"] for reason in answer.json()["items"][0]["reasons"]]


@pytest.mark.clause("SX-10(b)")
async def test_county_bank_and_insurer_each_say_yes_before_an_entity_takes_households(asking: ServiceUnderTest) -> None:
    [household], entity = await registered(asking, row(1)), await _fit(asking)
    for role, who in PARTIES:
        refused = await bind(asking, entity, household, choice=_choice(entity))
        assert refusal_codes(refused) == ["entity-not-determined"]
        assert (await _say(asking, entity, role, who)).status_code == 201
    bound = await bind(asking, entity, household, choice=_choice(entity))
    assert bound.status_code == 201, bound.text
    said = (await show(asking, entity))["determinations"]
    assert [(each["party"], each["organisation"], each["agrees"]) for each in said] == [
        ("county", "500236", True),
        ("bank", "RCB", True),
        ("insurer", "PICC", True),
    ]


@pytest.mark.clause("SX-10(d)")
async def test_a_bank_that_says_no_later_stops_further_loans_until_it_agrees_again(asking: ServiceUnderTest) -> None:
    [household], entity = await registered(asking, row(1)), await _determined(asking)
    assert (await bind(asking, entity, household, choice=_choice(entity))).status_code == 201
    assert await _reasons(asking, household, "2017-02-01") == []
    no = await _say(asking, entity, Role.BANK, "RCB", agrees=False, decided_on="2017-02-10", reason="经营下滑")
    assert [each["code"] for each in no.json()["barriers"]] == ["entity-not-determined"]
    assert await _reasons(asking, household, "2017-02-09") == []
    assert await _reasons(asking, household, "2017-02-10") == ["entity-not-determined"]
    await _say(asking, entity, Role.BANK, "RCB", decided_on="2017-03-01")
    assert await _reasons(asking, household, "2017-03-01") == []


@pytest.mark.clause("SX-10(c)")
async def test_a_household_that_was_not_shown_every_entity_has_not_chosen(asking: ServiceUnderTest) -> None:
    [household] = await registered(asking, row(1))
    entity, other, undetermined = await _determined(asking, 1), await _determined(asking, 2), await _fit(asking, 3)
    partly = await bind(asking, entity, household, choice=_choice(entity, undetermined))
    assert refusal_codes(partly) == ["entities-not-shown"]
    bound = await bind(asking, entity, household, choice=_choice(entity, other))
    assert bound.status_code == 201, bound.text
    assert bound.json()["choice"] == {
        "shown_on": "2017-01-20",
        "shown_entity_ids": [entity, other],
        "chosen_on": "2017-01-20",
        "evidence": EVIDENCE,
    }


@pytest.mark.clause("SX-10(d)")
async def test_nobody_sets_an_entity_for_a_household_that_has_not_chosen_it(asking: ServiceUnderTest) -> None:
    [household] = await registered(asking, row(1))
    entity, other = await _determined(asking, 1), await _determined(asking, 2)
    for choice in (None, _choice(other), _choice(entity, other, chosen_on="2017-02-02")):
        refused = await bind(asking, entity, household, choice=choice)
        assert refusal_codes(refused) == ["household-has-not-chosen"], choice
    assert await _reasons(asking, household, "2017-02-01", entity_id=entity) == ["entity-not-chosen"]
    assert (await bind(asking, entity, household, choice=_choice(entity, other))).status_code == 201
    assert await _reasons(asking, household, "2017-02-01", entity_id=entity) == []
    assert await _reasons(asking, household, "2017-02-01", entity_id=other) == ["entity-not-chosen"]


async def test_a_party_is_named_by_who_belongs_to_several(
    asking: ServiceUnderTest,
) -> None:
    entity = await _fit(asking)
    assert (await _say(asking, entity, Role.BANK, "RCB", party="county")).json()["code"] == "party-not-yours"
    assert (await _say(asking, entity, Role.TOWNSHIP, None)).json()["code"] == "right-missing"
    assert (await _say(asking, entity, Role.BANK, None)).json()["code"] == "organisation-missing"
    both = Principal("both", "both", (Grant(Role.SERVICE_CENTRE, COUNTY), Grant(Role.BANK, COUNTY)), "RCB")
    headers = asking.headers(Role.BANK)
    headers["Authorization"] = f"Bearer {asking.signer.sign(both, asking.name, 60)}"
    path = f"/api/v1/implementing-entities/{entity}/determinations"
    body = {"agrees": True, "decided_on": "2017-01-06", "reason": "考察同意", "evidence": EVIDENCE}
    unnamed = await asking.client.post(path, json=body, headers=headers)
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "party-ambiguous")
    early = await _say(asking, entity, Role.BANK, "RCB", decided_on="2016-12-31")
    assert early.json()["code"] == "date-before-step"


async def test_a_county_that_does_not_ask_binds_without_a_choice(registry: ServiceUnderTest) -> None:
    [household], entity = await registered(registry, row(1)), await _fit(registry)
    assert (await bind(registry, entity, household)).json()["choice"] is None
