"""Read a checked file piece by piece: packed rows for the staging table, and the cells as they were written.

A file of any size passes through in pieces of a few thousand rows, so memory does not grow with it. The pieces of a
file are the same whenever it is read: that is how a worker knows which of them are on file already.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO, Final, Protocol

import orjson

from services.registry.register.imports.csv_file import CsvFile
from services.registry.register.imports.household_rows import HouseholdRows
from services.registry.register.imports.member_rows import MemberRows
from services.registry.register.imports.packing import HEADER, TRAILER
from services.registry.register.imports.refusals import FormulaCells, NotAWorkbook, SheetHasNoRows
from services.registry.register.imports.sheet import Cell, Header, Row, understood
from services.registry.register.imports.xlsx_file import XlsxFile
from shared.households_sheet import SheetColumn
from shared.languages import Sentence
from shared.pii import PiiCipher
from shared.sheet_cells import cell_name

HOUSEHOLDS: Final = "households"
UPLOAD_CONTEXT: Final = "household_import_part.content"  # what a sealed upload is bound to
MEMBERS: Final = "members"
_ZIP: Final = b"PK"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = ("EncryptedPackage", "EncryptionInfo")


class Rows(Protocol):
    """Reads single rows of one kind of sheet."""

    def read(self, row_number: int, cells: list[Cell]) -> bytes:
        """Return the packed row."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows that stand together: packed for COPY, and as written (JSON: [[row number, cells], …])."""

    place: int  # 0, 1, 2 … in the file
    row_count: int
    packed: bytes
    written: bytes


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """A file that may be read, with its header understood."""

    form: str  # xlsx or csv
    file: CsvFile | XlsxFile
    header: Header


_READERS: Final[Mapping[str, Any]] = {HOUSEHOLDS: HouseholdRows, MEMBERS: MemberRows}


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
    _, cells = _first(iter(top))
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


def read_pieces(
    kind: str,
    sheet: CheckedSheet,
    columns: Sequence[SheetColumn],
    cipher: PiiCipher,
    rows_per_piece: int,
) -> Iterator[Piece]:
    """Yield all rows below the header in pieces of `rows_per_piece`; the last one may be shorter.

    Raises:
        FileRefused: the file breaks off further down.
    """
    reader: Rows = _READERS[kind](sheet.header, columns, cipher)
    rows = sheet.file.rows()
    _first(rows)
    place, packed, written = 0, [HEADER], list[Row]()
    for number, cells in rows:
        packed.append(reader.read(number, cells))
        written.append((number, cells))
        if len(written) == rows_per_piece:
            yield _piece(place, packed, written)
            place, packed, written = place + 1, [HEADER], []
    if written:
        yield _piece(place, packed, written)


def _piece(place: int, packed: list[bytes], written: list[Row]) -> Piece:
    packed.append(TRAILER)
    return Piece(place, len(written), b"".join(packed), orjson.dumps(written, default=_as_written))


def _as_written(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    raise TypeError(type(cell).__name__)


def _first(rows: Iterator[Row]) -> Row:
    row = next(rows, None)
    if row is None:
        raise NotAWorkbook(Sentence("文件为空", "it is empty"))
    return row
