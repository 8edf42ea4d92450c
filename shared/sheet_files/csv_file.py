"""A .csv as spreadsheets write it: UTF-8 with or without mark or GB18030; comma, semicolon or tab.

A cell that a spreadsheet would compute counts as a formula of a workbook (OWASP, CSV injection); with the apostrophe
in front that our own sheets write, it is text (`shared.sheet_cells`). Lines before the header that say how to read the
file (sep=;) or begin with # are left out.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final

from shared.csv_files.refusals import EncodingUnknown, FileUnreadable
from shared.csv_files.text import ENCODINGS, MARKS_OF_OTHERS
from shared.languages import Sentence
from shared.sheet_cells import is_computed, read_from_csv
from shared.sheet_files.refusals import (
    MOST_ROWS,
    FileTooLarge,
    NotAWorkbook,
)
from shared.sheet_files.sheet import Place, Row

_DELIMITERS: Final = ",;\t"
_PIECE_BYTES: Final = 1024 * 1024
_RARE_STARTS: Final = "=+@＝＋－＠"
_BEFORE_CELL: Final = ',;\t\n\r" '  # what may stand before a cell's first sign
_HINT = re.compile(r"sep=([,;\t])", re.IGNORECASE)
_HEADER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file that was found readable."""

    body: BinaryIO
    encoding: str
    delimiter: str
    rows_expected: int
    may_compute: bool
    is_quoted: bool  # some cells may be kept from being computed
    is_1904 = False  # days stand here as text

    @classmethod
    def checked(cls, body: BinaryIO) -> "CsvFile":
        """Return the file after reading it once as text.

        Raises:
            NotAWorkbook, EncodingUnknown, FileTooLarge, FileUnreadable: by name, with what to do.
        """
        head = body.read(_HEADER_BYTES)
        if not head.strip():
            raise NotAWorkbook(Sentence("文件为空", "it is empty"))
        if head.startswith(MARKS_OF_OTHERS):
            raise EncodingUnknown
        if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<"):
            raise NotAWorkbook(
                Sentence(
                    "为网页或 XML 文件，只是扩展名为表格", "it is a web page or XML that is only named like a sheet"
                )
            )
        if b"\x00" in head:
            raise NotAWorkbook(Sentence("不是文本", "it is no text"))
        scan = next((found for found in (_scanned(body, each) for each in ENCODINGS) if found), None)
        if scan is None:
            raise EncodingUnknown
        file = cls(body, scan.encoding, scan.delimiter, max(scan.lines - 1, 0), scan.may_compute, scan.is_quoted)
        return file if scan.lines <= MOST_ROWS else file._counted()

    def rows(self) -> Iterator[Row]:
        """Yield (number of the record, cells) for every row that is not empty.

        Raises:
            FileUnreadable: the quotes do not close as they open.
        """
        below_top = False
        for number, cells in self._records():
            if not any(map(str.strip, cells)):
                continue
            below_top = below_top or not _says_how_to_read(cells)
            if below_top:
                yield number, [read_from_csv(cell) for cell in cells] if self.is_quoted else cells

    def formulas(self) -> Iterator[Place]:
        """Yield the cells that a spreadsheet would compute.

        Raises:
            FileUnreadable: as `rows`.
        """
        if self.may_compute:
            for number, cells in self._records():
                yield from (Place(number, column) for column, cell in enumerate(cells) if is_computed(cell))

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

    def _counted(self) -> "CsvFile":
        """Return the file with its rows counted: lines that hold nothing are none."""
        count = sum(1 for _ in islice(self.rows(), MOST_ROWS + 1))
        if count > MOST_ROWS:
            raise FileTooLarge(Sentence("行数过多", "too many rows"), MOST_ROWS)
        return replace(self, rows_expected=max(count - 1, 0))


@dataclass(slots=True)
class _Scan:
    encoding: str
    top: str = ""
    lines: int = 0
    may_compute: bool = False
    is_quoted: bool = False

    @property
    def delimiter(self) -> str:
        """Return what stands between the cells: what the file says, else what is most frequent in the header."""
        for line in self.top.splitlines():
            if hint := _HINT.fullmatch(line.strip('" ')):
                return hint[1]
            if line.strip() and not line.startswith("#"):
                unquoted = "".join(line.split('"')[::2])
                return max(_DELIMITERS, key=unquoted.count)
        return _DELIMITERS[0]


def _scanned(body: BinaryIO, encoding: str) -> _Scan | None:
    """Read the whole text piece by piece; None where it is not in that encoding."""
    body.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    scan, before = _Scan(encoding), "\n"
    try:
        while piece := body.read(_PIECE_BYTES):
            text = decoder.decode(piece)
            scan.top = scan.top or text
            scan.lines += max(text.count("\n"), text.count("\r"))
            scan.is_quoted = scan.is_quoted or "'" in text or '="' in text
            scan.may_compute = scan.may_compute or _may_compute(before + text)
            before = text[-1:] or before
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    scan.lines += before not in "\r\n"
    return scan


def _may_compute(text: str) -> bool:
    """Return whether some cell may begin like a formula; a hint that costs little, the cells themselves decide."""
    for start in _RARE_STARTS:
        at = text.find(start)
        while at >= 0:
            if at == 0 or text[at - 1] in _BEFORE_CELL:
                return True
            at = text.find(start, at + 1)
    # To look for one letter takes a fiftieth of what two take, and most of these stand in no sheet at all.
    return any(mark in text and f"{mark}-" in text for mark in _BEFORE_CELL)


def _says_how_to_read(cells: list[str]) -> bool:
    """Return whether a line above the header is a hint or a comment."""
    first = cells[0].strip()
    return first.startswith("#") or first.lower().startswith("sep=")
