"""Files as people send them: encodings, delimiters, dates, formulas, bombs; pure reading, no service."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from services.registry.register.imports.cells import PersonReader, number_reader
from services.registry.register.imports.faults import sentences
from services.registry.tests.county import SCHEME, resident_id, row, workbook
from shared.csv_files.refusals import EncodingUnknown, FileRefused, FileUnreadable
from shared.households_sheet import SheetColumn, household_columns
from shared.sheet_files.checking import checked_sheet
from shared.sheet_files.csv_file import CsvFile
from shared.sheet_files.refusals import (
    ColumnsMissing,
    FileTooLarge,
    FormulaCells,
    NotAWorkbook,
    SheetHasNoRows,
)
from shared.sheet_files.xlsx_file import _WINDOW_BYTES, XlsxFile

COLUMNS = household_columns(SCHEME)
TWO = (SheetColumn("name", "姓名", "Name", 10), SheetColumn("number", "编号", "Number", 10))


def _csv(text: str, encoding: str = "utf-8") -> list[list[str]]:
    return [cells for _, cells in CsvFile.checked(io.BytesIO(text.encode(encoding))).rows()]


def _written(*rows: list[Any], **options: Any) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, **options}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, date | datetime):
                    sheet.write_datetime(line, place, cell, day)
                else:
                    sheet.write(line, place, cell)
    return output.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_the_encodings_and_delimiters_of_spreadsheets(encoding: str, delimiter: str) -> None:
    text = f"姓名{delimiter}编号\r\n王大甲{delimiter}007\r\n\r\n赵一{delimiter}8\r\n"
    assert _csv(text, encoding) == [["姓名", "编号"], ["王大甲", "007"], ["赵一", "8"]]


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks() -> None:
    assert _csv('a,b\n"x,""y""","1\n2"\n') == [["a", "b"], ['x,"y"', "1\n2"]]


def test_rows_have_the_numbers_a_spreadsheet_shows() -> None:
    file = CsvFile.checked(io.BytesIO(b"a,b\n\n1,2\n,\n3,4"))
    assert [number for number, _ in file.rows()] == [1, 3, 5]


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "@SUM(A1)", '"=1,2"', "-A1", "＝1", "-2+3", "\t=1+1", " =A1"])
def test_a_csv_cell_that_would_be_computed_is_refused_like_a_formula(cell: str) -> None:
    for text in (f"姓名,编号\n1,{cell}\n", f"姓名,编号\n{cell},1\n", f"姓名;编号\n1;{cell}"):
        with pytest.raises(FormulaCells) as refused:
            checked_sheet(io.BytesIO(text.encode()), TWO)
        assert refused.value.values == {"line": 2, "cell": "B2" if text[6] == "1" else "A2", "sheet": None}


@pytest.mark.parametrize(
    "cell", ["-5", "-0.5", "2014-05-06", "a=b", "x@y", "1+1", "'=1+1", "-", "- 无", "+86 138-0013-8000"]
)
def test_negative_numbers_days_signs_and_quoted_formulas_are_none(cell: str) -> None:
    sheet = checked_sheet(io.BytesIO(f"姓名,编号\n1,{cell}\n".encode()), TWO)
    assert [cells for _, cells in sheet.file.rows()][1] == ["1", cell.removeprefix("'")]


def test_digits_are_kept_from_a_spreadsheet_by_a_tab_or_as_a_text_formula() -> None:
    [_, *rows] = _csv('a,b\n1,\t50023619800101001X\n2,"=""0012"""\n')
    assert [cells[1].strip() for cells in rows] == ["50023619800101001X", "0012"]


def test_a_formula_matters_in_a_column_that_is_read_only() -> None:
    [_, cells] = [
        cells for _, cells in checked_sheet(io.BytesIO("姓名,编号,备注\n王,1,=A1\n".encode()), TWO).file.rows()
    ]
    assert cells[:2] == ["王", "1"]
    body = _written(["姓名", "编号", "备注"], ["王", "1", "=A2"])
    assert len(list(checked_sheet(io.BytesIO(body), TWO).file.rows())) == 2


@pytest.mark.parametrize("top", ["sep=;\n", '"sep=;"\r\n', "# 2019 年导出\n", "\n#a\n\nsep=;\n"])
def test_hints_and_comments_above_the_header_are_left_out(top: str) -> None:
    assert _csv(f"{top}a;b\n1,5;2\n# 王;3\n") == [["a", "b"], ["1,5", "2"], ["# 王", "3"]]


