"""A file that somebody sent as a sheet, found harmless and complete before a row of it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final

from shared.households_sheet import SheetColumn
from shared.languages import Sentence
from shared.sheet_cells import cell_name
from shared.sheet_files.csv_file import CsvFile
from shared.sheet_files.refusals import FormulaCells, NotAWorkbook, SheetHasNoRows
from shared.sheet_files.sheet import Header, Row, understood
from shared.sheet_files.xlsx_file import XlsxFile

_ZIP: Final = b"PK"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = ("EncryptedPackage", "EncryptionInfo")


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """A file that may be read, with its header understood."""

    form: str  # xlsx or csv
    file: CsvFile | XlsxFile
    header: Header


def checked_sheet(body: BinaryIO, columns: Sequence[SheetColumn], known_extras: Sequence[str] = ()) -> CheckedSheet:
    """Return the file once it is found harmless and complete; what it is decides its content, not its name.

    Raises:
        FileRefused: by name, with what to do.
    """
    start = body.read(4)
    body.seek(0)
    if start == _OLE:
        raise _kept_in_ole(body.read())
    form = "xlsx" if start.startswith(_ZIP) else "csv"
    file = XlsxFile.checked(body) if form == "xlsx" else CsvFile.checked(body)
    top = list(islice(file.rows(), 2))
    _, cells = first_row(iter(top))
    header = replace(understood(cells, columns, known_extras), is_1904=file.is_1904)
    read = set(header.positions.values())
    for place in file.formulas():
        if place.column in read:
            raise FormulaCells(place.row, cell_name(place.column, place.row), place.sheet)
    if len(top) == 1:
        raise SheetHasNoRows
    return CheckedSheet(form, file, header)


def _kept_in_ole(content: bytes) -> NotAWorkbook:
    """Return what an OLE file is: a workbook behind a password, or one of the old kind."""
    if any(name.encode("utf-16-le") in content for name in _ENCRYPTED):
        return NotAWorkbook(
            Sentence("设有打开密码", "it is protected by a password"), Sentence("请取消密码", "remove the password")
        )
    return NotAWorkbook(Sentence("为旧版 .xls 格式", "it is an .xls of the old kind"))


def first_row(rows: Iterator[Row]) -> Row:
    """Return the first row, the header.

    Raises:
        NotAWorkbook: there is none.
    """
    row = next(rows, None)
    if row is None:
        raise NotAWorkbook(Sentence("文件为空", "it is empty"))
    return row
