"""Lists as spreadsheets to download: one writer for every room, streamed, and safe to open.

A room names its columns (`shared.households_sheet.SheetColumn`: key, Chinese, English, width, kind) and yields its rows
as sequences of cells in that order; everything else is done here:

    @router.get("/listings/export.{form}", status_code=200, response_class=Response, responses=SHEET_RESPONSES)
    async def export_listings(form: SheetForm, officer: ReadLists, pages: Pages, region: RegionCode) -> Response:
        return sheet_download("listings", form, LISTING_COLUMNS, queries.every_listing(pages, officer, region))

Rows may come from any iterable, plain or asynchronous. A generator that reads a database takes a connection for each
page it reads and gives it back before it yields (`shared.db.Database.connection`), so that a slow or lost reader never
holds one. Cells: text, int, Decimal, date, datetime, bool (是/否) or None (empty). Mask personal data before they
come here (`shared.pii`, `shared.resident_id`); who exports them in clear has a right of its own and is written down.

Nothing that a person once typed can become a formula: .xlsx cells are typed as text, and in .csv a cell that a
spreadsheet would compute gets an apostrophe in front (`shared.sheet_cells`), so that a sheet read back says what was
written.
"""

import csv
import io
import re
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from xml.sax.saxutils import escape

from fastapi import Response
from fastapi.responses import StreamingResponse

from shared.households_sheet import CellKind, SheetColumn
from shared.sheet_cells import cell_name, shown_in_csv

ROWS_PER_PIECE: Final = 500  # about 200 kB of text leave at once
_EXACT = re.compile(
    r"-?(?=[\d.]{1,15}$)\d+(\.\d{0,3}[1-9])?", re.ASCII
)  # comes back from a spreadsheet as it was written
_LIKE_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Cells = Sequence[Any]
Rows = Iterable[Cells] | AsyncIterable[Cells]


class SheetForm(StrEnum):
    """The kind of file."""

    XLSX = "xlsx"
    CSV = "csv"


MEDIA_TYPES: Final = {
    SheetForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetForm.CSV: "text/csv; charset=utf-8",
}
SHEET_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
        "description": "the sheet, as a file to save",
    }
}


def sheet_download(name: str, form: SheetForm, columns: Sequence[SheetColumn], rows: Rows) -> Response:
    """Return the answer that streams the rows below a bilingual header as `name.xlsx` or `name.csv`."""
    pieces = csv_pieces(columns, rows) if form is SheetForm.CSV else xlsx_pieces(columns, rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingResponse(pieces, media_type=MEDIA_TYPES[form], headers=headers)


async def csv_pieces(columns: Sequence[SheetColumn], rows: Rows) -> AsyncIterator[bytes]:
    """Yield the sheet as UTF-8 CSV with a byte order mark, which spreadsheets need to see that it is UTF-8."""
    text = io.StringIO(newline="")
    write = csv.writer(text).writerow
    text.write("\ufeff")
    write([column.header for column in columns])
    async for some in _in_pieces(rows):
        for cells in some:
            write([shown_in_csv(_text(cell)) for cell in cells])
        yield _taken(text)
    if rest := _taken(text):
        yield rest


async def xlsx_pieces(columns: Sequence[SheetColumn], rows: Rows) -> AsyncIterator[bytes]:
    """Yield the sheet as a workbook of one sheet, packed as it goes: nothing of it is kept in memory or on disk."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(_opening(columns))
            line = 1
            async for some in _in_pieces(rows):
                part.write("".join(_xlsx_rows(columns, some, line + 1)).encode())
                line += len(some)
                yield sink.taken()
            part.write(b"</sheetData></worksheet>")
    yield sink.taken()


async def _in_pieces(rows: Rows) -> AsyncIterator[list[Cells]]:
    some: list[Cells] = []
    if isinstance(rows, AsyncIterable):
        async for cells in rows:
            some.append(cells)
            if len(some) == ROWS_PER_PIECE:
                yield some
                some = []
    else:
        for cells in rows:
            some.append(cells)
            if len(some) == ROWS_PER_PIECE:
                yield some
                some = []
    if some:
        yield some


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case Decimal():
            return format(cell, "f")
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()
    return str(cell)


def _taken(text: io.StringIO) -> bytes:
    piece = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return piece


class _Sink(io.RawIOBase):
    """Where the archive is written: a pipe without an end, so that parts get their sizes behind them."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _opening(columns: Sequence[SheetColumn]) -> bytes:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"'
        f"{'' if _is_number(column) else ' style=' + chr(34) + '1' + chr(34)}/>"
        for place, column in enumerate(columns, start=1)
    )
    header = "".join(_text_cell(cell_name(at, 1), column.header) for at, column in enumerate(columns))
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData><row r="1">{header}</row>'
    ).encode()


def _xlsx_rows(columns: Sequence[SheetColumn], rows: Iterable[Cells], first_line: int) -> Iterator[str]:
    numbers = [_is_number(column) for column in columns]
    letters = [cell_name(at) for at in range(len(columns))]
    for line, cells in enumerate(rows, start=first_line):
        yield f'<row r="{line}">'
        for letter, is_number, cell in zip(letters, numbers, cells, strict=True):
            if text := _text(cell):
                exact = is_number and _EXACT.fullmatch(text)
                at = f"{letter}{line}"
                yield f'<c r="{at}"><v>{text}</v></c>' if exact else _text_cell(at, text)
        yield "</row>"


def _text_cell(at: str, text: str) -> str:
    return f'<c r="{at}" s="1" t="inlineStr"><is><t xml:space="preserve">{escape(_escaped(text))}</t></is></c>'


def _escaped(text: str) -> str:
    """Return the text with what XML cannot hold, and what would read like that, as a workbook writes it: `_x0007_`."""
    return _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", _LIKE_ESCAPED.sub("_x005F_", text))


def _is_number(column: SheetColumn) -> bool:
    return column.kind in (CellKind.INTEGER, CellKind.NUMBER)


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="Sheet1" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Style 1 is text, so that a number typed over such a cell keeps its zeros.
    "xl/styles.xml": (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf xfId="0"/><xf numFmtId="49" applyNumberFormat="1" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