def test_lines_that_hold_only_commas_are_no_rows() -> None:
    assert _csv("a,b\n1,2\n" + " , \n" * 200_001) == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", NotAWorkbook),
        (b" \r\n", NotAWorkbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NotAWorkbook),
        (b"\x89PNG\r\n\x1a\n\x00\x00", NotAWorkbook),
        ("姓名,编号\n".encode("utf-16"), EncodingUnknown),
        (b"name,number\n\xff\xff\xff,1\n", EncodingUnknown),
        ("姓名,电话\n王,1\n".encode(), ColumnsMissing),
        ("姓名,编号,Name\n王,1,2\n".encode(), ColumnsMissing),
        (("姓名,编号\n" + "王,1\n" * 200_001).encode(), FileTooLarge),
        ("姓名,编号".encode(), SheetHasNoRows),
        ("姓名,编号\r\n\r\n,\r\n".encode(), SheetHasNoRows),
        (_written(["姓名", "编号"]), SheetHasNoRows),
        (_written(["姓名", "编号"], [], ["", ""]), SheetHasNoRows),
        (b"PK\x03\x04" + b"\x00" * 60, NotAWorkbook),
    ],
    ids=[
        "empty",
        "blank",
        "xls",
        "png",
        "utf-16",
        "binary",
        "column",
        "twice",
        "rows",
        "header",
        "blanks",
        "xlsx",
        "cells",
        "zip",
    ],
)
def test_a_file_is_recognised_by_its_content_and_refused_by_name(body: bytes, refusal: type[FileRefused]) -> None:
    with pytest.raises(refusal):
        checked_sheet(io.BytesIO(body), TWO)


def test_quotes_that_never_close_are_named_with_their_line() -> None:
    file = CsvFile.checked(io.BytesIO(b'a,b\n1,2\n3,"4\n5,6\n'))
    with pytest.raises(FileUnreadable):
        list(file.rows())


@pytest.mark.parametrize("options", [{}, {"constant_memory": True, "in_memory": False}], ids=["shared", "inline"])
def test_a_workbook_is_read_as_others_read_it(options: dict[str, Any]) -> None:
    body = _written(
        ["名称", "数", "日", "", "末"],
        ["王 <&> \"'", 12.5, date(2014, 5, 6), "", "x"],
        [],
        ["_x0041_", 1e-5, datetime(2014, 5, 6, 12, 30), True, "尾 "],  # noqa: DTZ001 - a cell has no zone
        **options,
    )
    ours = dict(XlsxFile.checked(io.BytesIO(body)).rows())
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert sorted(ours) == [1, 2, 4]
    for number, cells in ours.items():
        assert [*cells, *[""] * (5 - len(cells))] == theirs[number - 1]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.one_of(st.floats(-1e9, 1e9), st.booleans(), st.text("王a1 <&\"'", max_size=6)), max_size=5),
        min_size=1,
        max_size=6,
    )
)
def test_any_workbook_is_read_as_others_read_it(rows: list[list[Any]]) -> None:
    body = _written(["top"], *rows, strings_to_numbers=False, strings_to_formulas=False, strings_to_urls=False)
    ours = dict(XlsxFile.checked(io.BytesIO(body)).rows())
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    for number, cells in enumerate(theirs, start=1):
        if number in ours:
            assert [*ours[number], *[""] * (len(cells) - len(ours[number]))] == cells
        else:
            assert not "".join(map(str, cells)).strip()


def _changed(body: bytes, part: str, old: bytes, new: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(output, "w") as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            copy.writestr(entry.filename, content.replace(old, new, 1) if entry.filename == part else content)
    return output.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("cell", "line"), [("G2", 2), ("N40", 40), ("A3000", 3000)])
def test_a_formula_is_refused_with_its_cell(cell: str, line: int) -> None:
    body = workbook([row(place % 400) for place in range(2000)], COLUMNS, **{cell: "=1+1", "B3001": "=2"})
    with pytest.raises(FormulaCells) as refused:
        checked_sheet(io.BytesIO(body), COLUMNS)
    assert refused.value.values == {"line": line, "cell": cell, "sheet": "Sheet1"}
    assert f"cell {cell} of Sheet1" in refused.value.detail
    assert f"“Sheet1”的 {cell} 单元格" in refused.value.detail


