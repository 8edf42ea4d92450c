"""Sheets of household members: right rows on file, facts filled in, wrong rows with every reason."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import xlsxwriter

from services.registry.tests.county import (
    COUNTY,
    OTHER_VILLAGE,
    VILLAGE,
    finished,
    get,
    import_members,
    registered,
    resident_id,
    row,
    send_sheet,
)
from shared.access import Role
from shared.households_sheet import MEMBER_COLUMNS
from shared.testing.service import ServiceUnderTest


def member(household: int, person: int, **other: Any) -> dict[str, Any]:
    """Return the cells of one right member of a household; `other` replaces cells by column key."""
    return {
        "household_number": f"FJ{household:05d}",
        "name": f"王小{'甲乙丙丁'[person % 4]}",
        "resident_id": resident_id(person, "20050301"),
        "relation": "儿子",
        **other,
    }


def members_sheet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return an .xlsx of members."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, column in enumerate(MEMBER_COLUMNS):
            sheet.write_string(0, place, column.header)
            for line, cells in enumerate(rows, start=1):
                sheet.write_string(line, place, str(cells.get(column.key, "")))
    return output.getvalue()


async def _codes(registry: ServiceUnderTest, *rows: Mapping[str, Any]) -> tuple[int, list[str]]:
    answer = (await import_members(registry, members_sheet(rows))).json()
    assert answer["state"] == "finished", answer
    return answer["registered_count"], [each["code"] for each in answer["rejections"]]


# As the national register writes the relation to the head.
RELATIONS = {
    "spouse": ("配偶",),
    "child": ("之子", "之女"),
    "child_in_law": ("之儿媳", "之女婿"),
    "grandchild": ("之孙子", "之孙女", "之外孙子", "之外孙女"),
    "parent": ("之父", "之母"),
    "parent_in_law": ("之岳父", "之岳母", "之公公", "之婆婆"),
    "grandparent": ("之祖父", "之祖母", "之外祖父", "之外祖母"),
    "other": ("其他",),
}


async def test_the_twenty_relations_of_the_national_register_are_read(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1, member_count=21))
    written = [(relation, word) for relation, words in RELATIONS.items() for word in words]
    assert len(written) == 20
    rows = [
        member(1, 100 + place, relation=word, at_school="普通高中二年级") for place, (_, word) in enumerate(written)
    ]
    assert await _codes(registry, *rows) == (20, [])
    kept = await registry.database.pool.fetch("SELECT relation, at_school FROM member WHERE NOT is_head ORDER BY id")
    assert sorted(each["relation"] for each in kept) == sorted(relation for relation, _ in written)
    assert {each["at_school"] for each in kept} == {True}


LABOUR = {"普通劳动力": "able", "技能劳动力": "able", "丧失劳动力": "unable", "无劳动力": "unable"}
HEALTH = {"健康": "healthy", "长期慢性病": "chronic_illness", "患有大病": "serious_illness", "残疾": "disabled"}


async def test_labour_and_health_are_read_as_the_national_register_writes_them(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1, member_count=5))
    rows = [
        member(1, 100 + place, labour=labour, health=health)
        for place, (labour, health) in enumerate(zip(LABOUR, HEALTH, strict=True))
    ]
    assert await _codes(registry, *rows) == (4, [])
    kept = await registry.database.pool.fetch("SELECT labour, health FROM member WHERE NOT is_head ORDER BY id")
    assert sorted(map(tuple, kept)) == sorted(zip(LABOUR.values(), HEALTH.values(), strict=True))


async def test_members_come_on_file_with_their_facts(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1, member_count=2))
    child = member(1, 51, education="初中", at_school="是", health="健康", labour="无劳动能力", migrant_worker="否")
    spouse = member(1, 52, relation="妻子", resident_id=resident_id(52, "19810203"), civil_capacity="完全")
    assert await _codes(registry, child, spouse) == (2, [])
    on_file = await registry.database.pool.fetch(
        "SELECT relation, sex, education, at_school, health, labour, migrant_worker, civil_capacity, born_on::text, "
        "joined_on::text FROM member WHERE NOT is_head ORDER BY born_on"
    )
    sexes = [{True: "male", False: "female"}[int(each["resident_id"][16]) % 2 == 1] for each in (spouse, child)]
    assert [tuple(each) for each in on_file] == [
        ("spouse", sexes[0], None, None, None, None, None, "full", "1981-02-03", "2014-05-06"),
        ("child", sexes[1], "junior_middle", True, "healthy", "unable", False, None, "2005-03-01", "2014-05-06"),
    ]
    assert await registry.database.pool.fetchval("SELECT member_count FROM household") == 3


async def test_the_heads_missing_facts_are_filled_in_and_a_second_time_changes_nothing(
    registry: ServiceUnderTest,
) -> None:
    await registered(registry, row(1))
    head = member(1, 1, name=row(1)["head_name"], resident_id=resident_id(1), relation="户主", education="小学")
    assert await _codes(registry, head) == (1, [])
    assert await registry.database.pool.fetchval("SELECT education FROM member WHERE is_head") == "primary"
    answer = (await import_members(registry, members_sheet([head]))).json()
    assert (answer["already_registered_count"], answer["registered_count"], answer["rejected_count"]) == (1, 0, 0)
    assert await registry.database.pool.fetchval("SELECT count(*) FROM member") == 1


async def test_a_sheet_of_members_without_a_row_is_refused(registry: ServiceUnderTest) -> None:
    answer = await import_members(registry, members_sheet([]))
    assert (answer.status_code, answer.json()["code"]) == (422, "sheet-has-no-rows")
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_import") == 0


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"household_number": "FJ00099"}, "household-unknown"),
        ({"household_number": "户 1"}, "household-number-invalid"),
        ({"resident_id": resident_id(2)}, "resident-id-registered"),
        ({"resident_id": "500236200503010001"}, "resident-id-check-digit"),
        ({"resident_id": resident_id(9, born="20990101")}, "resident-id-birth"),
        ({"relation": "户主"}, "second-head"),
        ({"relation": "朋友"}, "not-a-word"),
        ({"relation": ""}, "empty"),
        ({"name": ""}, "empty"),
        ({"health": "好像还行"}, "not-a-word"),
        ({"resident_id": resident_id(1), "name": "王大乙", "relation": "配偶"}, "member-registered-otherwise"),
        ({"resident_id": resident_id(1), "name": "别名", "relation": "户主"}, "member-registered-otherwise"),
        (
            {"resident_id": resident_id(1), "name": "王大乙", "relation": "户主", "civil_capacity": "限制"},
            "member-registered-otherwise",
        ),
        ({"household_number": "FJ00003"}, "household-ended"),
    ],
)
async def test_a_wrong_member_is_named_and_the_right_one_kept(
    registry: ServiceUnderTest, cells: dict[str, Any], code: str
) -> None:
    await registered(registry, row(1, head_name="王大乙"), row(2), row(3))
    await registry.database.pool.execute(
        "UPDATE household SET ended_on = '2018-01-01', end_reason = 'error' WHERE number = 'FJ00003'"
    )
    assert await _codes(registry, member(1, 51), member(1, 52, **cells)) == (1, [code])


async def test_the_same_person_or_two_heads_in_a_sheet_keep_the_first(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2))
    twice = member(2, 51)
    heads = [member(1, 53, relation="户主"), member(1, 54, relation="户主")]
    registered_count, codes = await _codes(registry, member(1, 51), twice, *heads)
    assert registered_count == 1
    assert set(codes) == {"resident-id-repeated", "head-repeated", "second-head"}


async def test_rejected_members_come_back_corrected(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    sheet = members_sheet([member(1, 51), member(9, 52)])
    answer = (await import_members(registry, sheet)).json()
    assert (answer["kind"], answer["registered_count"], answer["rejected_count"]) == ("members", 1, 1)
    path = f"/member-imports/{answer['id']}/rejections.csv"
    body = (await get(registry, path, Role.POVERTY_OFFICE)).content.decode("utf-8-sig")
    assert "the household number is not registered" in body
    corrected = (await import_members(registry, body.replace("FJ00009", "FJ00001").encode())).json()
    assert (corrected["registered_count"], corrected["rejected_count"]) == (1, 0)
    other = await get(registry, f"/household-imports/{answer['id']}", Role.POVERTY_OFFICE)
    assert (other.status_code, other.json()["code"]) == (404, "household-import-unknown")


async def test_a_township_brings_members_of_its_own_households_only(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    body = members_sheet([member(1, 51), member(2, 52)])
    sent = await send_sheet(registry, body, role=Role.TOWNSHIP, region=VILLAGE[:9], path="member-imports")
    answer = (await finished(registry, sent, Role.TOWNSHIP, VILLAGE[:9], "member-imports")).json()
    assert (answer["registered_count"], answer["rejected_count"]) == (1, 1)
    assert [each["code"] for each in answer["rejections"]] == ["household-outside-your-region"]
    refused = await send_sheet(registry, body, role=Role.VILLAGE, region=COUNTY, path="member-imports")
    assert (refused.status_code, refused.json()["code"]) == (403, "right-missing")
