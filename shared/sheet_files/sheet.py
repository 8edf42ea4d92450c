"""An uploaded sheet as it is read: what kind of file it is, its header row understood, its rows one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.households_sheet import SheetColumn, column_for_header
from shared.sheet_files.refusals import ColumnsMissing


class Place(NamedTuple):
    """A cell of a sheet: the row as the spreadsheet shows it, the column from 0, and the sheet's name if it has one."""

    row: int
    column: int
    sheet: str | None = None


Cell = Any  # str, float, bool, date, datetime; an empty cell is ""
Row = tuple[int, list[Cell]]


@dataclass(frozen=True, slots=True)
class Header:
    """The first row, understood."""

    positions: Mapping[str, int]  # column key -> position in the row
    headers: tuple[str, ...]  # as written, for the sheet of rejected rows
    ignored: tuple[str, ...]
    is_1904: bool = False  # the workbook counts its days from 1904


def understood(cells: Sequence[Cell], columns: Sequence[SheetColumn], known_extras: Sequence[str] = ()) -> Header:
    """Return where each column stands; `known_extras` are headers that may stand there without meaning anything.

    Raises:
        ColumnsMissing: a required column is missing, or a column stands there twice.
    """
    headers = tuple(str(cell).strip() for cell in cells)
    positions: dict[str, int] = {}
    twice: list[SheetColumn] = []
    ignored: list[str] = []
    for position, header in enumerate(headers):
        column = column_for_header(header, columns) if header else None
        if column is None:
            ignored += [header] if header and header not in known_extras else []
        elif column.key in positions:
            twice.append(column)
        else:
            positions[column.key] = position
    missing = [column for column in columns if column.required and column.key not in positions]
    if missing or twice:
        raise ColumnsMissing(missing, twice)
    return Header(positions, headers, tuple(ignored))
