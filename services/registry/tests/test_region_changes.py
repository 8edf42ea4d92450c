"""Codes change over time: households go along, history stays, and every wrong change is refused by name (SX-7)."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.register.regions.rules.successions import ChangeKind, Succession, faults_in
from services.registry.tests import family
from services.registry.tests.county import (
    OTHER_VILLAGE,
    VILLAGE,
    events,
    get,
    import_sheet,
    post,
    registered,
    row,
    workbook,
)
from shared.access import Role
from shared.events.registry import RegionChanged
from shared.testing.service import ServiceUnderTest

TOWNSHIP = "500236001"
OTHER_TOWNSHIP = "500236117"
NEIGHBOUR = "500237"
DOCUMENT = "渝府〔2019〕12号"


def change(kind: str, *pairs: tuple[Any, ...], on: str = "2019-07-01", **more: Any) -> dict[str, Any]:
    """Return a change; a pair is (from, to), (from, to, name) or (from, to, name, moved_codes)."""
    keys = ("from_code", "to_code", "to_name", "moved_codes")
    successions = [dict(zip(keys, pair, strict=False)) for pair in pairs]
    return {"kind": kind, "effective_on": on, "document": DOCUMENT, "successions": successions, **more}


async def record(registry: ServiceUnderTest, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Record a change as the administrator."""
    answer = await post(registry, "/region-changes", body, Role.ADMIN, region="")
    return answer.status_code, answer.json()


async def village_of(registry: ServiceUnderTest, household_id: str) -> str:
    """Return where the household is registered now."""
    code = await registry.database.pool.fetchval("SELECT village_code FROM household WHERE id = $1", household_id)
    return str(code)


async def test_a_new_name_keeps_the_old_one_findable(registry: ServiceUnderTest) -> None:
    status, done = await record(registry, change("rename", (OTHER_TOWNSHIP, OTHER_TOWNSHIP, "夔门镇")))
    assert (status, done["codes_added"], done["codes_ended"]) == (201, 0, 0)
    lineage = (await get(registry, f"/regions/{OTHER_TOWNSHIP}/lineage", Role.BANK)).json()
    assert lineage["region"]["name"] == "夔门镇"
    assert lineage["former_names"] == [{"name": "白帝镇", "valid_until": "2019-07-01"}]
    assert [each["name"] for each in lineage["path"]] == ["重庆市", "县", "奉节县"]
    found = (await get(registry, "/region-search?query=白帝", Role.BANK)).json()["items"]
    assert [(each["code"], each["former_names"]) for each in found] == [(OTHER_TOWNSHIP, ["白帝镇"])]


_ENDED = "village-ended:500236117202"
_MERGED = ("merge", (VILLAGE, OTHER_VILLAGE), (OTHER_VILLAGE, OTHER_VILLAGE))


async def test_a_sheet_with_a_code_that_ended_hears_which_code_holds_now(registry: ServiceUnderTest) -> None:
    await record(registry, change(*_MERGED))
    await record(registry, change("recode", (NEIGHBOUR, "500299")))
    rows = [row(1), row(2, village_code=OTHER_VILLAGE), row(3, village_code=OTHER_VILLAGE, residence_code=NEIGHBOUR)]
    answer = (
        await import_sheet(registry, workbook([*rows, row(4, village_code=OTHER_VILLAGE, residence_code="990000")]))
    ).json()
    assert answer["registered_count"] == 1
    kept = await registry.database.pool.fetch("SELECT faults FROM household_import_rejection ORDER BY row_number")
    assert [list(each["faults"]) for each in kept] == [
        [_ENDED],
        ["residence-code-ended:500299"],
        ["residence-code-unknown"],
    ]
    sheet = (await get(registry, f"/household-imports/{answer['id']}/rejections.csv", Role.POVERTY_OFFICE)).text
    assert f"村编码已停用，现行代码为{OTHER_VILLAGE} / the village code has ended; the code that holds now is" in sheet


async def test_a_code_that_is_yet_to_come_takes_no_household(registry: ServiceUnderTest) -> None:
    await registry.database.pool.execute("UPDATE region SET valid_from = '2099-01-01' WHERE code = $1", VILLAGE)
    answer = (await import_sheet(registry, workbook([row(1)]))).json()
    assert [each["code"] for each in answer["rejections"]] == ["village-to-come"]


