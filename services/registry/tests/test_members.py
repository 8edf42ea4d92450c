"""Members join, are corrected, leave and hand on; a person is in one household, a household has one head."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.tests.county import OTHER_VILLAGE, events, get, post, registered, resident_id, row
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
from shared.dates import age_on
from shared.events.registry import HouseholdEnded, HouseholdHeadChanged
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))


def _left(household: str, member: str, reason: str = "moved_out", **values: Any) -> dict[str, Any]:
    return change("member_left", household, member_id=member, left_reason=reason, **values)


async def test_a_member_is_on_file_with_events_masked_and_the_age_of_the_day(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    facts = {"education": "senior_middle", "at_school": True, "migrant_worker": False, "health": "healthy"}
    await joined(registry, household, 21, cause="moved_in", **facts)
    listed = (await get(registry, f"/households/{household}/members?as_of=2018-05-05", Role.VILLAGE)).json()
    assert [each["is_head"] for each in listed] == [True, False]
    child = {key: value for key, value in listed[1].items() if key not in ("id", "sex")}
    assert child == {
        "is_head": False,
        "relation": "child",
        "name": "王**",
        "resident_id": resident_id(21, "20000505")[:6] + "********" + resident_id(21, "20000505")[-4:],
        "born_on": "2000-05-05",
        "age": 18,
        "civil_capacity": "full",
        "labour": "able",
        "education": "senior_middle",
        "at_school": True,
        "migrant_worker": False,
        "health": "healthy",
        "joined_on": ON,
        "left_on": None,
        "left_reason": None,
    }
    before = (await get(registry, f"/households/{household}/members?as_of=2017-02-28", Role.VILLAGE)).json()
    assert [each["is_head"] for each in before] == [True]


async def test_who_is_only_recorded_later_was_a_member_before(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=3))
    await joined(registry, household, 21, cause="recorded")
    since = (await file_of(registry, household))["registered_on"]
    listed = (await get(registry, f"/households/{household}/members?as_of=2017-02-28", Role.VILLAGE)).json()
    assert [(each["is_head"], each["joined_on"]) for each in listed] == [(True, since), (False, since)]


@given(st.dates(), st.integers(0, 110))
def test_age_grows_by_one_on_the_birthday_and_on_no_other_day(born_on: Any, years: int) -> None:
    if (born_on.month, born_on.day) != (2, 29) and born_on.year + years < 9999:
        birthday = born_on.replace(year=born_on.year + years)
        assert age_on(born_on, birthday) == years
        assert age_on(born_on, birthday.replace(year=birthday.year + 1)) == years + 1


async def test_members_of_another_region_are_not_listed(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    answer = await get(registry, f"/households/{household}/members", Role.TOWNSHIP, region="500236117")
    assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")


async def test_the_stated_number_holds_until_as_many_are_on_file(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=2, labourer_count=2))

    async def counts() -> tuple[int, int]:
        file = await file_of(registry, household)
        return file["member_count"], file["labourer_count"]

    await joined(registry, household, 20, labour="unable")  # counted in the stated 2 already: both are on file now
    assert await counts() == (2, 1)
    await joined(registry, household, 21, cause="born", labour="unable")
    assert await counts() == (3, 1)
    late = await joined(registry, household, 22, labour="partly")  # one more than was stated
    assert await counts() == (4, 2)
    await changed(registry, change("member_corrected", household, member_id=late, labour="unable"))
    assert await counts() == (4, 1)
    await changed(registry, _left(household, late))
    assert await counts() == (3, 1)


async def test_who_leaves_a_household_not_wholly_on_file_lowers_the_stated_number(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=5, labourer_count=3))
    child = await joined(registry, household, 20)
    await joined(registry, household, 21, cause="born", labour="unable")
    await changed(registry, _left(household, child, "married_out"))
    file = await file_of(registry, household)
    assert (file["member_count"], file["labourer_count"]) == (5, 2)


@pytest.mark.parametrize(
    "number", [resident_id(20, "20000505")[:-1] + "A", "500236200002300001", "5002362000050500400", "５" * 18]
)
async def test_refuses_a_number_that_is_none(registry: ServiceUnderTest, number: str) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, f"/households/{household}/members", person(20, resident_id=number), Role.VILLAGE)
    assert (answer.status_code, answer.json()["code"]) == (422, "resident-id-invalid")
    assert number not in answer.text


@pytest.mark.parametrize("born", ["18991231", "20170302", "20991231"])
async def test_nobody_joins_before_being_born_or_from_another_century(registry: ServiceUnderTest, born: str) -> None:
    [household] = await registered(registry, row(1))
    joining = person(51, resident_id=resident_id(51, born))  # on 2017-03-01
    answer = await post(registry, f"/households/{household}/members", joining, Role.VILLAGE)
    assert (answer.status_code, answer.json()["code"]) == (422, "resident-id-invalid")


@pytest.mark.parametrize("name", ["\u200b", "#N/A", "王2", "=A1", "-"])
async def test_what_nobody_is_called_is_refused_as_in_a_sheet(registry: ServiceUnderTest, name: str) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, f"/households/{household}/members", person(51, name=name), Role.VILLAGE)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.name")


@pytest.mark.clause("SX-1(c)")
async def test_a_person_of_another_household_is_refused_and_where_it_is_is_shown_to_who_may_see_it(
    registry: ServiceUnderTest,
) -> None:
    here, there = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    taken = person(2, resident_id=resident_id(2))
    seen = await post(registry, f"/households/{here}/members", taken, Role.VILLAGE)
    assert (seen.status_code, seen.json()["code"]) == (409, "person-in-another-household")
    assert seen.json()["values"] == {"household_id": there, "household_number": "FJ00002"}
    unseen = await post(registry, f"/households/{here}/members", taken, Role.VILLAGE, region="500236001")
    assert unseen.json()["code"] == "person-in-another-household"
    assert unseen.json()["values"] == {"household_id": None, "household_number": None}
    assert "FJ00002" not in unseen.text
    assert there not in unseen.text


async def test_a_person_who_is_a_member_already_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    again = person(1, resident_id=resident_id(1))
    answer = await post(registry, f"/households/{household}/members", again, Role.VILLAGE)
    assert (answer.status_code, answer.json()["code"]) == (409, "person-in-household-already")


async def test_of_two_households_that_add_a_person_at_once_one_wins(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2))
    proposed = [
        (await post(registry, f"/households/{each}/members", person(20), Role.VILLAGE)).json()["id"] for each in ids
    ]
    answers = await asyncio.gather(*(decide(registry, each) for each in proposed))
    assert sorted(each.status_code for each in answers) == [201, 409]
    refused = next(each for each in answers if each.status_code == 409)
    assert refused.json()["code"] == "person-in-another-household"
    assert sum([len(await members(registry, each)) for each in ids]) == 3


async def test_a_correction_shows_old_and_new_masked_and_is_sealed_anew(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    child = await joined(registry, household, 20)
    body = change(
        "member_corrected",
        household,
        member_id=child,
        name="王小新",
        resident_id=resident_id(21, "20010606").lower(),
        relation="grandchild",
        at_school=True,
    )
    values = {each["field"]: (each["old"], each["new"]) for each in (await changed(registry, body))["values"]}
    assert values["name"] == ("王**", "王**")
    assert values["resident_id"][0] == "500236********" + resident_id(20, "20000505")[-4:]
    assert values["relation"] == ("child", "grandchild")
    assert values["at_school"] == (None, "true")
    now = (await members(registry, household))[1]
    assert (now["born_on"], now["relation"], now["at_school"]) == ("2001-06-06", "grandchild", True)
    sealed = await registry.database.pool.fetchval("SELECT name_sealed FROM member WHERE id = $1::uuid", child)
    assert registry.app.state.cipher.decrypt(sealed, "member.name") == "王小新"


async def test_a_correction_to_the_number_of_someone_else_is_refused(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    child = await joined(registry, first, 20)
    body = change("member_corrected", first, member_id=child, resident_id=resident_id(2))
    answer = await propose(registry, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "person-in-another-household")
    assert answer.json()["values"]["household_id"] == second
    own = await propose(registry, {**body, "resident_id": resident_id(1)})
    assert own.json()["code"] == "person-in-household-already"


async def test_the_heads_events_are_the_households(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    head = await head_of(registry, household)
    await changed(
        registry,
        change("member_corrected", household, member_id=head, civil_capacity="limited", labour="unable"),
    )
    file = await file_of(registry, household)
    assert (file["civil_capacity"], file["able_to_work"]) == ("limited", False)
    other = await propose(registry, change("member_corrected", household, member_id=head, relation="child"))
    assert (other.status_code, other.json()["code"]) == (422, "head-has-no-relation")


async def test_the_head_dies_and_the_next_one_leads(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=3))
    head = await head_of(registry, household)
    spouse = await joined(registry, household, 20, relation="spouse", labour="unable")
    child = await joined(registry, household, 21)
    await borrow(registry, household)
    next_head = new_head(spouse, **{child: "child"})
    await changed(registry, _left(household, head, "death", new_head={**next_head, "credit_record": "none"}))
    now = await members(registry, household)
    assert [(each["id"], each["relation"]) for each in now] == [(spouse, "head"), (child, "child")]
    file = await file_of(registry, household)
    assert (file["member_count"], file["able_to_work"], file["credit_record"]) == (2, False, "none")
    gone = next(each for each in file["members"] if each["id"] == head)
    assert (gone["left_on"], gone["left_reason"], gone["relation"]) == (ON, "death", "head")
    [(recorded, version)] = await events(registry, HouseholdHeadChanged)
    assert (str(recorded.household_id), recorded.cause, version, file["version"]) == (household, "death", 1, 1)


@pytest.mark.parametrize("reason", ["death", None])
async def test_nothing_is_paid_to_a_former_heads_account_until_another_is_on_file(
    registry: ServiceUnderTest, reason: str | None
) -> None:
    [household] = await registered(registry, row(1, member_count=2))
    head, spouse = await head_of(registry, household), await joined(registry, household, 20, relation="spouse")
    asked = {"household_ids": [household]}
    [before] = (await post(registry, "/account-lookups", asked, Role.SERVICE, region="")).json()["accounts"]
    if reason:
        await changed(registry, _left(household, head, reason, new_head=new_head(spouse)))
    else:
        next_head = new_head(spouse, **{head: "spouse"})
        await changed(registry, change("head_changed", household, new_head=next_head))
    none = (await post(registry, "/account-lookups", asked, Role.SERVICE, region="")).json()
    assert none == {"accounts": [], "unknown": [household]}
    shown = (await file_of(registry, household))["accounts"]
    assert [(each["account_version"], each["valid"]) for each in shown] == [(1, False)]
    body = {
        "household_id": household,
        "account_number": "6217999900001234",
        "bank_code": "PSBC",
        "reason": "户主已变更，改用新户主账户",
    }
    assert (await post(registry, "/account-corrections", body, Role.TOWNSHIP)).status_code == 201
    [after] = (await post(registry, "/account-lookups", asked, Role.SERVICE, region="")).json()["accounts"]
    assert (after["account_number"], after["account_version"]) == ("6217999900001234", 2)
    assert after["id_number"] != before["id_number"]


async def test_a_head_does_not_leave_without_the_next_one(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=3))
    head = await head_of(registry, household)
    unknown_rest = await propose(registry, _left(household, head, "death"))
    assert (unknown_rest.status_code, unknown_rest.json()["code"]) == (409, "members-not-on-file")
    spouse = await joined(registry, household, 20, relation="spouse")
    child = await joined(registry, household, 21)
    for asked, code in (
        (None, "new-head-required"),
        (new_head(spouse), "relations-incomplete"),
        (new_head(spouse, **{child: "child", head: "spouse"}), "members-unknown"),
        (new_head(head, **{child: "child", spouse: "spouse"}), "members-unknown"),
        (new_head(UNKNOWN, **{child: "child", spouse: "spouse"}), "members-unknown"),
    ):
        answer = await propose(registry, _left(household, head, "death", new_head=asked))
        assert answer.json()["code"] == code, asked
    needless = await propose(registry, _left(household, child, new_head=new_head(spouse, **{head: "spouse"})))
    assert (needless.status_code, needless.json()["code"]) == (422, "new-head-not-needed")


async def test_the_household_ends_when_nobody_is_left(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=1, labourer_count=1))
    await borrow(registry, household)
    head = await head_of(registry, household)
    await changed(registry, _left(household, head, "death"))
    file = await file_of(registry, household)
    assert (file["ended_on"], file["end_reason"], file["member_count"]) == (ON, "died_out", 1)
    [(recorded, _)] = await events(registry, HouseholdEnded)
    assert (recorded.reason, str(recorded.effective_on)) == ("died_out", ON)
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_loan WHERE closed_on IS NULL") == 1
    again = await propose(registry, change("contact_changed", household, phone="13900000001"))
    assert (again.status_code, again.json()["code"]) == (409, "household-has-ended")


@pytest.mark.clause("SX-1(b)")
async def test_the_one_who_borrowed_stays_the_one_who_repays(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, member_count=2))
    head = await head_of(registry, household)
    spouse = await joined(registry, household, 20, relation="spouse")
    await borrow(registry, household)
    for body in (
        _left(household, head, "moved_out", new_head=new_head(spouse)),
        change("head_changed", household, new_head=new_head(spouse, **{head: "spouse"})),
    ):
        answer = await propose(registry, body)
        assert (answer.status_code, answer.json()["code"], answer.json()["clause"]) == (409, "loans-open", "SX-1")
    await registry.database.pool.execute("UPDATE household_loan SET closed_on = '2017-02-20', repaid_on_time = true")
    done = await changed(registry, change("head_changed", household, new_head=new_head(spouse, **{head: "spouse"})))
    assert {each["field"]: (each["old"], each["new"]) for each in done["values"]}["new_head.member_id"] == (
        head,
        spouse,
    )
    assert [(each["id"], each["relation"]) for each in await members(registry, household)] == [
        (spouse, "head"),
        (head, "spouse"),
    ]
    again = await propose(registry, change("head_changed", household, new_head=new_head(spouse, **{head: "spouse"})))
    assert (again.status_code, again.json()["code"]) == (409, "already-head")


async def test_who_has_left_is_no_member_and_may_join_elsewhere(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    child = await joined(registry, first, 20)
    await changed(registry, _left(first, child, "married_out"))
    again = await propose(registry, _left(first, child, "married_out"))
    assert (again.status_code, again.json()["code"]) == (404, "members-unknown")
    await joined(registry, second, 20, cause="married_in", relation="child_in_law")
    assert len(await members(registry, second)) == 2


async def test_nobody_leaves_before_joining(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    child = await joined(registry, household, 20, cause="moved_in")
    answer = await propose(registry, {**_left(household, child), "effective_on": "2017-02-28"})
    assert (answer.status_code, answer.json()["code"]) == (422, "date-before-step")


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE member SET is_head = true, relation = 'head'", asyncpg.UniqueViolationError),
        ("UPDATE member SET relation = 'child' WHERE is_head", asyncpg.CheckViolationError),
        ("UPDATE member SET left_on = '2018-01-01'", asyncpg.CheckViolationError),
        ("UPDATE member SET sex = 'none'", asyncpg.CheckViolationError),
        ("UPDATE household SET ended_on = '2018-01-01'", asyncpg.CheckViolationError),
        ("UPDATE change_request SET reason = 'other'", asyncpg.RestrictViolationError),
        ("DELETE FROM change_request", asyncpg.RestrictViolationError),
        ("UPDATE household_village SET valid_from = '2018-01-01'", asyncpg.RestrictViolationError),
        (
            "INSERT INTO household_village (household_id, village_code, valid_from, cause, recorded_by) "
            "SELECT id, '999999999999', '2018-01-01', 'moved', 'x' FROM household",
            asyncpg.ForeignKeyViolationError,
        ),
        (
            "INSERT INTO household SELECT (jsonb_populate_record(h, jsonb_build_object("
            "'id', uuid7(), 'number', 'other', 'import_id', uuid7()))).* FROM household h",
            asyncpg.ForeignKeyViolationError,
        ),
        (
            "INSERT INTO household SELECT (jsonb_populate_record(h, jsonb_build_object("
            "'id', uuid7(), 'number', 'other', 'village_code', '500236999999'))).* FROM household h",
            asyncpg.ForeignKeyViolationError,
        ),
        ("UPDATE household SET village_code = '500236999999'", asyncpg.ForeignKeyViolationError),
        ("UPDATE household SET import_id = uuid7()", asyncpg.RestrictViolationError),
        ("UPDATE household SET id = uuid7()", asyncpg.RestrictViolationError),
        ("DELETE FROM household", asyncpg.RestrictViolationError),
        ("DELETE FROM region WHERE level = 'village'", asyncpg.RestrictViolationError),
        ("UPDATE region SET code = code || '9' WHERE level = 'village'", asyncpg.RestrictViolationError),
    ],
)
async def test_the_database_keeps_the_rules_itself(
    registry: ServiceUnderTest, statement: str, error: type[Exception]
) -> None:
    [household] = await registered(registry, row(1))
    await joined(registry, household, 20)
    with pytest.raises(error):
        await registry.database.pool.execute(statement)


OF_HOUSEHOLDS = ("member", "bank_account", "credit_survey", "household_state_change", "household_village")


@pytest.mark.parametrize("table", OF_HOUSEHOLDS)
async def test_whose_household_it_is_must_be_on_file_and_never_changes(registry: ServiceUnderTest, table: str) -> None:
    await registered(registry, row(1), row(2))
    pool = registry.database.pool
    columns = await pool.fetchval(
        "SELECT string_agg(column_name, ', ') FROM information_schema.columns "
        "WHERE table_name = $1 AND is_identity = 'NO'",
        table,
    )
    person = ", 'id', uuid7(), 'resident_id_index', '\\x' || encode(uuid_send(uuid7()), 'hex')"
    other = "'household_id', uuid7()" + (person if table == "member" else "")
    copied = (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM "
        f"(SELECT (jsonb_populate_record(t, jsonb_build_object({other}))).* FROM {table} t) one"
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError, match=f"{table}.household_id names no household"):
        await pool.execute(copied)
    with pytest.raises(asyncpg.RestrictViolationError):
        await pool.execute(f"UPDATE {table} SET household_id = (SELECT max(id::text)::uuid FROM household)")
    assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 2
