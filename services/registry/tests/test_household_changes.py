"""Households move, split, merge and end; nothing is deleted, and no debt or entry on a list disappears."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import (
    OTHER_VILLAGE,
    VILLAGE,
    events,
    get,
    post,
    rated,
    registered,
    resident_id,
    row,
)
from services.registry.tests.family import (
    ON,
    borrow,
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
from shared.events.lending import LoanOverdue
from shared.events.registry import (
    HouseholdEnded,
    HouseholdMerged,
    HouseholdMoved,
    HouseholdSplit,
    HouseholdStatusChanged,
)
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

AWAY = "500237100201"


async def _list_on_dishonesty(registry: ServiceUnderTest, household: str) -> None:
    late = LoanOverdue(
        loan_id=new_id(),
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_from=date(2016, 1, 1),
        noticed_on=date(2017, 2, 1),
        amount_overdue=Decimal("100.00"),
    )
    await registry.deliver(late)
    await registry.database.pool.execute("UPDATE household_loan SET closed_on = '2017-02-02', repaid_on_time = false")
    assert await registry.database.pool.fetchval("SELECT count(*) FROM listing WHERE cleared_on IS NULL") == 1


def _split(household: str, *going: tuple[str, str], **values: Any) -> dict[str, Any]:
    related = [{"member_id": member, "relation": relation} for member, relation in going]
    return change(
        "household_split",
        household,
        members=related,
        **{"new_household_number": "FJ90001", "village_code": VILLAGE, "credit_record": "clean", **values},
    )


def _merge(household: str, into: str, *related: tuple[str, str]) -> dict[str, Any]:
    relations = [{"member_id": member, "relation": relation} for member, relation in related]
    return change("households_merged", household, into_household_id=into, relations=relations)


async def test_a_household_moves_within_its_county_at_once(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await borrow(registry, household)
    await changed(registry, change("household_moved", household, village_code=OTHER_VILLAGE))
    file = await file_of(registry, household)
    assert (file["village_code"], file["ended_on"], file["version"]) == (OTHER_VILLAGE, None, 1)
    assert [(each["village_code"], each["valid_from"], each["cause"]) for each in file["villages"]] == [
        (VILLAGE, "2014-05-06", "registered"),
        (OTHER_VILLAGE, ON, "moved"),
    ]
    [(recorded, version)] = await events(registry, HouseholdMoved)
    assert (recorded.village_code_before, recorded.village_code, version) == (VILLAGE, OTHER_VILLAGE, 1)
    for as_of, village in (("2014-05-05", None), ("2017-02-28", VILLAGE), (ON, OTHER_VILLAGE)):
        path = f"/households/{household}/profile?as_of={as_of}"
        assert (await get(registry, path, Role.TOWNSHIP)).json()["village_code"] == village


async def test_a_move_is_approved_by_who_answers_for_both_villages(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = await propose(registry, change("household_moved", household, village_code=OTHER_VILLAGE))
    narrow = await decide(registry, proposed.json()["id"], region="500236001")
    assert (narrow.status_code, narrow.json()["code"]) == (403, "outside-region")
    assert (await decide(registry, proposed.json()["id"], role=Role.POVERTY_OFFICE)).status_code == 201


async def test_a_household_that_leaves_the_county_ends_and_keeps_its_file(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=2))
    await joined(registry, household, 20)
    await changed(registry, change("household_moved", household, village_code=AWAY))
    file = await file_of(registry, household)
    assert (file["village_code"], file["ended_on"], file["end_reason"]) == (VILLAGE, ON, "moved_out")
    assert [each["left_reason"] for each in file["members"]] == ["moved_out", "moved_out"]
    [(recorded, _)] = await events(registry, HouseholdEnded)
    assert recorded.reason == "moved_out"
    listed = (await get(registry, "/households?region_code=500236", Role.VILLAGE)).json()["items"]
    assert [(each["head_name"], each["ended_on"]) for each in listed] == [("王**", ON)]


@pytest.mark.clause("SX-1(b)")
async def test_a_household_that_owes_does_not_leave_the_county_nor_go_up_in_another(
    registry: ServiceUnderTest,
) -> None:
    owing, other = await registered(registry, row(1), row(2))
    await borrow(registry, owing)
    head = await head_of(registry, owing)
    for body in (
        change("household_moved", owing, village_code=AWAY),
        change("household_ended", owing, end_reason="error"),
        _merge(owing, other, (head, "sibling")),
    ):
        answer = await propose(registry, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "loans-open"), body
    assert (await propose(registry, _merge(other, owing, (await head_of(registry, other), "sibling")))).is_success


@pytest.mark.clause("LG-22")
async def test_an_entry_on_a_list_follows_the_person_who_is_head(registry: ServiceUnderTest) -> None:
    listed, other = await registered(registry, row(1, member_count=2), row(2, member_count=2))
    head, spouse = await head_of(registry, listed), await joined(registry, listed, 20, relation="spouse")
    child = await joined(registry, other, 21)
    await _list_on_dishonesty(registry, listed)
    for body in (
        change("household_moved", listed, village_code=AWAY),
        change("head_changed", listed, new_head=new_head(spouse, **{head: "spouse"})),
        _merge(listed, other, (head, "sibling"), (spouse, "other")),
    ):
        answer = await propose(registry, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "list-entries-open"), body
    left = change("member_left", listed, member_id=head, left_reason="moved_out", new_head=new_head(spouse))
    await changed(registry, left)
    await joined(registry, other, 1, resident_id=resident_id(1), relation="sibling", cause="moved_in")
    came = next(each["id"] for each in await members(registry, other) if each["relation"] == "sibling")
    leader = await head_of(registry, other)
    takeover = new_head(came, **{leader: "sibling", child: "other"})
    for body in (change("head_changed", other, new_head=takeover), _split(other, (came, "head"))):
        answer = await propose(registry, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "head-is-listed"), body


@pytest.mark.clause("LG-42")
async def test_a_split_makes_a_household_without_loans_and_rating(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=4, labourer_count=3, four_kinds="是"))
    await rated(registry)
    await post(
        registry,
        "/household-status-changes",
        {"household_ids": [household], "state": "lifted", "effective_from": "2017-06-01", "reason": "年度核查"},
        Role.POVERTY_OFFICE,
    )
    child = await joined(registry, household, 20)
    in_law = await joined(registry, household, 21, relation="child_in_law", labour="partly")
    await borrow(registry, household)
    done = await changed(registry, _split(household, (child, "head"), (in_law, "spouse"), village_code=OTHER_VILLAGE))
    new = await file_of(registry, done["other_household_id"])
    assert (new["household_number"], new["village_code"], new["split_from_id"]) == ("FJ90001", OTHER_VILLAGE, household)
    assert [(each["relation"], each["joined_on"]) for each in new["members"]] == [("head", ON), ("spouse", ON)]
    assert (new["member_count"], new["labourer_count"], new["accounts"], new["surveys"]) == (2, 2, [], [])
    assert [(each["state"], each["effective_from"]) for each in new["state_changes"]] == [
        ("registered", ON),
        ("lifted", "2017-06-01"),
    ]
    assert [each["kind"] for each in new["exclusions"]] == ["four_kinds"]
    assert (new["poverty_state"], new["version"]) == ("lifted", 2)
    old = await file_of(registry, household)
    assert (old["member_count"], old["labourer_count"], old["ended_on"]) == (2, 1, None)
    assert {each["left_reason"] for each in old["members"]} == {None, "split"}
    listed = (await get(registry, "/households?region_code=500236&household_number=FJ90001", Role.VILLAGE)).json()[
        "items"
    ]
    assert (listed[0]["grade"], listed[0]["credit_limit"]) == (None, None)
    loans = await registry.database.pool.fetch("SELECT household_id::text FROM household_loan")
    assert [each["household_id"] for each in loans] == [household]
    [(recorded, version)] = await events(registry, HouseholdSplit)
    assert (str(recorded.household_id), str(recorded.new_household_id), version) == (household, new["id"], 2)
    states = [(str(each.household_id), turn) for each, turn in await events(registry, HouseholdStatusChanged)]
    assert [turn for owner, turn in states if owner == new["id"]] == [1, 2]


async def test_a_split_is_refused_by_name(registry: ServiceUnderTest) -> None:
    household, _ = await registered(registry, row(1, member_count=3), row(2))
    head, child = await head_of(registry, household), await joined(registry, household, 20)
    other = await joined(registry, household, 21)
    for body, code in (
        (_split(household, (head, "head")), "head-stays"),
        (_split(household, (child, "child")), "one-head-needed"),
        (_split(household, (child, "head"), (other, "head")), "one-head-needed"),
        (_split(household, (child, "head"), (child, "head")), "relations-incomplete"),
        (_split(household, (str(UUID(int=7)), "head")), "members-unknown"),
        (_split(household, (child, "head"), new_household_number="FJ00002"), "household-number-taken"),
        (_split(household, (child, "head"), village_code=AWAY), "outside-county"),
        (_split(household, (child, "head"), village_code="500236999999"), "region-unknown"),
    ):
        answer = await propose(registry, body)
        assert answer.json()["code"] == code, answer.text


async def test_a_merge_keeps_both_files_and_carries_what_bars(registry: ServiceUnderTest) -> None:
    gone, into = await registered(
        registry, row(1, member_count=2, labourer_count=1, four_kinds="是"), row(2, member_count=1, labourer_count=1)
    )
    head, child = await head_of(registry, gone), await joined(registry, gone, 20, labour="unable")
    debt = {"member_id": child, "bank_code": "RCB", "kind": "credit_limit", "valid_from": "2016-01-01"}
    assert (await post(registry, f"/households/{gone}/family-debts", debt, Role.VILLAGE)).status_code == 201
    done = await changed(registry, _merge(gone, into, (head, "sibling"), (child, "other")))
    assert done["other_household_id"] == into
    old, new = await file_of(registry, gone), await file_of(registry, into)
    assert (old["end_reason"], old["merged_into_id"], old["ended_on"]) == ("merged", into, ON)
    assert {each["left_reason"] for each in old["members"]} == {"merged"}
    assert [each["relation"] for each in new["members"]] == ["head", "sibling", "other"]
    assert (new["member_count"], new["labourer_count"]) == (3, 2)
    assert [each["kind"] for each in new["exclusions"]] == ["four_kinds"]
    [carried] = new["family_debts"]
    assert carried["member_id"] == new["members"][2]["id"]
    [(recorded, version)] = await events(registry, HouseholdMerged)
    assert (str(recorded.household_id), str(recorded.into_household_id), version) == (gone, into, 1)


async def test_a_merge_is_refused_by_name(registry: ServiceUnderTest) -> None:
    first, second, ended = await registered(registry, row(1), row(2), row(3, member_count=1, labourer_count=1))
    head = await head_of(registry, first)
    last = await head_of(registry, ended)
    await changed(registry, change("member_left", ended, member_id=last, left_reason="death"))
    for body, code in (
        (_merge(first, first, (head, "other")), "merged-into-itself"),
        (_merge(first, second), "relations-incomplete"),
        (_merge(first, str(UUID(int=7)), (head, "other")), "households-unknown"),
        (_merge(first, ended, (head, "other")), "household-has-ended"),
    ):
        answer = await propose(registry, body)
        assert answer.json()["code"] == code, answer.text


async def test_no_household_grows_beyond_what_a_family_can_be(registry: ServiceUnderTest) -> None:
    gone, into = await registered(registry, row(1), row(2))
    await registry.database.pool.execute(
        """INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index,
             born_on, labour, joined_on)
           SELECT uuid7(), household_id, false, 'other', name_sealed, resident_id_sealed, sha256(n::text::bytea),
             born_on, 'able', joined_on
           FROM member, generate_series(1, 49) n WHERE household_id = $1::uuid""",
        into,
    )
    merge = await propose(registry, _merge(gone, into, (await head_of(registry, gone), "other")))
    joining = await post(registry, f"/households/{into}/members", person(20, cause="born"), Role.VILLAGE)
    for answer in (merge, joining):
        assert (answer.status_code, answer.json()["code"]) == (409, "too-many-members")


async def test_two_households_that_merge_into_each_other_do_so_once(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    heads = {each: await head_of(registry, each) for each in (first, second)}
    asked = [
        await propose(registry, _merge(first, second, (heads[first], "other"))),
        await propose(registry, _merge(second, first, (heads[second], "other"))),
    ]
    assert (await decide(registry, asked[0].json()["id"])).status_code == 201
    late = await decide(registry, asked[1].json()["id"])
    assert (late.status_code, late.json()["code"]) == (409, "change-overtaken")
    again = await propose(registry, _merge(second, first, (heads[second], "other")))
    assert again.json()["code"] == "household-has-ended"
    assert [each["relation"] for each in await members(registry, second)] == ["head", "other"]


async def test_a_household_put_on_file_by_mistake_ends_and_its_people_are_free(registry: ServiceUnderTest) -> None:
    wrong, right = await registered(registry, row(1), row(2))
    await changed(registry, change("household_ended", wrong, end_reason="error"))
    file = await file_of(registry, wrong)
    assert (file["end_reason"], file["members"][0]["left_reason"]) == ("error", "error")
    mark = {"household_ids": [wrong], "state": "lifted", "effective_from": ON, "reason": "年度核查"}
    marked = await post(registry, "/household-status-changes", mark, Role.POVERTY_OFFICE)
    assert (marked.status_code, marked.json()["code"]) == (409, "household-has-ended")
    body = person(1, resident_id=resident_id(1))
    assert (await post(registry, f"/households/{right}/members", body, Role.VILLAGE)).status_code == 201
