"""A .csv as spreadsheets write it: UTF-8 with or without mark or GB18030; comma, semicolon or tab; no formulas.

A cell that a spreadsheet would compute is refused like a formula of a workbook (OWASP, CSV injection); with the
apostrophe in front that our own sheets write, it is text (`shared.sheet_cells`).
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from services.registry.register.imports.refusals import (
    MOST_ROWS,
    FileTooLarge,
    FormulaCells,
    NotAWorkbook,
)
from services.registry.register.imports.sheet import Row
from shared.csv_files.refusals import EncodingUnknown, FileUnreadable
from shared.csv_files.text import ENCODINGS, MARKS_OF_OTHERS
from shared.languages import Sentence
from shared.sheet_cells import is_computed, read_from_csv

_DELIMITERS: Final = ",;\t"
_PIECE_BYTES: Final = 1024 * 1024
_RARE_STARTS: Final = "=+@＝＋－＠\t"
_BEFORE_CELL: Final = ',;\t\n\r"'
_HEADER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file that was found readable."""

    body: BinaryIO
    encoding: str
    delimiter: str
    rows_expected: int
    has_apostrophes: bool

    @classmethod
    def checked(cls, body: BinaryIO) -> "CsvFile":
        """Return the file after reading it once as text.

        Raises:
            NotAWorkbook, EncodingUnknown, FileTooLarge, FormulaCells, FileUnreadable: by name, with what to do.
        """
        head = body.read(_HEADER_BYTES)
        if not head.strip():
            raise NotAWorkbook(Sentence("文件为空", "it is empty"))
        if head.startswith(MARKS_OF_OTHERS):
            raise EncodingUnknown
        if b"\x00" in head:
            raise NotAWorkbook(Sentence("不是文本", "it is no text"))
        scan = next((found for found in (_scanned(body, each) for each in ENCODINGS) if found), None)
        if scan is None:
            raise EncodingUnknown
        if scan.lines > MOST_ROWS:
            raise FileTooLarge(Sentence(f"有 {scan.lines} 行", f"{scan.lines} lines"), MOST_ROWS)
        file = cls(body, scan.encoding, _delimiter(scan.first_line), max(scan.lines - 1, 0), scan.has_apostrophes)
        if scan.may_compute:
            file._ensure_no_formulas()
        return file

    def rows(self) -> Iterator[Row]:
        """Yield (number of the record, cells) for every row that is not empty.

        Raises:
            FileUnreadable: the quotes do not close as they open.
        """
        for number, cells in self._records():
            if any(cells):
                yield number, [read_from_csv(cell) for cell in cells] if self.has_apostrophes else cells

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        self.body.seek(0)
        text = io.TextIOWrapper(self.body, encoding=self.encoding, newline="")
        reader = csv.reader(text, delimiter=self.delimiter, strict=True)
        try:
            yield from enumerate(reader, start=1)
        except csv.Error as problem:
            raise FileUnreadable.at(reader.line_num, str(problem)) from None
        finally:
            text.detach()  # the file stays open for the next reader

    def _ensure_no_formulas(self) -> None:
        for number, cells in self._records():
            if any(is_computed(cell) for cell in cells):
                raise FormulaCells(number)


@dataclass(slots=True)
class _Scan:
    encoding: str
    first_line: str = ""
    lines: int = 0
    may_compute: bool = False
    has_apostrophes: bool = False


def _scanned(body: BinaryIO, encoding: str) -> _Scan | None:
    """Read the whole text piece by piece; None where it is not in that encoding."""
    body.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    scan, before = _Scan(encoding), "\n"
    try:
        while piece := body.read(_PIECE_BYTES):
            text = decoder.decode(piece)
            if not scan.first_line:
                scan.first_line = text.lstrip("\r\n")
            scan.lines += text.count("\n")
            scan.has_apostrophes = scan.has_apostrophes or "'" in text
            scan.may_compute = scan.may_compute or _may_compute(before + text)
            before = text[-1:] or before
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    scan.lines += before != "\n"
    return scan


def _may_compute(text: str) -> bool:
    """Tell whether some cell may begin like a formula; a hint that costs little, the cells themselves decide."""
    for start in _RARE_STARTS:
        at = text.find(start)
        while at >= 0:
            if at == 0 or text[at - 1] in _BEFORE_CELL:
                return True
            at = text.find(start, at + 1)
    # To look for one letter takes a fiftieth of what two take, and most of these stand in no sheet at all.
    return any(mark in text and f"{mark}-" in text for mark in _BEFORE_CELL)


def _delimiter(text: str) -> str:
    line = next(iter(text.splitlines()), "")
    unquoted = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)
