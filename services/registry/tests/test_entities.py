"""Implementing entities: registered by code, checked on the pack's conditions only, assessed by two officers, ended."""

import asyncio
from typing import Any

import pytest

from services.registry.standing.entities.rules.credit_code import ALPHABET
from services.registry.tests.county import COUNTY, VILLAGE, get, post, registered, row
from services.registry.tests.entity_steps import (
    CONDITIONS,
    EVIDENCE,
    assess,
    assessment_body,
    bind,
    check_body,
    check_conditions,
    code_of,
    decide_assessment,
    entity_body,
    fit_entity,
    refusal_codes,
    registered_entity,
    show,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def test_an_entity_is_registered_once_with_its_secrets_masked(registry: ServiceUnderTest) -> None:
    answer = await post(registry, "/implementing-entities", entity_body(), Role.TOWNSHIP, region="500236117")
    entity = answer.json()
    assert (entity["legal_representative"], entity["settlement_account"]) == ("王**", "************9911")
    assert (entity["county_code"], entity["kind"], entity["state"]) == (COUNTY, "cooperative", "active")
    assert entity["conditions_missing"] == list(CONDITIONS)
    assert [each["code"] for each in entity["barriers"]] == ["entity-condition-missing", "entity-not-assessed"]
    again = await post(registry, "/implementing-entities", entity_body(name="另名"), Role.SERVICE_CENTRE)
    assert (again.status_code, again.json()["code"]) == (409, "entity-registered")
    kept = await registry.database.pool.fetchrow("SELECT * FROM implementing_entity")
    assert kept is not None
    assert "王甲乙".encode() not in kept["legal_representative_sealed"]
    assert b"6217000000009911" not in kept["settlement_account_sealed"]


async def test_a_correction_keeps_what_stood_there_before(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    path = f"/implementing-entities/{entity}/corrections"
    body = {"corrected_on": "2017-03-01", "reason": "变更法定代表人", "evidence": EVIDENCE}
    answer = await post(registry, path, {**body, "legal_representative": "李丙丁"}, Role.TOWNSHIP, subject="feng")
    assert (answer.json()["legal_representative"], answer.json()["settlement_account"]) == ("李**", "************9911")
    [before] = (await show(registry, entity))["corrections"]
    assert (before["legal_representative"], before["corrected_by"], before["corrected_on"]) == (
        "王**",
        "feng",
        "2017-03-01",
    )
    for other, code in (
        ({}, "nothing-corrected"),
        ({"bank_code": "RCB"}, "nothing-corrected"),
        ({"bank_code": "PSBC", "corrected_on": "2016-12-31"}, "date-before-step"),
        ({"credit_code": code_of(2)}, "invalid-request"),
    ):
        refused = await post(registry, path, {**body, **other}, Role.TOWNSHIP)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    with pytest.raises(Exception, match="only grows"):
        await registry.database.pool.execute("DELETE FROM entity_correction")


@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        ({"credit_code": code_of(1)[:17] + ALPHABET[ALPHABET.index(code_of(1)[17]) - 1]}, 422, "credit-code-invalid"),
        ({"region_code": "500236999"}, 422, "entity-region-unknown"),
        ({"region_code": "50"}, 403, "outside-region"),
        ({"region_code": "500237100"}, 403, "outside-region"),
        ({"kind": "bank"}, 422, "invalid-request"),
        ({"settlement_account": "12 34"}, 422, "invalid-request"),
        ({"guarantor": "x"}, 422, "invalid-request"),
    ],
)
async def test_an_entity_that_makes_no_sense_is_refused(
    registry: ServiceUnderTest, broken: dict[str, Any], status: int, code: str
) -> None:
    answer = await post(registry, "/implementing-entities", {**entity_body(), **broken}, Role.SERVICE_CENTRE)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.clause("SX-4(g)")
