"""Household sheets: right rows registered, wrong rows kept with every reason, bad files refused whole."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

import asyncpg
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from services.registry.tests.county import (
    COUNTY,
    GOOD_ANSWERS,
    OTHER_VILLAGE,
    SCHEME,
    VILLAGE,
    events,
    get,
    import_sheet,
    registered,
    resident_id,
    row,
    workbook,
)
from shared.access import Role
from shared.bus.topology import MAX_MESSAGE_BYTES
from shared.events.registry import HOUSEHOLDS_PER_EVENT_MAX, HouseholdsRegistered
from shared.households_sheet import INDICATOR_PREFIX, household_columns
from shared.testing.service import ServiceUnderTest

WRONG_DIGIT = resident_id(30)[:17] + ("1" if resident_id(30)[17] != "1" else "2")


def _rejected_rows(body: bytes) -> list[dict[str, Any]]:
    header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, header), cells, strict=True)) for cells in rows]


async def _download(registry: ServiceUnderTest, import_id: str) -> bytes:
    answer = await get(registry, f"/household-imports/{import_id}/rejections.xlsx", Role.POVERTY_OFFICE)
    assert answer.status_code == 200
    return answer.content


async def test_right_rows_are_registered_and_published(registry: ServiceUnderTest) -> None:
    answer = (await import_sheet(registry, workbook([row(1), row(2, poverty_state="稳定脱贫")]))).json()
    counts = [answer[f"{each}_count"] for each in ("row", "registered", "already_registered", "rejected")]
    assert counts == [2, 2, 0, 0]
    [(recorded, version)] = await events(registry, HouseholdsRegistered)
    assert (str(recorded.import_id), recorded.county_code, version) == (answer["id"], COUNTY, 1)
    assert [(each.state, each.effective_from, each.village_code) for each in recorded.households] == [
        ("registered", date(2014, 5, 6), VILLAGE),
        ("stably_lifted", date(2014, 5, 6), VILLAGE),
    ]
    versions = await registry.database.pool.fetch("SELECT id, version FROM household ORDER BY number")
    assert [tuple(each) for each in versions] == [(each.household_id, 0) for each in recorded.households]


async def test_a_long_sheet_is_published_in_events_of_five_hundred(registry: ServiceUnderTest) -> None:
    rows = [row(place) for place in range(HOUSEHOLDS_PER_EVENT_MAX)]
    body = workbook([*rows, row(HOUSEHOLDS_PER_EVENT_MAX, resident_id=resident_id(0, born="19810101"))])
    assert (await import_sheet(registry, body)).json()["registered_count"] == HOUSEHOLDS_PER_EVENT_MAX + 1
    recorded = [event.households for event, _ in await events(registry, HouseholdsRegistered)]
    assert sorted(map(len, recorded)) == [1, HOUSEHOLDS_PER_EVENT_MAX]
    assert len({each.household_id for part in recorded for each in part}) == HOUSEHOLDS_PER_EVENT_MAX + 1
    largest = await registry.database.pool.fetchval("SELECT max(octet_length(data::text)) FROM outbox")
    assert largest < MAX_MESSAGE_BYTES / 2


@pytest.mark.clause("LG-42")
async def test_a_households_file_shows_everything_with_personal_data_masked(registry: ServiceUnderTest) -> None:
    [household_id] = await registered(registry, row(1, head_name="诸葛孔明"))
    file = (await get(registry, f"/households/{household_id}", Role.VILLAGE, region=VILLAGE)).json()
    assert (file["household_number"], file["poverty_state"], file["civil_capacity"]) == (
        "FJ00001",
        "registered",
        "full",
    )
    [head] = file["members"]
    assert (head["name"], head["born_on"]) == ("诸***", "1980-01-01")
    assert head["resident_id"] == f"500236********{resident_id(1)[-4:]}"
    assert file["phone"] == "*******0001"
    assert file["accounts"][0]["account_number"].endswith("*0001")
    assert file["surveys"][0]["answers"] == {code: str(value) for code, value in GOOD_ANSWERS.items()}
    listed = (await get(registry, f"/households?region_code={COUNTY}", Role.AUDITOR)).json()
    assert [each["head_name"] for each in listed["items"]] == ["诸***"]


async def test_personal_data_is_sealed_at_rest(registry: ServiceUnderTest) -> None:
    await import_sheet(registry, workbook([row(1), row(2, village_code="500236001999")]))
    dump = []
    tables = "household member bank_account credit_survey household_import household_import_rejection outbox"
    for table in tables.split():
        dump += [str(tuple(each)) for each in await registry.database.pool.fetch(f"SELECT * FROM {table}")]
    text = "\n".join(dump)
    assert "FJ00001" in text
    for secret in (row(1)["head_name"], resident_id(1), row(1)["phone"], row(1)["bank_account"], resident_id(2)):
        assert secret not in text
        assert secret.encode().hex() not in text


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"resident_id": WRONG_DIGIT}, "resident-id-check-digit"),
        ({"resident_id": "12345"}, "resident-id-shape"),
        ({"resident_id": resident_id(2).replace("50", "19", 1)}, "resident-id-shape"),
        ({"resident_id": resident_id(2, born="18991231")}, "resident-id-birth"),
        ({"resident_id": "5.00236E+17"}, "number-not-text"),
        ({"bank_account": 6222021234567890}, "number-not-text"),
        ({"head_name": "#N/A"}, "error-value"),
        ({"head_name": "王2"}, "not-a-name"),
        ({"head_name": "-"}, "not-a-name"),
        ({"head_name": "\u200b"}, "empty"),
        ({"residence_code": "990000"}, "residence-code-unknown"),
        ({"registered_on": "1899-12-30"}, "not-a-day"),
        ({"registered_on": 2019}, "not-a-day"),
        ({"resident_id": "500236198013011234"}, "resident-id-birth"),
        ({"resident_id": 500236198001010023}, "number-not-text"),
        ({"village_code": "500236001999"}, "village-unknown"),
        ({"village_code": "500236001"}, "village-unknown"),
        ({"village_code": "500237100201"}, "village-outside-county"),
        ({"head_name": ""}, "empty"),
        ({"head_name": "长" * 101}, "too-long"),
        ({"head_name": "王\u0007"}, "unprintable"),
        ({"poverty_state": "富裕"}, "not-a-word"),
        ({"member_count": 2.5}, "not-a-whole-number"),
        ({"member_count": -1}, "not-a-whole-number"),
        ({"member_count": 0, "labourer_count": 0}, "members-too-few"),
        ({"labourer_count": 9}, "labourers-above-members"),
        ({"registered_on": "2014-02-30"}, "not-a-day"),
        ({"registered_on": "2099-01-01"}, "date-in-future"),
        ({"resident_id": resident_id(2, born="20990101")}, "resident-id-birth"),
        ({"phone": "12345"}, "phone-invalid"),
        ({"bank_account": "62-17"}, "account-invalid"),
        ({"bank_code": "农商行"}, "bank-code-invalid"),
        ({"residence_code": "5002"}, "residence-code-invalid"),
        ({"family_debts": "农商行"}, "family-debts-invalid"),
        ({"group_name": "一" * 61}, "group-name-too-long"),
        ({"household_number": "户 1"}, "household-number-invalid"),
        ({f"{INDICATOR_PREFIX}bad_records": "多"}, "not-a-number"),
        ({f"{INDICATOR_PREFIX}bad_records": -1}, "not-a-number"),
    ],
)
async def test_a_wrong_row_is_named_and_the_right_one_kept(
    registry: ServiceUnderTest, cells: dict[str, Any], code: str
) -> None:
    answer = (await import_sheet(registry, workbook([row(1), row(2, **cells)]))).json()
    assert (answer["registered_count"], answer["rejected_count"]) == (1, 1)
    assert code in [each["code"] for each in answer["rejections"]]
    [rejected] = _rejected_rows(await _download(registry, answer["id"]))
    assert rejected["行号 Row"] == "3"
    assert rejected["原因 Reason"]


@pytest.mark.parametrize(
    ("cells", "key", "kept"),
    [
        ({"bank_account": 622202123456789}, "bank_account", "622202123456789"),
        ({"bank_account": "６２２２０２１２３４５６７８９"}, "bank_account", "622202123456789"),
        ({"resident_id": f"\u202a{resident_id(1)}\u202c"}, "resident_id", resident_id(1)),
        ({"phone": "+86 138-0000-0001"}, "phone", "13800000001"),
        ({"head_name": "王　五"}, "head_name", "王五"),
        ({"head_name": "王\U0002ebf0"}, "head_name", "王\U0002ebf0"),
        ({"registered_on": "2019年3月5日"}, "registered_on", "2019-03-05"),
        ({"registered_on": 43529}, "registered_on", "2019-03-05"),
        ({"poverty_state": "突发严重困难户"}, "poverty_state", "监测户"),
        ({"poverty_state": "脱贫不稳定户"}, "poverty_state", "监测户"),
        ({"poverty_state": "边缘易致贫户"}, "poverty_state", "边缘户"),
        ({f"{INDICATOR_PREFIX}income_annual": 1234.5600000000002}, f"{INDICATOR_PREFIX}income_annual", "1234.56"),
    ],
)
async def test_what_is_written_in_another_form_is_kept_as_it_was_meant(
    registry: ServiceUnderTest, cells: dict[str, Any], key: str, kept: str
) -> None:
    await registered(registry, row(1, **cells))
    body = (await get(registry, f"/households/export.csv?region_code={COUNTY}", Role.POVERTY_OFFICE)).text
    header, values = csv.reader(io.StringIO(body.removeprefix("\ufeff")))
    columns = household_columns(SCHEME)
    assert header == [column.header for column in columns]
    assert dict(zip((column.key for column in columns), values, strict=True))[key] == kept


async def test_a_corrected_row_comes_back_with_its_days_and_noise_read_as_before(registry: ServiceUnderTest) -> None:
    noisy = row(1, resident_id=WRONG_DIGIT, registered_on=43529.53, **{f"{INDICATOR_PREFIX}income_annual": 0.1 + 0.2})
    answer = (await import_sheet(registry, workbook([noisy, row(2, bank_account=6222021234567890)]))).json()
    assert answer["rejected_count"] == 2
    book = openpyxl.load_workbook(io.BytesIO(await _download(registry, answer["id"])))
    sheet = book.worksheets[0]
    sheet.cell(2, 3).value = resident_id(1)
    corrected = io.BytesIO()
    book.save(corrected)
    again = (await import_sheet(registry, corrected.getvalue())).json()
    assert (again["registered_count"], [each["code"] for each in again["rejections"]]) == (1, ["number-not-text"])


async def test_all_reasons_of_a_row_stand_beside_it(registry: ServiceUnderTest) -> None:
    wrong = row(2, resident_id=WRONG_DIGIT, village_code="500236001999", phone="1")
    answer = (await import_sheet(registry, workbook([row(1), wrong]))).json()
    assert {each["code"] for each in answer["rejections"]} == {
        "resident-id-check-digit",
        "village-unknown",
        "phone-invalid",
    }
    [rejected] = _rejected_rows(await _download(registry, answer["id"]))
    for words in ("校验码", "村编码不存在", "check digit", "village code is unknown"):
        assert words in rejected["原因 Reason"]
    assert rejected["户主姓名 Head name"] == wrong["head_name"]


async def test_the_same_person_or_number_twice_in_a_sheet_keeps_the_first(registry: ServiceUnderTest) -> None:
    rows = [row(1), row(2, resident_id=resident_id(1).lower()), row(3, household_number="FJ00001")]
    answer = (await import_sheet(registry, workbook(rows))).json()
    assert (answer["registered_count"], answer["rejected_count"]) == (1, 2)
    assert {each["code"] for each in answer["rejections"]} == {"resident-id-repeated", "household-number-repeated"}


async def test_a_person_registered_before_is_not_registered_again(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    answer = (await import_sheet(registry, workbook([row(2, resident_id=resident_id(1))]))).json()
    assert [each["code"] for each in answer["rejections"]] == ["resident-id-registered"]


async def test_a_number_registered_with_other_content_is_refused(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    answer = (await import_sheet(registry, workbook([row(1, member_count=5)]))).json()
    assert [each["code"] for each in answer["rejections"]] == ["household-number-registered"]


async def test_the_database_keeps_a_person_in_one_active_household(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    move = "UPDATE member SET resident_id_index = (SELECT resident_id_index FROM member WHERE household_id = $1::uuid)"
    with pytest.raises(asyncpg.UniqueViolationError):
        await registry.database.pool.execute(f"{move} WHERE household_id = $2::uuid", first, second)
    await registry.database.pool.execute(
        "UPDATE member SET left_on = '2018-01-01', left_reason = 'moved_out' WHERE household_id = $1::uuid", first
    )
    await registry.database.pool.execute(f"{move} WHERE household_id = $2::uuid", first, second)


async def test_sending_the_same_sheet_again_changes_nothing(registry: ServiceUnderTest) -> None:
    body = workbook([row(1), row(2, resident_id=WRONG_DIGIT), row(3, resident_id=resident_id(1))])
    first = (await import_sheet(registry, body)).json()
    again = (await import_sheet(registry, body)).json()
    assert (first["registered_count"], first["rejected_count"]) == (1, 2)
    assert (again["registered_count"], again["already_registered_count"], again["rejected_count"]) == (0, 1, 2)
    assert again["rejections"] == first["rejections"]
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household") == 1
    assert len(await registry.outbox()) == 2  # the pack and one household


async def test_the_rejected_rows_can_be_corrected_and_sent_as_they_are(registry: ServiceUnderTest) -> None:
    answer = (await import_sheet(registry, workbook([row(1), row(2, village_code="500236001999")]))).json()
    rejected = await _download(registry, answer["id"])
    await registry.database.pool.execute(
        "INSERT INTO region VALUES ('500236001999', '新村', 'village', '500236001')"
    )  # the village is on file now
    again = (await import_sheet(registry, rejected)).json()
    assert (again["registered_count"], again["rejected_count"], again["columns_ignored"]) == (1, 0, [])
    third = (await import_sheet(registry, workbook([row(2, village_code="500236001999")]))).json()
    assert third["already_registered_count"] == 1  # written as text or as a number, it is the same content


async def test_what_a_person_typed_never_becomes_a_formula(registry: ServiceUnderTest) -> None:
    evil = '=HYPERLINK("http://x","y")'
    answer = (await import_sheet(registry, workbook([row(1, head_name=evil, village_code="1")]))).json()
    body = await _download(registry, answer["id"])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert [each["户主姓名 Head name"] for each in _rejected_rows(body)] == [evil]


async def test_a_township_registers_its_own_households_only(registry: ServiceUnderTest) -> None:
    body = workbook([row(1), row(2, village_code=OTHER_VILLAGE)])
    answer = (await import_sheet(registry, body, role=Role.TOWNSHIP, region="500236117")).json()
    assert (answer["registered_count"], answer["rejected_count"]) == (1, 1)
    assert [each["code"] for each in answer["rejections"]] == ["village-outside-your-region"]
    outside = await import_sheet(registry, body, role=Role.TOWNSHIP, region="500237100")
    assert (outside.status_code, outside.json()["code"]) == (403, "outside-region")
    hidden = await get(registry, f"/household-imports/{answer['id']}", Role.TOWNSHIP, region="500237100", subject="x")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "household-import-unknown")
    own = await get(registry, f"/household-imports/{answer['id']}", Role.TOWNSHIP, region="500236117")
    assert own.json() == answer


def _bomb() -> bytes:
    output = io.BytesIO(workbook([row(1)]))
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/filler.bin", b"0" * 8_000_000)
    return output.getvalue()


def _many_parts() -> bytes:
    output = io.BytesIO(workbook([row(1)]))
    with zipfile.ZipFile(output, "a") as archive:
        for number in range(201):
            archive.writestr(f"xl/media/{number}", b"")
    return output.getvalue()


def _zip_without_sheet() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return output.getvalue()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-a-workbook"),
        (b"household_number\n1\n", "columns-missing"),
        (_zip_without_sheet(), "not-a-workbook"),
        (workbook([row(1)])[:-200], "not-a-workbook"),
        (_bomb(), "workbook-too-large"),
        (_many_parts(), "workbook-too-large"),
        (workbook([row(1)], G2="=1+1"), "formula-cells"),
        (workbook([]), "sheet-has-no-rows"),
        (workbook([row(1)], household_columns(SCHEME)[1:]), "columns-missing"),
        (workbook([row(1)], household_columns(SCHEME)[:-1]), "columns-missing"),
        (workbook([row(1)], [*household_columns(SCHEME), household_columns(SCHEME)[0]]), "columns-missing"),
    ],
    ids=["empty", "csv", "no sheet", "cut off", "bomb", "parts", "formula", "no rows", "column", "indicator", "twice"],
)
async def test_a_file_that_cannot_be_trusted_is_refused_whole(
    registry: ServiceUnderTest, body: bytes, code: str
) -> None:
    answer = await import_sheet(registry, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_import") == 0


async def test_the_missing_column_is_named(registry: ServiceUnderTest) -> None:
    answer = (await import_sheet(registry, workbook([row(1)], household_columns(SCHEME)[1:]))).json()
    assert answer["values"]["missing"] == ["户编号 Household number"]


async def test_a_repeated_request_gets_the_first_answer(registry: ServiceUnderTest) -> None:
    headers = registry.headers(Role.POVERTY_OFFICE)
    url, body = f"/api/v1/household-imports?county_code={COUNTY}", workbook([row(1)])
    first = await registry.client.post(url, content=body, headers=headers)
    again = await registry.client.post(url, content=body, headers=headers)
    other = await registry.client.post(url, content=workbook([row(2)]), headers=headers)
    assert (again.status_code, again.text) == (202, first.text)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_county_without_a_pack_has_no_indicator_columns(regional_registry: ServiceUnderTest) -> None:
    answer = (await import_sheet(regional_registry, workbook([row(1)]))).json()
    assert answer["registered_count"] == 1
    assert len(answer["columns_ignored"]) == len(GOOD_ANSWERS)


async def test_an_unknown_county_is_not_found(registry: ServiceUnderTest) -> None:
    answer = await import_sheet(registry, workbook([row(1)]), region="110101", county_code="110101")
    assert (answer.status_code, answer.json()["code"]) == (404, "region-unknown")