def test_a_formula_is_found_wherever_the_file_is_cut() -> None:
    body = workbook([row(1)], G2="=1+1")
    cells = []
    for blanks in range(_WINDOW_BYTES - 4096, _WINDOW_BYTES + 128, 16):
        padded = _changed(body, SHEET, b"<sheetData>", b"<!--" + b"-a" * (blanks // 2) + b" --><sheetData>")
        with pytest.raises(FormulaCells) as refused:
            checked_sheet(io.BytesIO(padded), COLUMNS)
        cells.append(refused.value.values["cell"])
    assert set(cells) == {"G2"}


def test_a_formula_in_a_cell_without_a_name_is_refused_all_the_same() -> None:
    body = _changed(workbook([row(1)], G2="=1+1"), SHEET, b'<c r="G2">', b"<c>")
    with pytest.raises(FormulaCells) as refused:
        checked_sheet(io.BytesIO(body), COLUMNS)
    assert refused.value.values == {"line": 2, "cell": "G2", "sheet": "Sheet1"}


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'),
        ("xl/workbook.xml", b"<workbook", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook'),
        (SHEET, b"</sheetData>", b"</sheetDat"),
        (SHEET, b't="s"><v>0</v>', b't="s"><v>99999</v>'),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"../../../etc/passwd"),
        (SHEET, b'r="A2"', b'r="ZZZZ2"'),
    ],
    ids=["entities", "external", "cut off", "no such text", "outside", "column"],
)
def test_a_workbook_with_broken_or_hostile_parts_is_refused(part: str, old: bytes, new: bytes) -> None:
    body = workbook([row(1)])
    assert old in zipfile.ZipFile(io.BytesIO(body)).read(part)
    with pytest.raises(FileRefused):
        list(checked_sheet(io.BytesIO(_changed(body, part, old, new)), COLUMNS).file.rows())


@given(st.integers(0, 499), st.dates(date(1920, 1, 1), date(2020, 12, 31)), st.integers(0, 10))
def test_a_sheet_judges_check_digits_as_the_standard_does(place: int, born: date, digit: int) -> None:
    right = resident_id(place, born.strftime("%Y%m%d"))
    written = right[:17] + "0123456789X"[digit]
    faults: list[str] = []
    person = PersonReader(0)([written], faults)
    assert (person is not None) == (written == right)
    assert faults == ([] if written == right else ["resident-id-check-digit"])


@pytest.mark.parametrize(
    ("cell", "number"),
    [("7", "7"), ("007", "7"), ("1.50", "1.5"), (1.5, "1.5"), (3.0, "3"), ("0", "0"), ("0.00", "0"), (1e-5, "0.00001")],
)
def test_one_number_is_one_text_however_it_is_written(cell: Any, number: str) -> None:
    faults: list[str] = []
    assert (number_reader("x", 0)([cell], faults), faults) == (number, [])


def test_a_word_that_is_none_of_the_choices_is_answered_with_them() -> None:
    columns = {column.key: column for column in COLUMNS}
    said = sentences(["not-a-word:poverty_state", "not-a-word:four_kinds"], columns)
    states = ["建档立卡", "已脱贫", "稳定脱贫", "监测户", "边缘户", "一般户"]
    assert said.zh == f"贫困状态不是规定的选项（{'、'.join(states)}）；四类人员不是规定的选项（是、否）"
    assert f"Poverty state is none of the allowed words ({', '.join(states)})" in said.en


