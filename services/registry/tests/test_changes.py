"""Changes are proposed by one officer and decided by another; old and new values stand side by side."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, get, post, registered, resident_id, row
from services.registry.tests.family import (
    ON,
    change,
    changed,
    decide,
    file_of,
    head_of,
    joined,
    members,
    new_head,
    person,
    propose,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest

PHONE = "13900000001"


async def _phone_change(registry: ServiceUnderTest) -> tuple[str, str]:
    [household] = await registered(registry, row(1))
    proposed = await propose(registry, change("contact_changed", household, phone=PHONE))
    assert proposed.status_code == 201, proposed.text
    return household, proposed.json()["id"]


async def test_a_change_holds_when_another_officer_approves_it(registry: ServiceUnderTest) -> None:
    household, change_id = await _phone_change(registry)
    assert (await file_of(registry, household))["phone"] == "*******0001"
    answer = (await decide(registry, change_id)).json()
    assert (answer["state"], answer["proposed_by"], answer["decided_by"]) == (
        "approved",
        "village-officer",
        "township-officer",
    )
    assert answer["values"] == [{"field": "phone", "old": "*******0001", "new": "*******0001"}]
    phone = await registry.database.pool.fetchval("SELECT phone_sealed FROM household")
    assert registry.app.state.cipher.decrypt(phone, "household.phone") == PHONE


async def test_old_and_new_values_are_sealed_on_file(registry: ServiceUnderTest) -> None:
    await _phone_change(registry)
    stored = await registry.database.pool.fetchval("SELECT row_to_json(c)::text FROM change_request c")
    assert PHONE not in stored
    assert PHONE.encode().hex() not in stored


async def test_a_rejected_change_leaves_everything(registry: ServiceUnderTest) -> None:
    household, change_id = await _phone_change(registry)
    before = await file_of(registry, household)
    assert (await decide(registry, change_id, "reject")).json()["state"] == "rejected"
    assert await file_of(registry, household) == before


@pytest.mark.parametrize("first", ["approve", "reject"])
@pytest.mark.parametrize("second", ["approve", "reject"])
async def test_refuses_a_second_decision(registry: ServiceUnderTest, first: str, second: str) -> None:
    _, change_id = await _phone_change(registry)
    assert (await decide(registry, change_id, first)).status_code == 201
    again = await decide(registry, change_id, second, subject="other")
    assert (again.status_code, again.json()["code"]) == (409, "change-already-decided")


async def test_of_two_approvals_at_once_exactly_one_wins(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = await post(registry, f"/households/{household}/members", person(20, cause="born"), Role.VILLAGE)
    answers = await asyncio.gather(
        *(decide(registry, proposed.json()["id"], subject=f"officer-{place}") for place in range(5))
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"change-already-decided"}
    assert len(await members(registry, household)) == 2
    assert (await file_of(registry, household))["member_count"] == 5


async def test_the_officer_who_proposed_may_not_decide(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = await propose(registry, change("contact_changed", household, phone=PHONE), role=Role.TOWNSHIP)
    own = await decide(registry, proposed.json()["id"])
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    assert (await decide(registry, proposed.json()["id"], subject="other")).status_code == 201


async def test_the_same_change_is_open_once_and_may_come_again(registry: ServiceUnderTest) -> None:
    household, change_id = await _phone_change(registry)
    again = await propose(registry, change("contact_changed", household, phone=PHONE, reason="别的理由"))
    assert (again.status_code, again.json()["code"]) == (409, "change-already-proposed")
    assert again.json()["values"]["change_id"] == change_id
    await decide(registry, change_id, "reject")
    assert (await propose(registry, change("contact_changed", household, phone=PHONE))).status_code == 201


async def test_a_change_is_withdrawn_by_its_own_officer_only_and_only_once(registry: ServiceUnderTest) -> None:
    _, change_id = await _phone_change(registry)
    path, body = f"/change-requests/{change_id}/withdrawals", {"reason": "填错"}
    other = await post(registry, path, body, Role.VILLAGE, subject="other")
    assert (other.status_code, other.json()["code"]) == (409, "not-the-proposer")
    assert (await post(registry, path, body, Role.VILLAGE)).json()["state"] == "withdrawn"
    again = await post(registry, path, body, Role.VILLAGE)
    assert (again.status_code, again.json()["code"]) == (409, "change-already-decided")
    late = await decide(registry, change_id)
    assert (late.status_code, late.json()["code"]) == (409, "change-already-decided")


async def test_a_change_overtaken_by_another_is_refused_at_approval(registry: ServiceUnderTest) -> None:
    household, first = await _phone_change(registry)
    second = (await propose(registry, change("contact_changed", household, phone="13900000002"))).json()["id"]
    assert (await decide(registry, second)).status_code == 201
    late = await decide(registry, first)
    assert (late.status_code, late.json()["code"]) == (409, "change-overtaken")
    assert late.json()["values"]["fields"] == ["phone"]
    assert PHONE not in late.text
    assert (await decide(registry, first, "reject")).status_code == 201


@pytest.mark.parametrize("role", [Role.BANK, Role.AUDITOR, Role.FINANCE_BUREAU, Role.POVERTY_OFFICE])
async def test_who_may_not_propose(registry: ServiceUnderTest, role: Role) -> None:
    answer = await propose(registry, change("contact_changed", str(UUID(int=1)), phone=PHONE), role=role)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


@pytest.mark.parametrize("role", [Role.VILLAGE, Role.HELPER, Role.SERVICE_CENTRE, Role.BANK])
async def test_who_may_not_decide(registry: ServiceUnderTest, role: Role) -> None:
    answer = await decide(registry, str(UUID(int=1)), role=role)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


async def test_another_township_neither_proposes_nor_decides_nor_sees(registry: ServiceUnderTest) -> None:
    household, change_id = await _phone_change(registry)
    elsewhere = "500236117"
    proposed = await propose(registry, change("contact_changed", household, phone="13900000009"), region=elsewhere)
    assert (proposed.status_code, proposed.json()["code"]) == (404, "households-unknown")
    nobody = str(UUID(int=1))
    unknown = await propose(registry, change("contact_changed", nobody, phone="13900000009"), region=elsewhere)
    answers = [{**each.json(), "trace_id": ""} for each in (proposed, unknown)]
    assert str(answers[0]).replace(household, nobody) == str(answers[1]), "nobody learns that it exists elsewhere"
    decided = await decide(registry, change_id, region=elsewhere)
    assert (decided.status_code, decided.json()["code"]) == (404, "change-request-unknown")
    shown = await get(registry, f"/change-requests/{change_id}", Role.TOWNSHIP, region=elsewhere)
    assert (shown.status_code, shown.json()["code"]) == (404, "change-request-unknown")
    listed = await get(registry, f"/change-requests?region_code={COUNTY}", Role.TOWNSHIP, region=elsewhere)
    assert listed.json()["items"] == []


async def test_changes_are_listed_by_region_state_kind_and_household(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    await changed(registry, change("contact_changed", first, phone=PHONE))
    await propose(registry, change("residence_changed", second, residence_code=VILLAGE))

    async def kinds(query: str) -> list[str]:
        answer = await get(registry, f"/change-requests?{query}", Role.POVERTY_OFFICE)
        assert answer.status_code == 200, answer.text
        return [each["kind"] for each in answer.json()["items"]]

    assert await kinds(f"region_code={COUNTY}") == ["contact_changed", "residence_changed"]
    assert await kinds(f"region_code={COUNTY}&state=proposed") == ["residence_changed"]
    assert await kinds(f"region_code={COUNTY}&kind=contact_changed") == ["contact_changed"]
    assert await kinds(f"region_code={VILLAGE}") == ["contact_changed"]
    assert await kinds(f"region_code={COUNTY}&household_id={second}") == ["residence_changed"]
    page = (await get(registry, f"/change-requests?region_code={COUNTY}&limit=1", Role.POVERTY_OFFICE)).json()
    assert await kinds(f"region_code={COUNTY}&limit=1&cursor={page['next']}") == ["residence_changed"]


@pytest.mark.parametrize(
    ("effective_on", "code"), [("2199-01-01", "date-in-future"), ("2014-05-05", "date-before-step")]
)
async def test_a_change_is_dated_in_the_households_time(
    registry: ServiceUnderTest, effective_on: str, code: str
) -> None:
    [household] = await registered(registry, row(1))
    answer = await propose(registry, change("contact_changed", household, phone=PHONE, effective_on=effective_on))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "renamed"},
        {"phone": "12"},
        {"reason": ""},
        {"surprise": 1},
        {"phone": "１３９０００００００１"},
        {"household_id": "x"},
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(registry: ServiceUnderTest, broken: dict[str, Any]) -> None:
    answer = await propose(registry, {**change("contact_changed", str(UUID(int=1)), phone=PHONE), **broken})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_a_change_to_what_is_on_file_is_no_change(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    head = await head_of(registry, household)
    for body in (
        change("contact_changed", household, phone=row(1)["phone"]),
        change("residence_changed", household, residence_code=VILLAGE),
        change("household_moved", household, village_code=VILLAGE),
        change("member_corrected", household, member_id=head, labour="able"),
        change("member_corrected", household, member_id=head, resident_id=resident_id(1)),
        change("member_corrected", household, member_id=head),
    ):
        answer = await propose(registry, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing-to-change"), body


@pytest.mark.clause("MS-2(d)")
async def test_a_household_lives_elsewhere_than_its_village(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    done = await changed(registry, change("residence_changed", household, residence_code=OTHER_VILLAGE))
    assert done["values"] == [{"field": "residence_code", "old": None, "new": OTHER_VILLAGE}]
    assert (await file_of(registry, household))["residence_code"] == OTHER_VILLAGE
    await changed(registry, change("residence_changed", household, residence_code=None))
    assert (await file_of(registry, household))["residence_code"] is None
    for code, refusal in (("50", "region-of-wrong-level"), ("500299", "region-unknown")):
        answer = await propose(registry, change("residence_changed", household, residence_code=code))
        assert answer.json()["code"] == refusal


@pytest.mark.parametrize("group", ["一\u0007组", "组" * 61, " "])
async def test_a_group_that_cannot_be_written_is_refused(registry: ServiceUnderTest, group: str) -> None:
    answer = await propose(registry, change("group_changed", str(UUID(int=1)), group_name=group))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_a_household_belongs_to_another_group_of_its_village(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, group_name="一组"))
    assert (await file_of(registry, household))["group_name"] == "一组"
    same = await propose(registry, change("group_changed", household, group_name="一组"))
    assert (same.status_code, same.json()["code"]) == (422, "nothing-to-change")
    done = await changed(registry, change("group_changed", household, group_name="二组"))
    assert done["values"] == [{"field": "group_name", "old": "一组", "new": "二组"}]
    assert (await file_of(registry, household))["group_name"] == "二组"
    await changed(registry, change("household_moved", household, village_code=OTHER_VILLAGE))
    assert (await file_of(registry, household))["group_name"] is None  # groups are of a village


async def test_a_proposal_changes_nothing_and_records_no_event(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    spouse = await joined(registry, household, 20, relation="spouse")
    before, recorded = await file_of(registry, household), await registry.outbox()
    head = before["members"][0]["id"]
    body = change(
        "member_left", household, member_id=head, left_reason="death", new_head=new_head(spouse), effective_on=ON
    )
    assert (await propose(registry, body)).status_code == 201
    assert await file_of(registry, household) == before
    assert await registry.outbox() == recorded
