"""Marks on the register over time, and bank accounts that are corrected, never overwritten."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import OTHER_VILLAGE, events, get, post, registered, row
from services.registry.tests.family import change, changed, members
from shared.access import Role
from shared.events.registry import HouseholdStatusChanged
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))


def _change(ids: list[str], state: str = "stably_lifted", on: str = "2018-01-01") -> dict[str, object]:
    return {"household_ids": ids, "state": state, "effective_from": on, "reason": "年度核查"}


async def test_many_households_are_marked_at_once_and_each_has_its_event(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2), row(3, poverty_state="稳定脱贫"))
    answer = (await post(registry, "/household-status-changes", _change([*ids, ids[0]]), Role.POVERTY_OFFICE)).json()
    assert (answer["changed_count"], answer["unchanged_count"]) == (2, 1)
    recorded = await events(registry, HouseholdStatusChanged)
    assert {(str(event.household_id), event.state, event.effective_from, version) for event, version in recorded} == {
        (ids[0], "stably_lifted", date(2018, 1, 1), 1),
        (ids[1], "stably_lifted", date(2018, 1, 1), 1),
    }


async def test_a_back_dated_mark_enters_history_and_leaves_the_present(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await post(registry, "/household-status-changes", _change([household]), Role.POVERTY_OFFICE)
    await post(registry, "/household-status-changes", _change([household], "lifted", "2016-01-01"), Role.POVERTY_OFFICE)
    file = (await get(registry, f"/households/{household}", Role.POVERTY_OFFICE)).json()
    assert (file["poverty_state"], file["poverty_state_from"], file["version"]) == ("stably_lifted", "2018-01-01", 2)
    assert [each["state"] for each in file["state_changes"]] == ["registered", "lifted", "stably_lifted"]


async def test_one_unknown_household_stops_the_whole_change(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, "/household-status-changes", _change([household, UNKNOWN]), Role.POVERTY_OFFICE)
    assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")
    assert answer.json()["values"]["household_ids"] == [UNKNOWN]
    file = (await get(registry, f"/households/{household}", Role.POVERTY_OFFICE)).json()
    assert file["poverty_state"] == "registered"


async def test_a_household_of_another_county_looks_unknown(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(
        registry, "/household-status-changes", _change([household]), Role.POVERTY_OFFICE, region="500237"
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")
    hidden = await get(registry, f"/households/{household}", Role.TOWNSHIP, region="500236117")
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    "broken", [{"state": "rich"}, {"household_ids": []}, {"reason": ""}, {"surprise": 1}, {"effective_from": "soon"}]
)
async def test_a_change_that_makes_no_sense_is_refused(registry: ServiceUnderTest, broken: dict[str, object]) -> None:
    answer = await post(registry, "/household-status-changes", {**_change([UNKNOWN]), **broken}, Role.POVERTY_OFFICE)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def _correction(household: str, number: str = "6217999900001234") -> dict[str, str]:
    return {"household_id": household, "bank_code": "PSBC", "account_number": number, "reason": "银行退回: 账号有误"}


async def test_a_correction_is_a_new_version_and_the_old_one_stays(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, "/account-corrections", _correction(household), Role.TOWNSHIP, subject="li")
    assert answer.status_code == 201
    assert (answer.json()["account_version"], answer.json()["account_number"]) == (2, "************1234")
    accounts = (await get(registry, f"/households/{household}", Role.TOWNSHIP)).json()["accounts"]
    assert [(each["account_version"], each["valid"], each["recorded_by"]) for each in accounts] == [
        (1, False, "poverty_office-officer"),
        (2, True, "li"),
    ]
    found = (await post(registry, "/account-lookups", {"household_ids": [household]}, Role.SERVICE, region="")).json()
    assert found["accounts"][0]["account_number"] == "6217999900001234"


async def test_a_township_corrects_its_own_accounts_only(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, "/account-corrections", _correction(household), Role.TOWNSHIP, region="500236117")
    assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")
    malformed = await post(registry, "/account-corrections", _correction(household, "12 34"), Role.TOWNSHIP)
    assert (malformed.status_code, malformed.json()["code"]) == (422, "invalid-request")


async def test_accounts_are_revealed_to_services_in_the_order_asked(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    asked = {"household_ids": [ids[1], UNKNOWN, ids[0]]}
    found = (await post(registry, "/account-lookups", asked, Role.SERVICE, region="")).json()
    assert [each["household_id"] for each in found["accounts"]] == [ids[1], ids[0]]
    assert found["unknown"] == [UNKNOWN]
    assert found["accounts"][1] == {
        "household_id": ids[0],
        "household_number": "FJ00001",
        "account_household_id": ids[0],
        "holder_name": row(1)["head_name"],
        "id_number": row(1)["resident_id"],
        "bank_code": "RCB",
        "account_number": row(1)["bank_account"],
        "account_version": 1,
    }


async def _account(registry: ServiceUnderTest, household: str) -> dict[str, Any]:
    asked = {"household_ids": [household]}
    found = (await post(registry, "/account-lookups", asked, Role.SERVICE, region="")).json()
    assert (len(found["accounts"]), found["unknown"]) == (1, [])
    account: dict[str, Any] = found["accounts"][0]
    return account


async def _merged(registry: ServiceUnderTest, household: str, into: str) -> None:
    there = [each["id"] for each in await members(registry, household) if each["left_on"] is None]
    relations = [{"member_id": each, "relation": "sibling"} for each in there]
    await changed(registry, change("households_merged", household, into_household_id=into, relations=relations))


async def test_what_a_merged_household_is_owed_goes_to_the_one_it_went_up_in(registry: ServiceUnderTest) -> None:
    first, second, third = await registered(
        registry, *(row(place, member_count=1, labourer_count=1) for place in (1, 2, 3))
    )
    await _merged(registry, first, second)
    account = await _account(registry, first)
    assert (account["household_id"], account["household_number"]) == (first, "FJ00001")
    assert (account["account_household_id"], account["account_number"]) == (second, row(2)["bank_account"])
    assert account["holder_name"] == row(2)["head_name"]
    await _merged(registry, second, third)
    assert [(await _account(registry, each))["account_number"] for each in (first, second, third)] == [
        row(3)["bank_account"]
    ] * 3
    useless = await post(registry, "/account-corrections", _correction(first), Role.TOWNSHIP)
    assert (useless.status_code, useless.json()["code"]) == (409, "account-passed-on")
    assert useless.json()["values"]["into_household_number"] == "FJ00003"
    await post(registry, "/account-corrections", _correction(third), Role.TOWNSHIP)
    latest = await _account(registry, first)
    assert (latest["account_number"], latest["account_version"]) == ("6217999900001234", 2)


async def test_the_own_account_counts_while_the_household_that_onboards_has_none(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1, member_count=1, labourer_count=1), row(2))
    await registry.database.pool.execute("DELETE FROM bank_account WHERE household_id = $1", UUID(second))
    await _merged(registry, first, second)
    account = await _account(registry, first)
    assert (account["account_household_id"], account["account_number"], account["holder_name"]) == (
        first,
        row(1)["bank_account"],
        row(1)["head_name"],
    )


@pytest.mark.parametrize(
    "ending",
    [
        ("household_moved", {"village_code": "500237100201"}),
        ("household_ended", {"end_reason": "died_out"}),
    ],
)
async def test_a_household_that_left_or_died_out_keeps_its_last_account(
    registry: ServiceUnderTest, ending: tuple[str, dict[str, str]]
) -> None:
    [household] = await registered(registry, row(1))
    kind, values = ending
    await changed(registry, change(kind, household, **values))
    account = await _account(registry, household)
    assert (account["account_household_id"], account["account_number"], account["holder_name"]) == (
        household,
        row(1)["bank_account"],
        row(1)["head_name"],
    )
    corrected = await post(registry, "/account-corrections", _correction(household), Role.TOWNSHIP)
    assert corrected.status_code == 201, corrected.text
    assert (await _account(registry, household))["account_number"] == "6217999900001234"


@pytest.mark.parametrize("role", [Role.POVERTY_OFFICE, Role.BANK, Role.ADMIN, Role.AUDITOR])
async def test_accounts_are_never_revealed_to_people(registry: ServiceUnderTest, role: Role) -> None:
    answer = await post(registry, "/account-lookups", {"household_ids": [UNKNOWN]}, role, region="")
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")
