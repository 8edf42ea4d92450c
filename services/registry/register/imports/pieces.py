"""Read a checked file piece by piece: packed rows for the staging table, and the cells as they were written.

A file of any size passes through in pieces of a few thousand rows, so memory does not grow with it. The pieces of a
file are the same whenever it is read: that is how a worker knows which of them are on file already.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

import orjson

from services.registry.register.imports.household_rows import HouseholdRows
from services.registry.register.imports.member_rows import MemberRows
from services.registry.register.imports.packing import HEADER, TRAILER
from shared.households_sheet import SheetColumn
from shared.pii import PiiCipher
from shared.sheet_files.checking import CheckedSheet, first_row
from shared.sheet_files.sheet import Cell, Row

HOUSEHOLDS: Final = "households"
UPLOAD_CONTEXT: Final = "household_import_part.content"  # what a sealed upload is bound to
MEMBERS: Final = "members"


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


_READERS: Final[Mapping[str, Any]] = {HOUSEHOLDS: HouseholdRows, MEMBERS: MemberRows}


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
    first_row(rows)
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