async def test_no_further_barrier_may_be_added(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    path = f"/implementing-entities/{entity}/conditions"
    answer = await post(registry, path, check_body("three_years_in_business"), Role.SERVICE_CENTRE)
    assert (answer.status_code, answer.json()["code"]) == (422, "entity-condition-unknown")
    assert answer.json()["values"]["conditions"] == list(CONDITIONS)
    assert "no further barrier" in answer.json()["detail"]


@pytest.mark.clause("SX-4(e)", "SX-4(f)")
async def test_the_latest_check_that_has_begun_counts(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    await check_conditions(registry, entity, *CONDITIONS)
    path = f"/implementing-entities/{entity}/conditions"
    lost = check_body("no_dispute", met=False, valid_from="2017-05-01", reason="合同纠纷立案")
    await post(registry, path, lost, Role.POVERTY_OFFICE)
    short = check_body("creditworthy", valid_from="2017-01-02", valid_until="2017-06-01")
    await post(registry, path, short, Role.POVERTY_OFFICE)
    for as_of, missing in (
        ("2017-01-01", list(CONDITIONS)),
        ("2017-04-30", []),
        ("2017-05-01", ["no_dispute"]),
        ("2017-06-01", ["creditworthy", "no_dispute"]),
    ):
        shown = await show(registry, entity, as_of)
        assert shown["conditions_missing"] == missing
        assert {each["condition"] for each in shown["conditions"] if not each["met"]} == set(missing)
    assert len(shown["checks"]) == 6
    backwards = await post(registry, path, check_body("registered", valid_until="2017-01-02"), Role.SERVICE_CENTRE)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "period-empty")


@pytest.mark.clause("SX-4(h)")
async def test_a_capacity_is_confirmed_by_another(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    path = f"/implementing-entities/{entity}/assessments"
    proposed = (await post(registry, path, assessment_body(), Role.SERVICE_CENTRE, subject="wu")).json()
    assert (await show(registry, entity))["households_max"] is None
    second = await post(registry, path, assessment_body(), Role.SERVICE_CENTRE)
    assert (second.status_code, second.json()["code"]) == (409, "entity-assessment-open")
    own = await decide_assessment(registry, proposed["id"], subject="wu")
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    early = await decide_assessment(registry, proposed["id"], on="2017-01-02")
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    expired = await decide_assessment(registry, proposed["id"], on="2018-01-03")
    assert (expired.status_code, expired.json()["code"]) == (422, "period-empty")
    foreign = await decide_assessment(registry, proposed["id"], region="500237")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "entity-assessment-unknown")
    answers = await asyncio.gather(
        *(decide_assessment(registry, proposed["id"], subject=f"zheng-{n}") for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"entity-assessment-decided"}
    shown = await show(registry, entity)
    assert (shown["households_max"], shown["amount_max"], shown["households_left"]) == (2, "100000.00", 2)
    assert [each["state"] for each in shown["assessments"]] == ["confirmed"]


async def test_the_latest_assessment_caps_from_the_day_of_its_confirmation(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    await assess(registry, entity, assessment_body(2), on="2017-01-05")
    await assess(registry, entity, assessment_body(5, assessed_on="2017-02-20"), on="2017-03-01")
    for as_of, households_max in (("2017-01-04", None), ("2017-01-05", 2), ("2017-02-28", 2), ("2017-03-01", 5)):
        assert (await show(registry, entity, as_of))["households_max"] == households_max, as_of


async def test_a_rejected_assessment_counts_for_nothing(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    path = f"/implementing-entities/{entity}/assessments"
    proposed = (await post(registry, path, assessment_body(), Role.SERVICE_CENTRE)).json()
    assert (await decide_assessment(registry, proposed["id"], "reject")).json()["state"] == "rejected"
    assert (await show(registry, entity))["households_max"] is None
    backwards = await post(registry, path, assessment_body(valid_until="2017-01-03"), Role.SERVICE_CENTRE)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "period-empty")


async def test_an_entity_ends_when_nobody_is_bound_to_it(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await fit_entity(registry)
    binding = (await bind(registry, entity, household)).json()["id"]
    path = f"/implementing-entities/{entity}/terminations"
    body = {"ended_on": "2017-05-01", "reason": "注销"}
    bound = await post(registry, path, body, Role.SERVICE_CENTRE)
    assert (bound.status_code, bound.json()["code"]) == (409, "households-still-bound")
    ending = {"valid_until": "2017-05-01", "reason": "主体注销"}
    await post(registry, f"/entity-bindings/{binding}/terminations", ending, Role.TOWNSHIP)
    early = await post(registry, path, {**body, "ended_on": "2016-12-31"}, Role.SERVICE_CENTRE)
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    assert (await post(registry, path, body, Role.SERVICE_CENTRE)).json()["state"] == "ended"
    again = await post(registry, path, body, Role.SERVICE_CENTRE)
    assert (again.status_code, again.json()["code"]) == (409, "entity-ended")
    refused = await bind(registry, entity, household, "2017-2", valid_from="2017-05-01")
    assert refusal_codes(refused) == ["entity-missing"]


async def test_entities_are_read_in_the_whole_county_and_nowhere_else(registry: ServiceUnderTest) -> None:
    entity = await fit_entity(registry)
    await registered_entity(registry, 2, kind="enterprise", region_code=VILLAGE)
    path = f"/implementing-entities?region_code={COUNTY}&as_of=2017-02-01"
    for role, region in ((Role.VILLAGE, VILLAGE), (Role.BANK, COUNTY), (Role.AUDITOR, "")):
        items = (await get(registry, path, role, region=region)).json()["items"]
        assert [(each["kind"], [reason["code"] for reason in each["barriers"]]) for each in items] == [
            ("cooperative", []),
            ("enterprise", ["entity-condition-missing", "entity-not-assessed"]),
        ]
    for query, count in (("kind=enterprise", 1), (f"credit_code={code_of(1)}", 1), ("state=ended", 0), ("limit=1", 1)):
        assert len((await get(registry, f"{path}&{query}", Role.BANK)).json()["items"]) == count
    assert (await get(registry, path, Role.TOWNSHIP, region="500237100")).json()["items"] == []
    hidden = await get(registry, f"/implementing-entities/{entity}", Role.TOWNSHIP, region="500237100")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "entity-unknown")
    denied = await get(registry, path, Role.GUARANTOR)
    assert (denied.status_code, denied.json()["code"]) == (403, "right-missing")


async def test_what_is_on_file_is_kept(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await fit_entity(registry)
    binding = (await bind(registry, entity, household)).json()["id"]
    ended = {"valid_until": "2017-05-01", "reason": "终止"}
    await post(registry, f"/entity-bindings/{binding}/terminations", ended, Role.TOWNSHIP)
    for statement in (
        "DELETE FROM implementing_entity",
        "UPDATE entity_condition SET met = false",
        "UPDATE entity_assessment SET households_max = 99",
        "UPDATE entity_household SET valid_until = NULL",
        "DELETE FROM entity_household",
    ):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(statement)
