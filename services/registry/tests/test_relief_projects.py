"""Who evades debts takes part in no relief project until they are cleared (LG-22)."""

from typing import Any

import pytest

from services.registry.tests.county import post, registered, row
from services.registry.tests.entity_steps import (
    EVIDENCE,
    assessment_body,
    bind,
    decide_assessment,
    fit_entity,
    refusal_codes,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def _listed(registry: ServiceUnderTest, **subject: str) -> str:
    """Put a household or an entity on the blacklist on 2017-03-01 and return the entry."""
    body = {"list_name": "blacklist", "cause": "malicious_evasion", "reason": "恶意逃债", "evidence": EVIDENCE}
    proposal = {**body, "filed_on": "2017-03-01", **subject}
    request = (await post(registry, "/listing-proposals", proposal, Role.SERVICE_CENTRE)).json()["id"]
    decided = await _decided(registry, request, "2017-03-01")
    listing: str = decided["listing_id"]
    return listing


async def _cleared(registry: ServiceUnderTest, listing: str) -> None:
    """Have an entry removed on 2017-04-05."""
    plea = {"reason": "已清偿", "evidence": EVIDENCE, "filed_on": "2017-04-01"}
    removal = await post(registry, f"/listings/{listing}/removals", plea, Role.SERVICE_CENTRE)
    await _decided(registry, removal.json()["id"], "2017-04-05")


async def _decided(registry: ServiceUnderTest, request: str, on: str) -> dict[str, Any]:
    decision = {"decision": "accept", "reason": "属实", "decided_on": on}
    decided = await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    assert decided.status_code == 201, decided.text
    found: dict[str, Any] = decided.json()
    return found


@pytest.mark.clause("LG-22(d)")
async def test_a_household_that_evades_joins_no_project_until_cleared(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await fit_entity(registry)
    listing = await _listed(registry, household_id=household)
    refused = await bind(registry, entity, household, valid_from="2017-03-01")
    assert refusal_codes(refused) == ["household-blacklisted"]
    assert refused.json()["values"]["reasons"][0]["clause"] == "LG-22"
    await _cleared(registry, listing)
    assert (await bind(registry, entity, household, valid_from="2017-04-05")).status_code == 201


@pytest.mark.clause("LG-22(d)")
async def test_an_entity_that_evades_is_given_no_project_until_cleared(registry: ServiceUnderTest) -> None:
    entity = await fit_entity(registry)
    listing = await _listed(registry, entity_id=entity)

    async def wanted(on: str, *, agrees: bool = True) -> tuple[int, str | None]:
        said = {"agrees": agrees, "decided_on": on, "reason": "考察意见", "evidence": EVIDENCE}
        path = f"/implementing-entities/{entity}/determinations"
        answer = await post(registry, path, said, Role.POVERTY_OFFICE)
        return answer.status_code, answer.json().get("code")

    assert await wanted("2017-02-28") == (409, "entity-blacklisted"), "an entry that holds counts for days before it"
    assert await wanted("2017-03-01") == (409, "entity-blacklisted")
    assert await wanted("2017-03-01", agrees=False) == (201, None)
    await _cleared(registry, listing)
    assert await wanted("2017-04-04") == (409, "entity-blacklisted")
    assert await wanted("2017-04-05") == (201, None)


@pytest.mark.clause("LG-22(d)")
async def test_no_capacity_for_projects_is_confirmed_to_who_evades(registry: ServiceUnderTest) -> None:
    entity = await fit_entity(registry)
    listing = await _listed(registry, entity_id=entity)
    larger = assessment_body(50, "2500000.00", assessed_on="2017-03-10")
    proposed = await post(registry, f"/implementing-entities/{entity}/assessments", larger, Role.SERVICE_CENTRE)
    assessment = proposed.json()["id"]
    refused = await decide_assessment(registry, assessment, on="2017-03-10")
    assert (refused.status_code, refused.json()["code"]) == (409, "entity-blacklisted")
    assert refused.json()["values"] == {"entity_id": entity, "listed_on": "2017-03-01"}
    await _cleared(registry, listing)
    assert (await decide_assessment(registry, assessment, on="2017-04-05")).status_code == 201