@pytest.mark.parametrize(
    ("body", "todo"),
    [
        (b"", "请另存为 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "请另存为 .xlsx"),
        (b"a,b\n1,2\n", "表头须在第一行"),
        (("姓名,编号\n" + "王,1\n" * 200_001).encode(), "请只保留本表或拆分"),
        (workbook([]), "请填写后"),
    ],
    ids=["empty", "xls", "column", "rows", "no rows"],
)
def test_a_file_that_is_refused_says_in_both_languages_what_to_do(body: bytes, todo: str) -> None:
    with pytest.raises(FileRefused) as refused:
        checked_sheet(io.BytesIO(body), COLUMNS)
    assert todo in refused.value.detail
    assert "send" in refused.value.detail


def _renamed(body: bytes, **parts: str) -> bytes:
    """Return the workbook with parts under other names; what points to them stays."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(output, "w") as copy:
        for entry in archive.infolist():
            copy.writestr(parts.get(entry.filename, entry.filename), archive.read(entry))
    return output.getvalue()


def _read(body: bytes) -> list[list[Any]]:
    return [cells for _, cells in checked_sheet(io.BytesIO(body), TWO).file.rows()][1:]


_PEOPLE = _written(["姓名", "编号"], ["王五", "7"])
_STRICT = _PEOPLE
for _part in zipfile.ZipFile(io.BytesIO(_PEOPLE)).namelist():
    for _kind in ("officeDocument/2006/relationships", "spreadsheetml/2006/main"):
        _new = f"http://purl.oclc.org/ooxml/{_kind.replace('/2006', '')}".encode()
        _old = f"http://schemas.openxmlformats.org/{_kind}".encode()
        while _old in zipfile.ZipFile(io.BytesIO(_STRICT)).read(_part):
            _STRICT = _changed(_STRICT, _part, _old, _new)


@pytest.mark.parametrize(
    "body",
    [
        _renamed(
            _changed(_PEOPLE, "_rels/.rels", b"xl/workbook.xml", b"xl/workbook2.xml"),
            **{"xl/workbook.xml": "xl/workbook2.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/workbook2.xml.rels"},
        ),
        _renamed(
            _changed(_PEOPLE, "_rels/.rels", b"xl/workbook.xml", b"/Book.xml"),
            **{"xl/workbook.xml": "book.xml", "xl/_rels/workbook.xml.rels": "_rels/book.xml.rels"}
            | {f"xl/{each}": each for each in ("worksheets/sheet1.xml", "sharedStrings.xml", "styles.xml")},
        ),
        _renamed(_PEOPLE, **{"xl/sharedStrings.xml": "xl/SharedStrings.xml", SHEET: "XL/Worksheets/Sheet1.xml"}),
        _STRICT,
    ],
    ids=["another name", "another folder", "another case", "strict"],
)
def test_parts_are_found_by_their_relations_whatever_they_are_called(body: bytes) -> None:
    assert _read(body) == [["王五", "7"]]


def _two_sheets(first: str, second: str = "visible") -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        for name in ("去年", "今年"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["姓名", "编号"])
            sheet.write_row(1, 0, ["王五", name])
        book.get_worksheet_by_name("今年").activate()
    body = output.getvalue()
    for place, state in ((1, first), (2, second)):
        old = f'sheetId="{place}"'
        body = _changed(body, "xl/workbook.xml", old.encode(), f'{old} state="{state}"'.encode())
    return body


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_first_sheet_that_a_person_sees_is_read(state: str) -> None:
    assert _read(_two_sheets("visible")) == [["王五", "去年"]]
    assert _read(_two_sheets(state)) == [["王五", "今年"]]
    with pytest.raises(NotAWorkbook, match="全部隐藏"):
        _read(_two_sheets(state, "hidden"))


def test_formulas_of_another_sheet_and_rules_for_lists_are_none() -> None:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet, other = book.add_worksheet(), book.add_worksheet("汇总")
        sheet.write_row(0, 0, ["姓名", "编号"])
        sheet.write_row(1, 0, ["王五", "7"])
        other.write_formula("B1", "=COUNTA(Sheet1!A:A)")
        sheet.data_validation("B2:B9", {"validate": "list", "source": "=汇总!$A$1:$A$3"})
    body = output.getvalue()
    rule = b"<x14:dataValidation><x14:formula1><xm:f>B1</xm:f></x14:formula1></x14:dataValidation>"
    rule = b"<extLst><ext>" + rule + b"</ext></extLst>"
    spaces = b' xmlns:x14="a" xmlns:xm="b"'
    body = _changed(
        _changed(body, SHEET, b"</worksheet>", rule + b"</worksheet>"), SHEET, b" xmlns=", spaces + b" xmlns="
    )
    assert _read(body) == [["王五", "7"]]


def test_what_is_only_formatted_is_nothing() -> None:
    far = _changed(_PEOPLE, SHEET, b"</row></sheetData>", b'<c r="XFD2" s="1"/></row></sheetData>')
    below = b"".join(f'<row r="{line}" s="1"><c r="A{line}" s="1"/></row>'.encode() for line in range(3, 200_005))
    assert _read(far) == _read(_changed(_PEOPLE, SHEET, b"</sheetData>", below + b"</sheetData>")) == [["王五", "7"]]
    written = b'<c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    with pytest.raises(FileTooLarge, match="500"):
        _read(_changed(_PEOPLE, SHEET, b"</row></sheetData>", written))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "请取消密码"),
        (b"\xef\xbb\xbf<html><table><tr><td>1</td></tr></table>", "网页"),
        (_changed(_renamed(_PEOPLE, **{"xl/styles.xml": "mimetype"}), "mimetype", b"", b""), ".ods"),
        (_changed(_PEOPLE, "_rels/.rels", b"xl/workbook.xml", b"xl/workbook.bin"), ".xlsb"),
        (_changed(_PEOPLE, "xl/_rels/workbook.xml.rels", b'/worksheet"', b'/chartsheet"'), "其中没有工作表"),
    ],
    ids=["password", "web page", "ods", "xlsb", "no sheet"],
)
def test_a_file_is_refused_for_what_it_is(body: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        checked_sheet(io.BytesIO(body), TWO)
