"""Lists by officers' hands: proposed by one, decided by another; every step stays on file."""

import asyncio
from datetime import date
from typing import Any

import pytest

from services.registry.tests.county import OTHER_VILLAGE, VILLAGE, events, get, post, registered, row
from services.registry.tests.listing_steps import (
    EVIDENCE,
    UNKNOWN,
    decide,
    decision_body,
    effects_of,
    entry_file,
    plea,
    proposal,
    put_on_list,
)
from shared.access import Role
from shared.events.registry import HouseholdListed
from shared.testing.service import ServiceUnderTest


@pytest.mark.clause("LG-22")
async def test_one_officer_proposes_and_another_lists(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    file = await entry_file(registry, listing)
    assert (file["household_id"], file["list_name"], file["source"], file["state"]) == (
        household,
        "blacklist",
        "officer",
        "listed",
    )
    assert (file["cause"], file["reason"], file["evidence"]) == ("malicious_evasion", "转移财产逃避还款", EVIDENCE)
    assert (file["listed_on"], file["region_code"]) == ("2018-08-10", VILLAGE)
    assert [effect["code"] for effect in file["effects"]] == [
        "no-new-loan",
        "no-support",
        "no-grant",
        "no-project",
        "no-binding",
    ]
    assert [(step["kind"], step["recorded_by"]) for step in file["steps"]] == [("listed", "qian")]
    assert [(each["kind"], each["filed_by"], each["decided_by"], each["is_late"]) for each in file["requests"]] == [
        ("entry", "zhao", "qian", False)
    ]
    household_dossier = (await get(registry, f"/households/{household}", Role.VILLAGE)).json()
    assert [(each["id"], each["state"]) for each in household_dossier["list_entries"]] == [(listing, "listed")]
    [(recorded, version)] = await events(registry, HouseholdListed)
    assert (str(recorded.listing_id), recorded.source, recorded.loan_id, recorded.listed_on, version) == (
        listing,
        "officer",
        None,
        date(2018, 8, 10),
        1,
    )


async def test_a_rejected_proposal_lists_nobody(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = (await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP)).json()
    decided = (await decide(registry, proposed["id"], "reject", "2018-08-10")).json()
    assert (decided["state"], decided["listing_id"], decided["decided_by"]) == ("rejected", None, "judge")
    assert (await effects_of(registry, household, "2018-08-10"))["clear"]
    assert await events(registry, HouseholdListed) == []


async def test_nobody_decides_what_they_proposed_themselves(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    body = proposal(household)
    proposed = (await post(registry, "/listing-proposals", body, Role.POVERTY_OFFICE, subject="sun")).json()
    answer = await decide(registry, proposed["id"], "accept", "2018-08-10", subject="sun")
    assert (answer.status_code, answer.json()["code"]) == (403, "maker-is-checker")


async def test_a_proposal_is_decided_once_and_of_two_at_once_one_counts(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = (await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP)).json()
    answers = await asyncio.gather(
        *(decide(registry, proposed["id"], "accept", "2018-08-10", subject=f"judge-{place}") for place in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"listing-request-decided"}
    assert await registry.database.pool.fetchval("SELECT count(*) FROM listing") == 1


async def test_an_early_decision_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = (await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP)).json()
    answer = await decide(registry, proposed["id"], "accept", "2018-07-31")
    assert (answer.status_code, answer.json()["code"]) == (422, "date-before-step")


async def test_a_second_proposal_and_a_second_entry_are_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    first = (await post(registry, "/listing-proposals", proposal(household), Role.TOWNSHIP)).json()
    again = await post(registry, "/listing-proposals", proposal(household), Role.SERVICE_CENTRE)
    assert (again.status_code, again.json()["code"]) == (409, "listing-request-open")
    await decide(registry, first["id"], "accept", "2018-08-10")
    after = await post(registry, "/listing-proposals", proposal(household), Role.SERVICE_CENTRE)
    assert (after.status_code, after.json()["code"]) == (409, "already-listed")
    other_list = proposal(household, list_name="dishonesty")
    assert (await post(registry, "/listing-proposals", other_list, Role.TOWNSHIP)).status_code == 201


@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        ({"household_id": None}, 422, "one-subject-needed"),
        ({"entity_id": UNKNOWN}, 422, "one-subject-needed"),
        ({"household_id": UNKNOWN}, 404, "households-unknown"),
        ({"household_id": None, "entity_id": UNKNOWN}, 404, "entity-unknown"),
        ({"evidence": []}, 422, "invalid-request"),
        ({"evidence": [{"reference": "x", "sha256": "abc"}]}, 422, "invalid-request"),
        ({"reason": ""}, 422, "invalid-request"),
        ({"cause": "late"}, 422, "invalid-request"),
        ({"list_name": "greylist"}, 422, "invalid-request"),
        ({"surprise": 1}, 422, "invalid-request"),
    ],
)
async def test_a_proposal_that_makes_no_sense_is_refused(
    registry: ServiceUnderTest, broken: dict[str, Any], status: int, code: str
) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, "/listing-proposals", {**proposal(household), **broken}, Role.TOWNSHIP)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_each_step_needs_its_right_and_its_region(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    for path, body, role in (
        ("/listing-proposals", proposal(household), Role.VILLAGE),
        (f"/listings/{listing}/appeals", plea(), Role.POVERTY_OFFICE),
        (f"/listings/{listing}/removals", plea(), Role.HELPER),
        (f"/listing-requests/{UNKNOWN}/decisions", decision_body("accept", "2018-09-02"), Role.TOWNSHIP),
    ):
        answer = await post(registry, path, body, role)
        assert (answer.status_code, answer.json()["code"]) == (403, "right-missing"), path
    elsewhere = await post(registry, f"/listings/{listing}/appeals", plea(), Role.VILLAGE, region=OTHER_VILLAGE)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "listing-unknown")
    hidden = await get(registry, f"/listings/{listing}", Role.TOWNSHIP, region="500236117")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "listing-unknown")
    appeal = (await post(registry, f"/listings/{listing}/appeals", plea(), Role.VILLAGE)).json()
    path = f"/listing-requests/{appeal['id']}/decisions"
    foreign = await post(registry, path, decision_body("accept", "2018-09-02"), Role.POVERTY_OFFICE, region="500237")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "listing-request-unknown")


async def test_history_is_kept(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await put_on_list(registry, household)
    for statement in (
        "DELETE FROM listing",
        "DELETE FROM listing_event",
        "UPDATE listing_event SET reason = 'x'",
        "DELETE FROM listing_request",
        "UPDATE listing_request SET decision_reason = 'x'",
    ):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(statement)
