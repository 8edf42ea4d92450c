"""What holds for a household over a time: exclusions, helpers and family debts begin, end once, and stay on file."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, get, post, registered, row
from services.registry.tests.family import ON, change, changed, file_of, head_of, joined
from shared.access import Role
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))
ENDING = {"valid_until": "2018-01-01", "reason": "年度核查"}


def _mark(ids: list[str], kind: str = "four_kinds", on: str = ON) -> dict[str, Any]:
    return {"household_ids": ids, "kind": kind, "valid_from": on, "reason": "不符合条件"}


@pytest.mark.clause("FJ-6(a)")
async def test_the_four_kinds_are_marked_at_once_and_lifted_with_a_reason(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2), row(3, four_kinds="是"))
    answer = (await post(registry, "/exclusions", _mark([*ids, ids[0]]), Role.POVERTY_OFFICE)).json()
    assert (answer["recorded_count"], answer["unchanged_count"]) == (2, 1)
    [marked] = (await file_of(registry, ids[0]))["exclusions"]
    assert (marked["kind"], marked["valid_from"], marked["valid_until"]) == ("four_kinds", ON, None)
    path = f"/exclusions/{marked['id']}/removals"
    lifted = (await post(registry, path, ENDING, Role.POVERTY_OFFICE, subject="li")).json()
    assert (lifted["valid_until"], lifted["end_reason"], lifted["ended_by"]) == ("2018-01-01", "年度核查", "li")
    for as_of, kinds in (("2017-02-28", []), (ON, ["four_kinds"]), ("2017-12-31", ["four_kinds"]), ("2018-01-01", [])):
        profile = await get(registry, f"/households/{ids[0]}/profile?as_of={as_of}", Role.TOWNSHIP)
        assert profile.json()["exclusions"] == kinds
    again = await post(registry, path, ENDING, Role.POVERTY_OFFICE)
    assert (again.status_code, again.json()["code"]) == (409, "period-already-ended")
    assert (await post(registry, "/exclusions", _mark([ids[0]]), Role.POVERTY_OFFICE)).json()["recorded_count"] == 1


async def test_a_kind_the_pack_does_not_name_is_refused_with_the_list(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, "/exclusions", _mark([household], "rich"), Role.POVERTY_OFFICE)
    assert (answer.status_code, answer.json()["code"]) == (422, "exclusion-kind-unknown")
    assert answer.json()["values"]["known"] == ["four_kinds"]
    early = await post(registry, "/exclusions", _mark([household], on="1990-01-01"), Role.POVERTY_OFFICE)
    assert (early.status_code, early.json()["code"]) == (409, "no-policy-pack-in-force")


async def test_one_unknown_or_ended_household_stops_the_marking(registry: ServiceUnderTest) -> None:
    household, ended = await registered(registry, row(1), row(2))
    await changed(registry, change("household_ended", ended, end_reason="error"))
    for ids, code in (([household, UNKNOWN], "households-unknown"), ([household, ended], "household-has-ended")):
        answer = await post(registry, "/exclusions", _mark(ids), Role.POVERTY_OFFICE)
        assert answer.json()["code"] == code
    assert (await file_of(registry, household))["exclusions"] == []
    elsewhere = await post(registry, "/exclusions", _mark([household]), Role.POVERTY_OFFICE, region="500237")
    assert elsewhere.json()["code"] == "households-unknown"
    other = await post(registry, "/exclusions", _mark([household]), Role.TOWNSHIP)
    assert (other.status_code, other.json()["code"]) == (403, "right-missing")


async def test_an_exclusion_is_not_lifted_before_it_began_nor_from_elsewhere(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, four_kinds="是"))
    [marked] = (await file_of(registry, household))["exclusions"]
    path = f"/exclusions/{marked['id']}/removals"
    early = await post(registry, path, {**ENDING, "valid_until": "2014-05-05"}, Role.POVERTY_OFFICE)
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    elsewhere = await post(registry, path, ENDING, Role.POVERTY_OFFICE, region="500237")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "exclusion-unknown")


_WORDS = str.maketrans("0123456789", "零一二三四五六七八九")


def _assign(*pairs: tuple[str, str], on: str = ON) -> dict[str, Any]:
    assignments = [
        {
            "household_id": household,
            "helper": helper,
            "helper_name": f"干部{helper.translate(_WORDS)}",
            "organisation": "县农业农村局",
        }
        for household, helper in pairs
    ]
    return {"valid_from": on, "reason": "轮岗", "assignments": assignments}


async def _assigned(registry: ServiceUnderTest, *pairs: tuple[str, str], on: str = ON) -> httpx.Response:
    return await post(registry, "/helper-assignments", _assign(*pairs, on=on), Role.TOWNSHIP)


async def _helping(registry: ServiceUnderTest, query: str) -> list[tuple[str, str, str | None]]:
    answer = await get(registry, f"/helper-assignments?region_code={COUNTY}&{query}", Role.POVERTY_OFFICE)
    assert answer.status_code == 200, answer.text
    return sorted((each["household_number"], each["helper"], each["valid_until"]) for each in answer.json()["items"])


@pytest.mark.clause("FJ-5", "DZ-5c")
async def test_a_township_assigns_and_replaces_helpers_at_once(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    answer = (await _assigned(registry, (first, "h1"), (second, "h1"))).json()
    assert (answer["assigned_count"], answer["replaced_count"], answer["unchanged_count"]) == (2, 0, 0)
    answer = (await _assigned(registry, (first, "h2"), (second, "h1"), on="2018-01-01")).json()
    assert (answer["assigned_count"], answer["replaced_count"], answer["unchanged_count"]) == (1, 1, 1)
    assert await _helping(registry, "helper=h1") == [("FJ00001", "h1", "2018-01-01"), ("FJ00002", "h1", None)]
    assert await _helping(registry, "as_of=2018-01-01") == [("FJ00001", "h2", None), ("FJ00002", "h1", None)]
    assert len(await _helping(registry, "as_of=2017-12-31&limit=1")) == 1
    assert [each["helper"] for each in (await file_of(registry, first))["helpers"]] == ["h1", "h2"]
    seen = await get(registry, f"/helper-assignments?region_code={COUNTY}", Role.TOWNSHIP, region="500236117")
    assert [each["household_id"] for each in seen.json()["items"]] == [second]


async def test_an_assignment_ends_once_and_not_before_it_began(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await _assigned(registry, (household, "h1"))
    [assigned] = (await file_of(registry, household))["helpers"]
    path = f"/helper-assignments/{assigned['id']}/terminations"
    early = await post(registry, path, {**ENDING, "valid_until": "2017-02-28"}, Role.TOWNSHIP)
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    elsewhere = await post(registry, path, ENDING, Role.TOWNSHIP, region="500236117")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "helper-assignment-unknown")
    assert (await post(registry, path, ENDING, Role.TOWNSHIP)).json()["valid_until"] == "2018-01-01"
    again = await post(registry, path, ENDING, Role.TOWNSHIP)
    assert (again.status_code, again.json()["code"]) == (409, "period-already-ended")


async def test_a_batch_of_helpers_is_refused_as_a_whole(registry: ServiceUnderTest) -> None:
    first, ended = await registered(registry, row(1), row(2))
    await _assigned(registry, (ended, "h1"))
    await changed(registry, change("household_ended", ended, end_reason="error"))
    assert [each["end_reason"] for each in (await file_of(registry, ended))["helpers"]] == ["household ended"]
    for pairs, code in (
        ([(first, "h1"), (first, "h2")], "household-named-twice"),
        ([(first, "h1"), (UNKNOWN, "h1")], "households-unknown"),
        ([(first, "h1"), (ended, "h1")], "household-has-ended"),
    ):
        assert (await _assigned(registry, *pairs)).json()["code"] == code
    await _assigned(registry, (first, "h1"))
    early = await _assigned(registry, (first, "h2"), on="2017-02-28")
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    assert [each["helper"] for each in (await file_of(registry, first))["helpers"]] == ["h1"]


async def test_two_townships_that_assign_at_once_leave_one_helper(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answers = await asyncio.gather(*(_assigned(registry, (household, f"h{place}")) for place in range(4)))
    assert {each.status_code for each in answers} == {201}
    active = "SELECT count(*) FROM helper_assignment WHERE valid_until IS NULL"
    assert await registry.database.pool.fetchval(active) == 1
    assert len((await file_of(registry, household))["helpers"]) == 4


def _debt(member: str | None = None, **other: Any) -> dict[str, Any]:
    return {"member_id": member, "bank_code": "RCB", "kind": "production_loan", "valid_from": "2016-01-01", **other}


@pytest.mark.clause("MS-2(j)")
async def test_debts_of_other_members_are_recorded_and_end_once(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    spouse = await joined(registry, household, 20, relation="spouse")
    path = f"/households/{household}/family-debts"
    recorded = await post(registry, path, _debt(spouse), Role.VILLAGE)
    assert recorded.status_code == 201
    for body, code in (
        (_debt(spouse), "family-debt-already-open"),
        (_debt(await head_of(registry, household)), "heads-own-debt"),
        (_debt(UNKNOWN), "members-unknown"),
    ):
        answer = await post(registry, path, body, Role.VILLAGE)
        assert answer.json()["code"] == code
    for other in (_debt(), _debt(spouse, kind="credit_limit"), _debt(spouse, bank_code="PSBC")):
        assert (await post(registry, path, other, Role.TOWNSHIP)).status_code == 201
    ending = f"{path}/{recorded.json()['id']}/terminations"
    early = await post(registry, ending, {**ENDING, "valid_until": "2015-12-31"}, Role.VILLAGE)
    assert early.json()["code"] == "date-before-step"
    assert (await post(registry, ending, ENDING, Role.VILLAGE)).json()["valid_until"] == "2018-01-01"
    again = await post(registry, ending, ENDING, Role.VILLAGE)
    assert (again.status_code, again.json()["code"]) == (409, "period-already-ended")
    assert (await post(registry, path, _debt(spouse), Role.VILLAGE)).status_code == 201
    assert len((await file_of(registry, household))["family_debts"]) == 5


async def test_debts_of_another_household_or_region_are_unknown(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    recorded = await post(registry, f"/households/{first}/family-debts", _debt(), Role.VILLAGE)
    wrong = await post(
        registry, f"/households/{second}/family-debts/{recorded.json()['id']}/terminations", ENDING, Role.VILLAGE
    )
    assert (wrong.status_code, wrong.json()["code"]) == (404, "family-debt-unknown")
    elsewhere = await post(registry, f"/households/{first}/family-debts", _debt(), Role.VILLAGE, region=OTHER_VILLAGE)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "households-unknown")
    bank = await post(registry, f"/households/{first}/family-debts", _debt(), Role.BANK)
    assert (bank.status_code, bank.json()["code"]) == (403, "right-missing")


async def test_a_profile_shows_nothing_before_the_register(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    profile = (await get(registry, f"/households/{household}/profile?as_of=2014-05-05", Role.TOWNSHIP)).json()
    assert (profile["village_code"], profile["poverty_state"], profile["members"]) == (None, None, [])
    now = (await get(registry, f"/households/{household}/profile", Role.TOWNSHIP)).json()
    assert (now["village_code"], now["poverty_state"], now["has_ended"]) == (VILLAGE, "registered", False)
    assert date.fromisoformat(now["as_of"]) > date(2017, 1, 1)
    hidden = await get(registry, f"/households/{household}/profile", Role.TOWNSHIP, region=OTHER_VILLAGE)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "households-unknown")


@pytest.mark.parametrize("table", ["household_exclusion", "helper_assignment", "family_debt"])
async def test_the_database_lets_a_period_only_end_and_only_once(registry: ServiceUnderTest, table: str) -> None:
    [household] = await registered(registry, row(1, four_kinds="是"))
    await _assigned(registry, (household, "h1"))
    await post(registry, f"/households/{household}/family-debts", _debt(), Role.VILLAGE)
    pool = registry.database.pool
    for statement in (f"UPDATE {table} SET valid_from = valid_from - 1", f"DELETE FROM {table}"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await pool.execute(statement)
    end = f"UPDATE {table} SET valid_until = '2018-01-01', end_reason = 'x', ended_by = 'y', ended_at = now()"
    assert await pool.execute(end) == "UPDATE 1"
    with pytest.raises(asyncpg.RestrictViolationError):
        await pool.execute(f"UPDATE {table} SET valid_until = '2019-01-01'")
