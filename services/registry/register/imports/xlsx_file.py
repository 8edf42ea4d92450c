"""A .xlsx as a zip of XML parts, read as a stream: no zip bombs, no formulas, no document types, flat in memory."""

import re
import string
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from services.registry.register.imports.refusals import MOST_ROWS, FileTooLarge, FormulaCells, NotAWorkbook
from services.registry.register.imports.sheet import Row
from services.registry.register.imports.sheet_xml import SheetMalformed, SheetRows
from services.registry.register.imports.workbook_parts import WorkbookParts, workbook_parts
from shared.languages import Sentence

LARGEST_UNPACKED_BYTES: Final = 512 * 1024 * 1024  # 100 000 rows of 30 columns unpack to about 150 MB
LARGEST_RATIO: Final = 60  # real sheets of text compress to a tenth or a fifteenth
RATIO_CHECKED_FROM_BYTES: Final = 1024 * 1024
MOST_ENTRIES: Final = 200
_WINDOW_BYTES: Final = 256 * 1024
_FORMULA = re.compile(rb"<(?:[A-Za-z]+:)?f[\s/>]")
_ROW = re.compile(rb"<(?:[A-Za-z]+:)?row[\s/>]")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"<(?:[A-Za-z]+:)?c\s[^>]*?(?<=\s)r=[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
_TAIL_BYTES: Final = 256  # more than the tag of a cell
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, SheetMalformed)


@dataclass(frozen=True, slots=True)
class XlsxFile:
    """A workbook that was found harmless; its first worksheet is the sheet."""

    archive: zipfile.ZipFile
    parts: WorkbookParts
    rows_expected: int

    @classmethod
    def checked(cls, body: BinaryIO) -> "XlsxFile":
        """Return the workbook after unpacking every part of it once, piece by piece.

        Raises:
            NotAWorkbook, FileTooLarge, FormulaCells: by name, with what to do.
        """
        try:
            archive = zipfile.ZipFile(body)
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise FileTooLarge(Sentence(f"包含 {len(entries)} 个部件", f"{len(entries)} parts"), MOST_ENTRIES)
            if not any(_SHEET_PART.fullmatch(entry.filename) for entry in entries):
                raise NotAWorkbook(Sentence("其中没有工作表", "it holds no worksheet"))
            rows = _rows_when_harmless(archive, entries)
            parts = workbook_parts(archive)
        except _BROKEN as problem:
            raise NotAWorkbook(_broken(problem)) from None
        count = rows.get(parts.sheet, 0)
        if count > MOST_ROWS:
            raise FileTooLarge(Sentence(f"有 {count} 行", f"{count} rows"), MOST_ROWS)
        if not count:
            raise NotAWorkbook(Sentence("首个工作表为空", "its first sheet is empty"))
        return cls(archive, parts, max(count - 1, 0))

    def rows(self) -> Iterator[Row]:
        """Yield (row number as the spreadsheet shows it, cells) for every row that is not empty.

        Raises:
            NotAWorkbook: the XML of the sheet is broken.
        """
        reader = SheetRows(self.archive, self.parts)
        try:
            with self.archive.open(self.parts.sheet) as part:
                while piece := part.read(_WINDOW_BYTES):
                    yield from reader.read(piece)
                yield from reader.read(b"", final=True)
        except _BROKEN as problem:
            raise NotAWorkbook(_broken(problem)) from None


def _broken(problem: Exception) -> Sentence:
    return Sentence(f"文件已损坏：{type(problem).__name__}", f"it is broken: {type(problem).__name__}")


def _rows_when_harmless(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> dict[str, int]:
    rows: dict[str, int] = {}
    unpacked = 0
    for entry in entries:
        size, count = _read_through(archive, entry, LARGEST_UNPACKED_BYTES - unpacked)
        unpacked += size
        rows[entry.filename] = count
    return rows


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> tuple[int, int]:
    """Return the true size and the rows of one part: what the archive says about itself is not believed."""
    is_sheet = _SHEET_PART.fullmatch(entry.filename) is not None
    size, count, tail = 0, 0, b""
    with archive.open(entry) as part:
        while piece := part.read(_WINDOW_BYTES):
            size += len(piece)
            if size > allowed:
                raise FileTooLarge(Sentence("解压后的字节数过多", "too much content, in bytes"), LARGEST_UNPACKED_BYTES)
            if size > RATIO_CHECKED_FROM_BYTES and size > LARGEST_RATIO * max(entry.compress_size, 1):
                raise FileTooLarge(
                    Sentence("中有部件解压后的倍数异常", "a part that unpacks to too many times its size"),
                    LARGEST_RATIO,
                )
            if is_sheet:
                if formula := _FORMULA.search(tail + piece):
                    raise _formula_cells((tail + piece)[: formula.start()], entry.filename)
                count += len(_ROW.findall(tail + piece)) - len(_ROW.findall(tail))
                tail = piece[-_TAIL_BYTES:]
    return size, count


def _formula_cells(before: bytes, part: str) -> FormulaCells:
    """Return the refusal with the cell whose tag ends where its formula begins, when the tag names it."""
    cell = _CELL.match(before, max(before.rfind(b"<"), 0))
    if cell is None:
        return FormulaCells()
    name = cell[1].decode()
    return FormulaCells(int(name.lstrip(string.ascii_uppercase)), name, PurePosixPath(part).stem)
