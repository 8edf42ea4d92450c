"""Implementing entities taken step by step from registration to bindings, for the tests of entities."""

from typing import Any
from uuid import UUID

import httpx

from services.registry.standing.entities.rules.credit_code import check_character
from services.registry.tests.county import COUNTY, VILLAGE, get, post
from shared.access import Role
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))
EVIDENCE = [{"reference": "营业执照复印件", "sha256": "cd" * 32}]
CONDITIONS = ("registered", "local_account", "creditworthy", "no_dispute")


def code_of(place: int) -> str:
    """Return a right unified social credit code, different for each place."""
    first = f"93500236MA5U{place:04d}X"
    return first + check_character(first)


def entity_body(place: int = 1, **other: Any) -> dict[str, Any]:
    """Return what is asked of a cooperative to be registered; `other` replaces fields."""
    return {
        "name": f"白帝脐橙专业合作社{place}",
        "credit_code": code_of(place),
        "kind": "cooperative",
        "region_code": "500236117",
        "legal_representative": "王甲乙",
        "bank_code": "RCB",
        "settlement_account": "6217000000009911",
        "registered_on": "2017-01-01",
        **other,
    }


async def registered_entity(registry: ServiceUnderTest, place: int = 1, **other: Any) -> str:
    """Register an entity and return its id."""
    answer = await post(registry, "/implementing-entities", entity_body(place, **other), Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text
    entity: str = answer.json()["id"]
    return entity


def check_body(condition: str, **other: Any) -> dict[str, Any]:
    """Return the finding that a condition is met from 2017-01-02 on."""
    return {
        "condition": condition,
        "met": True,
        "valid_from": "2017-01-02",
        "reason": "现场核查",
        "evidence": EVIDENCE,
        **other,
    }


def assessment_body(households_max: int = 2, amount_max: str = "100000.00", **other: Any) -> dict[str, Any]:
    """Return an assessment of capacity, valid for 2017."""
    return {
        "households_max": households_max,
        "amount_max": amount_max,
        "assessed_on": "2017-01-03",
        "valid_until": "2018-01-03",
        "reason": "按上年产值测算",
        "evidence": EVIDENCE,
        **other,
    }


async def check_conditions(registry: ServiceUnderTest, entity: str, *conditions: str) -> None:
    """Have conditions of an entity found met."""
    for condition in conditions:
        path = f"/implementing-entities/{entity}/conditions"
        answer = await post(registry, path, check_body(condition), Role.SERVICE_CENTRE)
        assert answer.status_code == 201, answer.text


async def assess(registry: ServiceUnderTest, entity: str, body: dict[str, Any], on: str = "2017-01-05") -> str:
    """Have an assessment proposed and confirmed by two officers and return its id."""
    proposed = await post(registry, f"/implementing-entities/{entity}/assessments", body, Role.SERVICE_CENTRE)
    assert proposed.status_code == 201, proposed.text
    assessment: str = proposed.json()["id"]
    decided = await decide_assessment(registry, assessment, on=on)
    assert decided.status_code == 201, decided.text
    return assessment


async def decide_assessment(
    registry: ServiceUnderTest, assessment: str, decision: str = "confirm", on: str = "2017-01-05", **other: Any
) -> httpx.Response:
    """Decide an assessment as the finance bureau."""
    body = {"decision": decision, "reason": "同意", "decided_on": on}
    return await post(registry, f"/entity-assessments/{assessment}/decisions", body, Role.FINANCE_BUREAU, **other)


async def fit_entity(registry: ServiceUnderTest, households_max: int = 2, amount_max: str = "100000.00") -> str:
    """Return an entity that may take on households from 2017-01-05 on."""
    entity = await registered_entity(registry)
    await check_conditions(registry, entity, *CONDITIONS)
    await assess(registry, entity, assessment_body(households_max, amount_max))
    return entity


async def bind(
    registry: ServiceUnderTest, entity: str, household: str, number: str = "2017-1", **other: Any
) -> httpx.Response:
    """Bind a household to an entity for 50 000.00 from 2017-02-01; `other` replaces fields, role and region."""
    role, region = other.pop("role", Role.TOWNSHIP), other.pop("region", COUNTY)
    body = {
        "entity_id": entity,
        "household_id": household,
        "agreement_number": number,
        "amount": "50000.00",
        "valid_from": "2017-02-01",
        **other,
    }
    return await post(registry, "/entity-bindings", body, role, region=region)


async def show(registry: ServiceUnderTest, entity: str, as_of: str = "2017-02-01") -> dict[str, Any]:
    """Return what an officer of the township sees of an entity on a day."""
    answer = await get(registry, f"/implementing-entities/{entity}?as_of={as_of}", Role.TOWNSHIP, region=VILLAGE[:9])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusal_codes(answer: httpx.Response) -> list[str]:
    """Return the codes of all reasons for which a binding was refused."""
    assert (answer.status_code, answer.json()["code"]) == (409, "entity-binding-refused"), answer.text
    return [reason["code"] for reason in answer.json()["values"]["reasons"]]
