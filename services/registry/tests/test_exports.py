"""The register as sheets: the import's own columns, safe to open, written down, and read back without a difference."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from services.registry.register.exports import actions
from services.registry.tests.county import (
    COUNTY,
    OTHER_VILLAGE,
    PACK_TEXT,
    SCHEME,
    VILLAGE,
    get,
    import_members,
    import_sheet,
    post,
    registered,
    row,
    workbook,
)
from services.registry.tests.test_member_import import member, members_sheet
from shared.access import Role
from shared.households_sheet import INDICATOR_PREFIX, CellKind, SheetColumn, household_columns
from shared.person_names import person_name
from shared.sheet_cells import is_computed, read_from_csv, shown_in_csv
from shared.sheet_files.csv_file import CsvFile
from shared.sheet_files.xlsx_file import XlsxFile
from shared.testing.service import ServiceUnderTest
from shared.web.sheets import csv_pieces, xlsx_pieces

FORMS = ("xlsx", "csv")


async def _export(
    registry: ServiceUnderTest, form: str, what: str = "households", region: str = COUNTY, **query: str
) -> bytes:
    parameters = "&".join(f"{name}={value}" for name, value in {"region_code": region, **query}.items())
    answer = await get(registry, f"/{what}/export.{form}?{parameters}", Role.POVERTY_OFFICE)
    assert answer.status_code == 200, answer.text
    return answer.content


def _rows(body: bytes, form: str) -> list[list[str]]:
    if form == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    read = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    return [[str(int(cell)) if isinstance(cell, float) else str(cell) for cell in cells] for cells in read]


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_has_the_columns_and_words_of_the_import(registry: ServiceUnderTest, form: str) -> None:
    await registered(
        registry, row(1, four_kinds="是", family_debts="RCB、ABC", residence_code="500237", group_name="三组")
    )
    header, cells = _rows(await _export(registry, form), form)
    columns = household_columns(SCHEME)
    assert header == [column.header for column in columns]
    shown = dict(zip((column.key for column in columns), cells, strict=True))
    expected = {key: str(value) for key, value in row(1).items()}
    expected |= {"four_kinds": "是", "family_debts": "ABC、RCB", "residence_code": "500237", "group_name": "三组"}
    assert shown == expected


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_read_back_registers_nothing_and_rejects_nothing(registry: ServiceUnderTest, form: str) -> None:
    evil = row(3, group_name="=HYPERLINK(1)")
    ids = await registered(registry, row(1), row(2, family_debts="ABC", residence_code="500237"), evil)
    marked = {"household_ids": ids[:2], "state": "lifted", "effective_from": "2018-01-01", "reason": "达标"}
    assert (await post(registry, "/household-status-changes", marked, Role.POVERTY_OFFICE)).status_code == 201
    answer = (await import_sheet(registry, await _export(registry, form))).json()
    counts = [answer[f"{each}_count"] for each in ("row", "registered", "already_registered", "rejected")]
    assert (answer["state"], counts) == ("finished", [3, 0, 3, 0]), answer["rejections"]
    again = (await import_sheet(registry, workbook([row(1)]))).json()  # the sheet of last year, as it was
    assert (again["already_registered_count"], again["rejected_count"]) == (1, 0)


@pytest.mark.parametrize("form", FORMS)
async def test_members_leave_and_come_back_the_same(registry: ServiceUnderTest, form: str) -> None:
    await registered(registry, row(1))
    body = members_sheet(
        [member(1, 51), member(1, 52, relation="配偶", education="初中", at_school="否", health="残疾")]
    )
    assert (await import_members(registry, body)).json()["registered_count"] == 2
    exported = await _export(registry, form, "members")
    assert len(_rows(exported, form)) == 4
    answer = (await import_members(registry, exported)).json()
    assert (answer["already_registered_count"], answer["rejected_count"], answer["row_count"]) == (3, 0, 3)


async def test_nothing_in_an_export_computes(registry: ServiceUnderTest) -> None:
    names = ["=1+1", "+86", "-x", "@cmd", "＝1"]
    await registered(registry, *(row(place, group_name=name) for place, name in enumerate(names, start=1)))
    cells = [cell for cells in _rows(await _export(registry, "csv"), "csv") for cell in cells]
    assert {f"'{name}" for name in names} <= set(cells)
    assert not any(is_computed(cell) for cell in cells)
    book = load_workbook(io.BytesIO(await _export(registry, "xlsx")))
    kinds = {cell.data_type for cells in book.active.rows for cell in cells}  # type: ignore[union-attr]
    assert "f" not in kinds
    with zipfile.ZipFile(io.BytesIO(await _export(registry, "xlsx"))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


async def test_each_export_is_written_down_and_kept(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    await _export(registry, "csv", region=VILLAGE[:9], state="registered")
    await _export(registry, "xlsx")
    listed = (await get(registry, f"/household-exports?region_code={COUNTY}", Role.POVERTY_OFFICE)).json()["items"]
    assert [(each["region_code"], each["form"], each["row_count"], each["poverty_state"]) for each in listed] == [
        (COUNTY, "xlsx", 2, None),
        (VILLAGE[:9], "csv", 1, "registered"),
    ]
    assert {each["exported_by"] for each in listed} == {"poverty_office-officer"}
    for change in ("UPDATE household_export SET exported_by = 'x'", "DELETE FROM household_export"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(change)


@pytest.mark.parametrize(
    ("role", "region", "asked", "status", "code"),
    [
        (Role.VILLAGE, VILLAGE, VILLAGE, 403, "right-missing"),
        (Role.BANK, COUNTY, COUNTY, 403, "right-missing"),
        (Role.AUDITOR, "", COUNTY, 403, "right-missing"),
        (Role.TOWNSHIP, "500236117", COUNTY, 403, "outside-region"),
        (Role.TOWNSHIP, "500236117", "500236001", 403, "outside-region"),
        (Role.POVERTY_OFFICE, "50", "50", 422, "export-too-wide"),
        (Role.POVERTY_OFFICE, COUNTY, "500236999", 404, "region-unknown"),
    ],
)
async def test_who_may_not_export_is_refused_by_name_and_nothing_is_written_down(
    registry: ServiceUnderTest, role: Role, region: str, asked: str, status: int, code: str
) -> None:
    answer = await get(registry, f"/households/export.csv?region_code={asked}", role, region=region)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_export") == 0


async def test_a_township_exports_its_own_region(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    answer = await get(registry, "/households/export.csv?region_code=500236117", Role.TOWNSHIP, region="500236117")
    numbers = [cells[0] for cells in _rows(answer.content, "csv")[1:]]
    assert numbers == ["FJ00002"]


async def test_more_rows_than_a_page_leave_in_order_and_none_twice(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "ROWS_PER_READ", 3)
    await registered(
        registry, *(row(place, village_code=(VILLAGE, OTHER_VILLAGE)[place % 2]) for place in range(1, 11))
    )
    numbers = [cells[0] for cells in _rows(await _export(registry, "csv"), "csv")[1:]]
    assert sorted(numbers) == [f"FJ{place:05d}" for place in range(1, 11)]


COLUMNS = [
    SheetColumn("a", "甲", "A", 10),
    SheetColumn("b", "数", "B", 10, CellKind.NUMBER),
    SheetColumn("c", "丙", "C", 10),
]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
TABLE = st.lists(st.tuples(TEXT.filter(bool), TEXT, TEXT), min_size=1, max_size=8)


async def _joined(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


def _padded(rows: Iterable[tuple[int, Sequence[Any]]], width: int) -> list[list[str]]:
    return [[*map(str, cells), *[""] * (width - len(cells))] for _, cells in rows]


@given(TABLE)
@settings(max_examples=60, deadline=None)
async def test_any_text_written_to_a_workbook_is_read_back_as_it_was(table: list[tuple[str, str, str]]) -> None:
    body = await _joined(xlsx_pieces([COLUMNS[0], COLUMNS[2], COLUMNS[2]], table))
    read = _padded(XlsxFile.checked(io.BytesIO(body)).rows(), 3)
    assert read[1:] == [list(cells) for cells in table]


@given(TABLE)
@settings(max_examples=60, deadline=None)
async def test_any_text_written_to_a_csv_is_read_back_as_it_was(table: list[tuple[str, str, str]]) -> None:
    kept = [tuple(cell.replace("\x00", "") for cell in cells) for cells in table]
    body = await _joined(csv_pieces([COLUMNS[0], COLUMNS[2], COLUMNS[2]], kept))
    read = _padded(CsvFile.checked(io.BytesIO(body)).rows(), 3)
    assert read[1:] == [list(cells) for cells in kept if any(map(str.strip, cells))]


@given(TEXT)
def test_an_apostrophe_takes_the_computing_away_and_nothing_else(text: str) -> None:
    shown = shown_in_csv(text)
    assert read_from_csv(shown) == text
    assert not is_computed(shown)


@pytest.mark.parametrize("text", ["-5", "-0.25", "-1e9", "1e9", "2014-05-06", "", "O'Neill"])
def test_plain_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert shown_in_csv(text) == text


PERSONS = st.fixed_dictionaries(
    {
        "head_name": st.text(st.sampled_from("王赵· -'’农ab𠮷\ue123"), min_size=1, max_size=10).filter(person_name),
        "member_count": st.integers(2, 9),
        "labourer_count": st.integers(0, 2),
        "poverty_state": st.sampled_from(["建档立卡", "已脱贫", "监测户", "一般户"]),
        "four_kinds": st.sampled_from(["是", "否"]),
        "credit_record": st.sampled_from(["无记录", "良好", "不良已结清"]),
        "family_debts": st.sampled_from(["", "ABC", "RCB、ABC"]),
        "residence_code": st.sampled_from(["", "500237", VILLAGE]),
        "group_name": st.text(st.sampled_from("三组=+-@'_x0041 农ab＝,;\""), max_size=10),
        f"{INDICATOR_PREFIX}income_annual": st.one_of(
            st.integers(0, 10**6), st.decimals(0, 10**6, places=2).map(str), st.just("")
        ),
    }
)


@given(st.lists(PERSONS, min_size=1, max_size=4), st.sampled_from(FORMS))
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_for_any_households_importing_the_export_changes_nothing(
    registry: ServiceUnderTest, persons: list[dict[str, Any]], form: str
) -> None:
    first = await registry.database.pool.fetchval("SELECT count(*) FROM household") + 1
    rows = [row(place, **cells) for place, cells in enumerate(persons, start=first)]
    sent = (await import_sheet(registry, workbook(rows))).json()
    assert (sent["registered_count"], sent["rejected_count"]) == (len(rows), 0), sent["rejections"]
    exported = await _export(registry, form)
    back = (await import_sheet(registry, exported)).json()
    assert (back["already_registered_count"], back["registered_count"], back["rejected_count"]) == (
        back["row_count"],
        0,
        0,
    ), back["rejections"]
    assert _rows(await _export(registry, form), form) == _rows(exported, form)
    assert back["row_count"] == first - 1 + len(rows)


STATES = """  eligible_states:
"""
OWN_WORDS = """  state_words:
    value:
      - {state: registered, zh: 低收入农户, en: low-income household}
      - {state: registered, zh: 在册低收入户, en: low-income household on file}
      - {state: general, zh: 脱贫户, en: household lifted long ago}
    clause: FJ-6
  eligible_states:
"""


@pytest.mark.parametrize(
    ("written", "state", "shown"),
    [
        ("低收入农户", "registered", "低收入农户"),
        ("在册低收入户", "registered", "低收入农户"),
        ("建档立卡", "registered", "低收入农户"),
        ("脱贫户", "general", "脱贫户"),  # the county's meaning of the word, not the platform's
        ("监测户", "monitored", "监测户"),
    ],
)
async def test_a_countys_own_words_for_states_are_read_and_written(
    regional_registry: ServiceUnderTest, written: str, state: str, shown: str
) -> None:
    assert PACK_TEXT.count(STATES) == 1
    text = PACK_TEXT.replace(STATES, OWN_WORDS)
    headers = regional_registry.headers(Role.POVERTY_OFFICE, region=COUNTY, subject="maker")
    sent = await regional_registry.client.post("/api/v1/policy-packs", content=text.encode(), headers=headers)
    assert sent.status_code == 201, sent.text
    checker = regional_registry.headers(Role.POVERTY_OFFICE, region=COUNTY, subject="checker")
    path = f"/api/v1/policy-packs/{sent.json()['id']}/confirmations"
    assert (await regional_registry.client.post(path, headers=checker)).status_code == 201

    await registered(regional_registry, row(1, poverty_state=written))
    stored = await regional_registry.database.pool.fetchval("SELECT poverty_state FROM household")
    header, cells = _rows(await _export(regional_registry, "csv"), "csv")
    [place] = [at for at, name in enumerate(header) if name.startswith("贫困状态")]
    assert (stored, cells[place]) == (state, shown)
    # The same household again, in another of its words, is the same household.
    again = (await import_sheet(regional_registry, workbook([row(1, poverty_state=shown)]))).json()
    assert (again["already_registered_count"], again["rejected_count"]) == (1, 0)
