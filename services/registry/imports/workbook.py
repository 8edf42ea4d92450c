"""Open an uploaded .xlsx safely: no zip bombs, no formulas, no missing columns."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from shared.errors import Invalid
from shared.households_sheet import SheetColumn, column_for_header

LARGEST_UNPACKED_BYTES: Final = 512 * 1024 * 1024  # 100 000 rows of 30 columns unpack to about 150 MB
LARGEST_RATIO: Final = 60  # real sheets of text compress to a tenth or a fifteenth
RATIO_CHECKED_FROM_BYTES: Final = 1024 * 1024
MOST_ENTRIES: Final = 200
MOST_ROWS: Final = 200_000
_WINDOW_BYTES: Final = 256 * 1024
_FORMULA = re.compile(rb"<(?:[A-Za-z]+:)?f[\s/>]")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")

Cell = Any  # what calamine reads: str, float, int, bool, date, datetime or an empty string


class WorkbookRefused(Invalid):
    """The file cannot be read as a household sheet."""

    code = "workbook-refused"
    title = "表格无法读取 Workbook refused"


class NotAWorkbook(WorkbookRefused):
    """The file is no .xlsx."""

    code = "not-a-workbook"

    def __init__(self, what: str) -> None:
        super().__init__(f"The file is not a readable .xlsx workbook ({what}); save it as .xlsx and send it again.")


class WorkbookTooLarge(WorkbookRefused):
    """The file unpacks to far more than a household sheet needs."""

    code = "workbook-too-large"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"The workbook has {what}, more than {limit}; send the sheet alone, or split it.", limit=limit)


class FormulaCells(WorkbookRefused):
    """The sheet computes cells instead of stating them."""

    code = "formula-cells"
    title = "表格含公式 Formula cells"

    def __init__(self) -> None:
        super().__init__(
            "The sheet holds formulas; copy the cells and paste them as values, then send it again. "
            "表内含公式，请复制后选择性粘贴为数值。"
        )


class ColumnsMissing(WorkbookRefused):
    """The header row lacks columns."""

    code = "columns-missing"
    title = "缺少列 Columns missing"

    def __init__(self, missing: Sequence[SheetColumn], twice: Sequence[SheetColumn]) -> None:
        parts = [f"lacks {', '.join(column.header for column in missing)}"] if missing else []
        parts += [f"has {', '.join(column.header for column in twice)} twice"] if twice else []
        super().__init__(
            f"The first row {' and '.join(parts)}; correct the header row and send the sheet again.",
            missing=[column.header for column in missing],
            repeated=[column.header for column in twice],
        )


@dataclass(frozen=True, slots=True)
class HouseholdSheet:
    """The first sheet of a workbook whose header row was understood."""

    sheet: CalamineSheet
    header_row: int
    positions: Mapping[str, int]  # column key -> position in the row
    headers: tuple[str, ...]  # as written, for the sheet of rejected rows
    ignored: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield (row number as the spreadsheet shows it, cells) for every row that is not empty."""
        for number, cells in enumerate(self.sheet.iter_rows(), start=1):
            if number > self.header_row and any(cell != "" for cell in cells):
                yield number, cells


def open_sheet(body: bytes, columns: Sequence[SheetColumn], known_extras: Sequence[str] = ()) -> HouseholdSheet:
    """Return the first sheet of an .xlsx after checking that it is harmless and complete.

    `known_extras` are headers that may stand there without meaning anything, such as those of our own sheet of
    rejected rows.

    Raises:
        NotAWorkbook, WorkbookTooLarge, FormulaCells, ColumnsMissing: by name, with what to do.
    """
    _ensure_harmless(body)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0)
    except (CalamineError, IndexError, ValueError) as problem:
        raise NotAWorkbook(type(problem).__name__) from None
    if sheet.total_height > MOST_ROWS:
        raise WorkbookTooLarge(f"{sheet.total_height} rows", MOST_ROWS)
    if sheet.start is None:
        raise NotAWorkbook("its first sheet is empty")
    return _understood(sheet, columns, known_extras)


def _understood(sheet: CalamineSheet, columns: Sequence[SheetColumn], known_extras: Sequence[str]) -> HouseholdSheet:
    assert sheet.start is not None
    header_row = sheet.start[0] + 1
    headers = tuple(str(cell).strip() for cell in next(islice(sheet.iter_rows(), header_row - 1, None)))
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
    return HouseholdSheet(sheet, header_row, positions, headers, tuple(ignored))


def _ensure_harmless(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise WorkbookTooLarge(f"{len(entries)} parts", MOST_ENTRIES)
            if not any(_SHEET_PART.fullmatch(entry.filename) for entry in entries):
                raise NotAWorkbook("it holds no worksheet")
            unpacked = 0
            for entry in entries:
                unpacked += _unpacked_bytes(archive, entry, LARGEST_UNPACKED_BYTES - unpacked)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise NotAWorkbook(type(problem).__name__) from None


def _unpacked_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> int:
    """Return the true size of one part, read piece by piece: what the archive says about itself is not believed."""
    is_sheet = _SHEET_PART.fullmatch(entry.filename) is not None
    size, tail = 0, b""
    with archive.open(entry) as part:
        while piece := part.read(_WINDOW_BYTES):
            size += len(piece)
            if size > allowed:
                raise WorkbookTooLarge("too much content", LARGEST_UNPACKED_BYTES)
            if size > RATIO_CHECKED_FROM_BYTES and size > LARGEST_RATIO * max(entry.compress_size, 1):
                raise WorkbookTooLarge(f"a part that is packed {LARGEST_RATIO} times", LARGEST_RATIO)
            if is_sheet and _FORMULA.search(tail + piece):
                raise FormulaCells
            tail = piece[-16:]
    return size
