"""One person under two ID numbers is suspected by name and birth, judged once, and never asked about again."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.register.duplicates.rules.likeness import normalised_name, traces
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, get, post, registered, resident_id, row
from services.registry.tests.family import (
    borrow,
    change,
    changed,
    decide,
    file_of,
    head_of,
    joined,
    members,
    new_head,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest

BORN = date(1980, 1, 1)
names = st.text("王李张刘陈杨黄周吴徐丽华明", min_size=2, max_size=5)


def _index(value: str) -> bytes:
    return value.encode()


def _parts(name: str, born: date = BORN) -> set[bytes]:
    return {each.digest for each in traces(name, born, _index) if each.kind == "name_part"}


@given(names, st.data())
def test_names_that_differ_in_one_character_share_a_trace(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    replaced = name[:place] + "赵" + name[place + 1 :]
    shorter = name[:place] + name[place + 1 :]
    assert _parts(name) & _parts(replaced)
    assert _parts(name) & _parts(shorter)


@given(names, st.dates())
def test_a_name_of_another_birth_leaves_no_common_trace(name: str, born: date) -> None:
    other = born.replace(year=born.year % 9000 + 1, day=1)
    if other.year != born.year:
        assert not traces(name, born, _index) & traces(name, other, _index)


@given(names)
def test_no_trace_is_shared_by_names_two_characters_apart(name: str) -> None:
    assert not _parts(name) & _parts("赵钱" + name)


def test_one_name_has_one_writing() -> None:
    assert normalised_name(" 阿依古丽·买买提 ") == normalised_name("阿依古丽.买买提") == "阿依古丽买买提"
    assert normalised_name("ＷＡＮＧ") == "wang"


async def _search(registry: ServiceUnderTest, region: str = COUNTY, role: Role = Role.POVERTY_OFFICE) -> dict[str, Any]:
    answer = await post(registry, "/duplicate-searches", {"region_code": region}, role)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _suspicions(registry: ServiceUnderTest, query: str = "", **caller: Any) -> list[dict[str, Any]]:
    answer = await get(registry, f"/duplicate-suspicions?region_code={COUNTY}{query}", Role.POVERTY_OFFICE, **caller)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def _pair(registry: ServiceUnderTest, **other: Any) -> tuple[str, str, dict[str, Any]]:
    first, second = await registered(registry, row(1, head_name="张大山"), row(2, head_name="张大山", **other))
    await _search(registry)
    [suspicion] = await _suspicions(registry)
    return first, second, suspicion


async def _settle(
    registry: ServiceUnderTest, suspicion: dict[str, Any], outcome: str, role: Role = Role.POVERTY_OFFICE, **body: Any
) -> Any:
    path = f"/duplicate-suspicions/{suspicion['id']}/decisions"
    return await post(registry, path, {"outcome": outcome, "reason": "已核对户口簿", **body}, role)


async def test_equal_names_with_one_birth_are_suspected_and_shown_masked(registry: ServiceUnderTest) -> None:
    first, second, found = await _pair(registry, village_code=OTHER_VILLAGE)
    assert (found["cause"], found["state"]) == ("same_name_and_birth", "open")
    sides = {side["household_id"]: side for side in (found["first"], found["second"])}
    assert set(sides) == {first, second}
    assert (sides[first]["name"], sides[first]["born_on"]) == ("张**", "1980-01-01")
    assert sides[second]["resident_id"] == "500236********" + resident_id(2)[-4:]


@pytest.mark.parametrize(
    ("name", "born", "village", "cause"),
    [
        ("张大山", "19800101", OTHER_VILLAGE, "same_name_and_birth"),
        ("张大山", "19800909", VILLAGE, "same_name_village_and_year"),
        ("张大三", "19800101", VILLAGE, "similar_name_village_and_birth"),
        ("张大", "19800101", VILLAGE, "similar_name_village_and_birth"),
        ("张 大山", "19800101", VILLAGE, "same_name_and_birth"),
        ("张大山", "19800909", OTHER_VILLAGE, None),
        ("张大三", "19800101", OTHER_VILLAGE, None),
        ("张大三", "19800102", VILLAGE, None),
        ("张大山", "19810101", VILLAGE, None),
        ("李小山", "19800101", VILLAGE, None),
    ],
)
async def test_who_is_suspected(
    registry: ServiceUnderTest, name: str, born: str, village: str, cause: str | None
) -> None:
    await registered(
        registry,
        row(1, head_name="张大山"),
        row(2, head_name=name, village_code=village, resident_id=resident_id(2, born)),
    )
    searched = await _search(registry)
    assert (searched["member_count"], searched["found_count"]) == (2, 0 if cause is None else 1)
    assert [each["cause"] for each in await _suspicions(registry)] == ([] if cause is None else [cause])


async def test_twins_of_one_household_are_not_suspected(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await joined(registry, household, 20, name="张大山")
    await joined(registry, household, 21, name="张小山")
    assert (await _search(registry))["found_count"] == 0


async def test_a_second_search_finds_only_what_is_new(registry: ServiceUnderTest) -> None:
    await _pair(registry)
    assert (await _search(registry))["found_count"] == 0
    await registered(registry, row(3, head_name="张大山"))
    assert (await _search(registry))["found_count"] == 2
    assert len(await _suspicions(registry)) == 3


async def test_different_persons_are_remembered_and_never_suspected_again(registry: ServiceUnderTest) -> None:
    first, _, suspicion = await _pair(registry)
    settled = (await _settle(registry, suspicion, "different_persons")).json()
    assert (settled["state"], settled["change_id"], settled["decided_by"]) == (
        "different_persons",
        None,
        "poverty_office-officer",
    )
    [third] = await registered(registry, row(3, member_count=1, labourer_count=1))
    child = await joined(registry, first, 20, relation="child")
    head = await head_of(registry, first)
    left = change("member_left", first, member_id=head, left_reason="moved_out", new_head=new_head(child))
    await changed(registry, left)
    await joined(registry, third, 1, name="张大山", resident_id=resident_id(1), cause="moved_in", relation="sibling")
    assert (await _search(registry))["found_count"] == 0
    assert await _suspicions(registry, "&state=open") == []


async def test_one_person_leads_to_a_change_that_another_officer_approves(registry: ServiceUnderTest) -> None:
    _, second, suspicion = await _pair(registry)
    wrong = await head_of(registry, second)
    settled = (await _settle(registry, suspicion, "same_person", wrong_member_id=wrong)).json()
    assert settled["state"] == "same_person"
    shown = (await get(registry, f"/change-requests/{settled['change_id']}", Role.POVERTY_OFFICE)).json()
    assert (shown["kind"], shown["household_id"], shown["state"]) == ("household_ended", second, "proposed")
    own = await decide(registry, settled["change_id"], role=Role.POVERTY_OFFICE)
    assert own.json()["code"] == "maker-is-checker"
    assert (await decide(registry, settled["change_id"])).status_code == 201
    assert (await file_of(registry, second))["end_reason"] == "error"


async def test_a_wrong_entry_among_others_leaves_as_a_member(registry: ServiceUnderTest) -> None:
    _, second, suspicion = await _pair(registry)
    wrong, child = await head_of(registry, second), await joined(registry, second, 20)
    missing = await _settle(registry, suspicion, "same_person", wrong_member_id=wrong)
    assert (missing.status_code, missing.json()["code"]) == (422, "new-head-required")
    body: dict[str, Any] = {"wrong_member_id": wrong, "new_head": new_head(child)}
    settled = (await _settle(registry, suspicion, "same_person", **body)).json()
    assert (await decide(registry, settled["change_id"])).status_code == 201
    assert [each["id"] for each in await members(registry, second)] == [child]


async def test_a_pair_is_judged_once_with_a_fitting_member(registry: ServiceUnderTest) -> None:
    _, second, suspicion = await _pair(registry)
    wrong = await head_of(registry, second)
    asked: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("same_person", {}, "wrong-member-needed"),
        ("different_persons", {"wrong_member_id": wrong}, "wrong-member-needed"),
        ("same_person", {"wrong_member_id": str(UUID(int=4))}, "not-one-of-the-pair"),
    )
    for outcome, body, code in asked:
        assert (await _settle(registry, suspicion, outcome, **body)).json()["code"] == code
    await borrow(registry, second)
    owing = await _settle(registry, suspicion, "same_person", wrong_member_id=wrong)
    assert (owing.status_code, owing.json()["code"]) == (409, "loans-open")
    assert (await _settle(registry, suspicion, "different_persons")).status_code == 201
    again = await _settle(registry, suspicion, "different_persons")
    assert (again.status_code, again.json()["code"]) == (409, "duplicate-already-settled")


async def test_a_pair_across_townships_is_for_the_county(registry: ServiceUnderTest) -> None:
    _, _, suspicion = await _pair(registry, village_code=OTHER_VILLAGE)
    assert await _suspicions(registry, region="500236001") == []
    path = f"/duplicate-suspicions/{suspicion['id']}/decisions"
    body = {"outcome": "different_persons", "reason": "已核对"}
    narrow = await post(registry, path, body, Role.TOWNSHIP, region="500236001")
    assert (narrow.status_code, narrow.json()["code"]) == (404, "duplicate-suspicion-unknown")
    outside = await post(registry, "/duplicate-searches", {"region_code": "500237"}, Role.POVERTY_OFFICE)
    assert (outside.status_code, outside.json()["code"]) == (403, "outside-region")
    village = await post(registry, "/duplicate-searches", {"region_code": COUNTY}, Role.VILLAGE)
    assert (village.status_code, village.json()["code"]) == (403, "right-missing")


async def test_a_corrected_name_is_looked_for_anew(registry: ServiceUnderTest) -> None:
    first, _ = await registered(registry, row(1, head_name="张大山"), row(2, head_name="李小河"))
    assert (await _search(registry))["found_count"] == 0
    head = await head_of(registry, first)
    await changed(registry, change("member_corrected", first, member_id=head, name="李小河"))
    assert (await _search(registry, VILLAGE, Role.TOWNSHIP))["found_count"] == 1


async def test_traces_hold_no_name(registry: ServiceUnderTest) -> None:
    await _pair(registry)
    stored = await registry.database.pool.fetchval("SELECT string_agg(t::text, ' ') FROM member_trace t")
    assert "张大山" not in stored
    assert "张大山".encode().hex() not in stored
