"""The sheet of rejected rows: the person's own columns, the row number and the reasons, ready to be corrected."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

from services.registry.imports.faults import sentences
from shared.households_sheet import SheetColumn

SHEET_NAME: Final = "退回 Rejected"
ROW_HEADER: Final = "行号 Row"
REASON_HEADER: Final = "原因 Reason"
EXTRA_HEADERS: Final = (ROW_HEADER, REASON_HEADER)
# Every cell is written as text: nothing a person typed can become a formula or a link, and no digit is lost.
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A rejected row with the cells as they were written."""

    row_number: int
    faults: Sequence[str]
    cells: Sequence[Any]


def rejections_workbook(
    headers: Sequence[str], rejected: Iterable[RejectedRow], columns: Mapping[str, SheetColumn]
) -> bytes:
    """Return an .xlsx of the rejected rows; corrected, it can be sent as an import just as it is."""
    kept = [place for place, header in enumerate(headers) if header not in EXTRA_HEADERS]
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, _OPTIONS) as book:
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(SHEET_NAME)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(kept), 16, text)
        sheet.set_column(len(kept) + 1, len(kept) + 1, 80, text)
        for place, header in enumerate([*(headers[place] for place in kept), *EXTRA_HEADERS]):
            sheet.write_string(0, place, header, text)
        for line, row in enumerate(rejected, start=1):
            words = sentences(row.faults, columns)
            written = [_written(row.cells[place]) if place < len(row.cells) else "" for place in kept]
            for place, cell in enumerate([*written, str(row.row_number), f"{words.zh} / {words.en}"]):
                sheet.write_string(line, place, cell, text)
    return output.getvalue()


def _written(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