async def test_nothing_is_filed_under_a_code_that_does_not_hold_on_the_day(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    split = change("split", (VILLAGE, VILLAGE, "诗城社区"), (VILLAGE, "500236001077", "新社区"))
    for body in (split, change("recode", ("500236001077", "500236001078"), on="2019-08-01")):
        assert (await record(registry, body))[0] == 201
    for code, on, refused in (
        ("500236001077", "2019-07-15", "region-ended"),
        ("500236001078", "2019-07-15", "regions-not-in-force"),
    ):
        for kind, field in (("household_moved", "village_code"), ("residence_changed", "residence_code")):
            asked = family.change(kind, household, effective_on=on, **{field: code})
            answer = (await family.propose(registry, asked)).json()
            assert (answer["code"], answer["values"]["region_codes"]) == (refused, ["500236001078"])
    moved = family.change("household_moved", household, village_code="500236001078", effective_on="2019-08-01")
    assert (await family.propose(registry, moved)).status_code == 201


@pytest.mark.clause("SX-7")
async def test_merged_villages_take_their_households_along(registry: ServiceUnderTest) -> None:
    ids = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    merged = "500236117203"
    status, done = await record(
        registry, change("merge", (VILLAGE, merged, "夔州社区"), (OTHER_VILLAGE, merged, "夔州社区"))
    )
    assert (status, done["codes_added"], done["codes_ended"], done["households_moved"]) == (201, 1, 2, 2)
    assert [each["households_moved"] for each in done["successions"]] == [1, 1]
    assert {await village_of(registry, each) for each in ids} == {merged}
    lineage = (await get(registry, f"/regions/{merged}/lineage", Role.BANK)).json()
    assert lineage["codes"] == [VILLAGE, OTHER_VILLAGE, merged]
    assert lineage["region"]["valid_from"] == "2019-07-01"
    ended = (await get(registry, f"/regions/{VILLAGE}/lineage", Role.BANK)).json()
    assert (ended["region"]["valid_until"], ended["codes"]) == ("2019-07-01", [VILLAGE, merged])
    # The past stays: on a day before, the households count in their old villages.
    past = (await get(registry, f"/regions/{TOWNSHIP}/roll-up?as_of=2019-06-30", Role.BANK)).json()
    now = (await get(registry, f"/regions/{OTHER_TOWNSHIP}/roll-up?as_of=2019-07-01", Role.BANK)).json()
    assert (past["household_count"], past["village_count"]) == (1, 1)
    assert [(line["code"], line["household_count"]) for line in now["lines"]] == [(merged, 2)]
    recorded = await events(registry, RegionChanged)
    assert [(event.kind, [pair.to_code for pair in event.successions]) for event, _ in recorded] == [
        ("merge", [merged] * 2)
    ]


async def test_a_village_absorbed_by_another_keeps_the_others_code(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    pairs = ((OTHER_VILLAGE, OTHER_VILLAGE), (VILLAGE, OTHER_VILLAGE))
    status, done = await record(registry, change("merge", *pairs))
    assert (status, done["codes_added"], done["codes_ended"], done["households_moved"]) == (201, 0, 1, 1)
    assert await village_of(registry, household) == OTHER_VILLAGE


async def test_a_county_that_becomes_a_district_takes_everything_below_along(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    status, done = await record(registry, change("recode", ("500236", "500157", "奉节区")))
    assert (status, done["code"]) == (409, "region-parent-not-in-force"), "5001 is not on file"
    status, done = await record(registry, change("recode", ("500236", "500239", "奉节区")))
    assert (status, done["codes_added"], done["codes_ended"], done["households_moved"]) == (201, 5, 5, 1)
    assert await village_of(registry, household) == "500239001001"
    township = (await get(registry, "/regions/500239001", Role.BANK)).json()
    assert (township["name"], township["parent_code"]) == ("永安街道", "500239")
    children = (await get(registry, "/regions?parent_code=5002", Role.BANK)).json()["items"]
    assert [each["code"] for each in children] == ["500237", "500239"]
    before = (await get(registry, "/regions?parent_code=5002&as_of=2019-06-30", Role.BANK)).json()["items"]
    assert [each["code"] for each in before] == ["500236", "500237"]
    again = (await get(registry, f"/regions/{VILLAGE}/lineage", Role.BANK)).json()
    assert again["codes"] == [VILLAGE, "500239001001"]


async def test_a_split_village_gives_each_household_to_a_part(registry: ServiceUnderTest) -> None:
    stays, goes = await registered(registry, row(1), row(2))
    part = "500236001002"
    body = change("split", (VILLAGE, VILLAGE), (VILLAGE, part, "诗仙社区"))
    body["assignments"] = [{"household_number": row(2)["household_number"], "to_code": part}]
    status, done = await record(registry, body)
    assert (status, done["codes_added"], done["codes_ended"], done["households_moved"]) == (201, 1, 0, 1)
    assert (await village_of(registry, stays), await village_of(registry, goes)) == (VILLAGE, part)


async def test_a_split_township_says_which_part_gets_which_village(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    half = ("500236003", "永安东街道"), ("500236004", "永安西街道")
    without = change("split", *((TOWNSHIP, code, name) for code, name in half))
    status, refused = await record(registry, without)
    assert (status, refused["code"], refused["values"]["region_codes"]) == (409, "region-children-not-taken", [VILLAGE])
    pairs: tuple[tuple[Any, ...], ...] = ((TOWNSHIP, *half[0], [VILLAGE]), (TOWNSHIP, *half[1], []))
    status, done = await record(registry, change("split", *pairs))
    assert (status, done["codes_added"], done["codes_ended"]) == (201, 3, 2)
    assert await village_of(registry, household) == "500236003001"
    [(recorded, _)] = await events(registry, RegionChanged)
    assert {(each.from_code, each.to_code) for each in recorded.successions} == {
        (TOWNSHIP, "500236003"),
        (TOWNSHIP, "500236004"),
        (VILLAGE, "500236003001"),
    }


async def test_a_split_township_tells_which_villages_stayed(registry: ServiceUnderTest) -> None:
    pairs = ((OTHER_TOWNSHIP, OTHER_TOWNSHIP), (OTHER_TOWNSHIP, "500236118", "新镇"))
    status, done = await record(registry, change("split", *pairs))
    assert (status, done["codes_added"], done["codes_ended"]) == (201, 1, 0)
    [(recorded, _)] = await events(registry, RegionChanged)
    assert {(each.from_code, each.to_code) for each in recorded.successions} == {
        (OTHER_TOWNSHIP, OTHER_TOWNSHIP),
        (OTHER_TOWNSHIP, "500236118"),
        (OTHER_VILLAGE, OTHER_VILLAGE),
    }


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        (change("rename", (VILLAGE, OTHER_VILLAGE, "名")), "region-change-invalid", "keeps the code"),
        (change("merge", (VILLAGE, "500236001009", "名")), "region-change-invalid", "two or more"),
        (change("recode", (VILLAGE, "500236009")), "region-change-invalid", "same level"),
        (change("split", (VILLAGE, "500236001008")), "region-change-invalid", "two or more"),
        (
            change("merge", (VILLAGE, "500236001009"), (OTHER_VILLAGE, "500236001009")),
            "region-change-invalid",
            "to_name",
        ),
        (change("recode", (VILLAGE, OTHER_VILLAGE)), "region-codes-taken", OTHER_VILLAGE),
        (change("recode", ("500236001777", "500236001778")), "regions-not-in-force", "500236001777"),
        (change("recode", (VILLAGE, "500236999001")), "region-parent-not-in-force", "500236999001"),
        (change("rename", (VILLAGE, VILLAGE, "名"), on="2199-01-01"), "date-in-future", "2199"),
        (
            change("split", (VILLAGE, VILLAGE), (VILLAGE, "500236001002", "名"))
            | {"assignments": [{"household_number": "NOBODY", "to_code": "500236001002"}]},
            "households-not-assignable",
            "NOBODY",
        ),
    ],
)
async def test_a_wrong_change_is_refused_by_name_and_changes_nothing(
    registry: ServiceUnderTest, body: dict[str, Any], code: str, word: str
) -> None:
    before = await registry.database.pool.fetch("SELECT * FROM region ORDER BY code")
    status, refused = await record(registry, body)
    assert (status in (409, 422), refused["code"]) == (True, code)
    assert word in refused["detail"]
    assert await registry.database.pool.fetch("SELECT * FROM region ORDER BY code") == before
    assert await registry.database.pool.fetchval("SELECT count(*) FROM region_change") == 0


async def test_a_township_whose_villages_collide_is_not_merged(registry: ServiceUnderTest) -> None:
    third = "500236118"
    lines = f"code,name,level,parent_code\n{third},第三镇,township,500236\n{third}202,同号村,village,{third}\n"
    headers = registry.headers(Role.ADMIN, region="")
    assert (await registry.client.post("/api/v1/region-imports", content=lines, headers=headers)).status_code == 201
    status, refused = await record(registry, change("merge", (OTHER_TOWNSHIP, OTHER_TOWNSHIP), (third, OTHER_TOWNSHIP)))
    assert (status, refused["code"], refused["values"]["region_codes"]) == (409, "region-codes-taken", [OTHER_VILLAGE])


async def test_a_code_that_ended_is_never_used_again(registry: ServiceUnderTest) -> None:
    assert (await record(registry, change("recode", (VILLAGE, "500236001009"))))[0] == 201
    status, refused = await record(registry, change("recode", (OTHER_VILLAGE, VILLAGE), on="2020-01-01"))
    assert (status, refused["code"]) == (409, "region-codes-taken")
    status, refused = await record(registry, change("recode", (VILLAGE, "500236001010"), on="2020-01-01"))
    assert (status, refused["code"]) == (409, "regions-not-in-force")
    headers = registry.headers(Role.ADMIN, region="")
    lines = f"code,name,level,parent_code\n{VILLAGE},旧社区,village,{TOWNSHIP}\n"
    answer = await registry.client.post("/api/v1/region-imports", content=lines, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "region-file-invalid")
    assert "ended on 2019-07-01" in answer.json()["detail"]


async def test_households_whose_numbers_would_clash_are_named(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    # A household of the neighbouring county with the same number.
    await registry.database.pool.execute(
        "INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from, "
        "registered_on, member_count, labourer_count, civil_capacity, able_to_work, credit_record, content_digest, "
        "import_id) SELECT gen_random_uuid(), $1, number, $1 || '100201', 1, poverty_state, poverty_state_from, "
        "registered_on, 1, 1, civil_capacity, able_to_work, credit_record, content_digest, import_id FROM household",
        NEIGHBOUR,
    )
    body = change("merge", (NEIGHBOUR, NEIGHBOUR), ("500236", NEIGHBOUR))
    status, refused = await record(registry, body)
    assert (status, refused["code"]) == (409, "households-not-assignable")
    assert row(1)["household_number"] in refused["detail"]


async def test_search_finds_the_best_first_and_stays_in_its_region(registry: ServiceUnderTest) -> None:
    found = (await get(registry, "/region-search?query=社区", Role.BANK)).json()["items"]
    assert [(each["name"], each["path"]) for each in found] == [("诗城社区", ["重庆市", "县", "奉节县", "永安街道"])]
    towns = (await get(registry, "/region-search?query=镇&level=township&within=500237", Role.BANK)).json()["items"]
    assert [each["name"] for each in towns] == ["巫峡镇"]
    codes = (await get(registry, "/region-search?query=500236&limit=2", Role.BANK)).json()["items"]
    assert [each["code"] for each in codes] == ["500236", "500236001"]
    assert (await get(registry, "/region-search?query=100%25", Role.BANK)).json()["items"] == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("诗城 社区", ["诗城社区"]),
        ("社区 诗城", ["诗城社区"]),
        ("重庆\u3000市", ["重庆市"]),
        ("早 村", ["早阳村"]),
        ("县 奉", ["奉节县"]),
        ("白帝 社区", []),
        ("诗城 100%", []),
        ("诗_ 社区", []),
    ],
)
async def test_words_with_blanks_between_them_are_looked_for_one_by_one(
    registry: ServiceUnderTest, words: str, names: list[str]
) -> None:
    found = (await get(registry, f"/region-search?query={quote(words)}", Role.BANK)).json()["items"]
    assert [each["name"] for each in found] == names


async def test_the_shortest_name_that_holds_every_word_comes_first(registry: ServiceUnderTest) -> None:
    await registry.database.pool.execute(
        "INSERT INTO region (code, name, level, parent_code) VALUES "
        "('500236001002', '朝阳东社区', 'village', '500236001'), ('500236117203', '朝阳社区', 'village', '500236117')"
    )
    found = (await get(registry, f"/region-search?query={quote('朝阳 社区')}", Role.BANK)).json()["items"]
    assert [each["name"] for each in found] == ["朝阳社区", "朝阳东社区"]
    inside = f"/region-search?query={quote('社区 朝阳')}&within=500236001"
    assert [each["name"] for each in (await get(registry, inside, Role.BANK)).json()["items"]] == ["朝阳东社区"]
    towns = f"/region-search?query={quote('朝阳 社区')}&level=township"
    assert (await get(registry, towns, Role.BANK)).json()["items"] == []


async def test_only_the_administrator_changes_regions(registry: ServiceUnderTest) -> None:
    answer = await post(registry, "/region-changes", change("rename", (VILLAGE, VILLAGE, "名")), Role.POVERTY_OFFICE)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


CODES = st.sampled_from(["11", "12", "13", "110101"])


@given(
    st.sampled_from(list(ChangeKind)),
    st.lists(st.builds(Succession, CODES, CODES, st.sampled_from([None, "名"])), min_size=1, max_size=4),
)
def test_the_shape_of_a_change_tells_its_kind(kind: ChangeKind, pairs: list[Succession]) -> None:
    sources, targets = {pair.from_code for pair in pairs}, {pair.to_code for pair in pairs}
    if faults_in(kind, pairs):
        return
    assert len({len(code) for code in sources | targets}) == 1
    shape = (len(sources) > 1, len(targets) > 1)
    match kind:
        case ChangeKind.RENAME:
            assert sources == targets
        case ChangeKind.RECODE:
            assert len(sources) == len(targets) == len(pairs)
            assert not sources & targets
        case ChangeKind.MERGE:
            assert shape == (True, False)
        case ChangeKind.SPLIT:
            assert shape == (False, True)
