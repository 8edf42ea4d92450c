"""A .xlsx as a zip of XML parts, read as a stream: no zip bombs, no document types, flat in memory."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from shared.languages import Sentence
from shared.sheet_files.refusals import MOST_ROWS, FileTooLarge, NotAWorkbook
from shared.sheet_files.sheet import Place, Row
from shared.sheet_files.sheet_xml import MOST_COLUMNS, SheetMalformed, SheetRows, TooManyColumns
from shared.sheet_files.workbook_parts import (
    NotThisWorkbook,
    NoVisibleSheet,
    Package,
    WorkbookParts,
    workbook_parts,
)

LARGEST_UNPACKED_BYTES: Final = 512 * 1024 * 1024  # 100 000 rows of 30 columns unpack to about 150 MB
LARGEST_RATIO: Final = 60  # real sheets of text compress to a tenth or a fifteenth
RATIO_CHECKED_FROM_BYTES: Final = 1024 * 1024
MOST_ENTRIES: Final = 200
_WINDOW_BYTES: Final = 256 * 1024
_FORMULA = re.compile(rb"<(?:[A-Za-z]+:)?f[\s/>]")  # a hint: the same tag stands in rules for drop-down lists
_ROW = re.compile(rb"<(?:[A-Za-z]+:)?row[\s/>]")
_TAIL_BYTES: Final = 64  # more than the longest beginning of a tag that is looked for
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, SheetMalformed)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What one part was found to hold: row tags, empty ones too, and whether some cell may be computed."""

    rows: int = 0
    may_compute: bool = False


@dataclass(frozen=True, slots=True)
class XlsxFile:
    """A workbook that was found harmless; its first visible worksheet is the sheet."""

    package: Package
    parts: WorkbookParts
    rows_expected: int
    may_compute: bool

    @classmethod
    def checked(cls, body: BinaryIO) -> "XlsxFile":
        """Return the workbook after unpacking every part of it once, piece by piece.

        Raises:
            NotAWorkbook, FileTooLarge: by name, with what to do.
        """
        try:
            archive = zipfile.ZipFile(body)
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise FileTooLarge(Sentence(f"包含 {len(entries)} 个部件", f"{len(entries)} parts"), MOST_ENTRIES)
            measured = _measured_when_harmless(archive, entries)
            package = Package(archive)
            parts = workbook_parts(package)
        except NotThisWorkbook as other:
            raise NotAWorkbook(other.kind) from None
        except NoVisibleSheet:
            raise NotAWorkbook(
                Sentence("其中的工作表全部隐藏", "all its sheets are hidden"),
                Sentence("请取消隐藏要导入的工作表", "show the sheet that is meant"),
            ) from None
        except _BROKEN as problem:
            raise NotAWorkbook(_broken(problem)) from None
        found = measured[parts.sheet]
        if not found.rows:
            raise NotAWorkbook(Sentence(f"工作表“{parts.tab}”为空", f"its sheet {parts.tab} is empty"))
        file = cls(package, parts, max(found.rows - 1, 0), found.may_compute)
        return file if found.rows <= MOST_ROWS else file._counted()

    @property
    def is_1904(self) -> bool:
        """Return whether the workbook counts its days from 1904."""
        return self.parts.is_1904

    def rows(self) -> Iterator[Row]:
        """Yield (row number as the spreadsheet shows it, cells) for every row that is not empty.

        Raises:
            NotAWorkbook: the XML of the sheet is broken.
            FileTooLarge: a cell stands too far right.
        """
        yield from self._read(SheetRows(self.package, self.parts))

    def formulas(self) -> Iterator[Place]:
        """Yield where cells of the sheet are computed; other sheets are not read, so they may compute.

        Raises:
            NotAWorkbook, FileTooLarge: as `rows`.
        """
        if self.may_compute:
            reader = SheetRows(self.package, self.parts)
            for _ in self._read(reader):
                pass
            for row, column in reader.formulas:
                yield Place(row, column, self.parts.tab)

    def _read(self, reader: SheetRows) -> Iterator[Row]:
        try:
            with self.package.opened(self.parts.sheet) as part:
                while piece := part.read(_WINDOW_BYTES):
                    yield from reader.read(piece)
                yield from reader.read(b"", final=True)
        except TooManyColumns:
            raise FileTooLarge(
                Sentence(f"在第 {MOST_COLUMNS} 列以外还有内容", "content in columns further right"), MOST_COLUMNS
            ) from None
        except _BROKEN as problem:
            raise NotAWorkbook(_broken(problem)) from None

    def _counted(self) -> "XlsxFile":
        """Return the workbook with its rows counted: those that are only formatted are none."""
        count = sum(1 for _ in islice(self.rows(), MOST_ROWS + 1))
        if count > MOST_ROWS:
            raise FileTooLarge(Sentence("行数过多", "too many rows"), MOST_ROWS)
        return XlsxFile(self.package, self.parts, max(count - 1, 0), self.may_compute)


def _broken(problem: Exception) -> Sentence:
    return Sentence(f"文件已损坏：{type(problem).__name__}", f"it is broken: {type(problem).__name__}")


def _measured_when_harmless(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> dict[str, _Measured]:
    measured: dict[str, _Measured] = {}
    unpacked = 0
    for entry in entries:
        size, measured[entry.filename] = _read_through(archive, entry, LARGEST_UNPACKED_BYTES - unpacked)
        unpacked += size
    return measured


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> tuple[int, _Measured]:
    """Return the true size of one part and what it holds: what the archive says about itself is not believed."""
    size, count, tail, may_compute = 0, 0, b"", False
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
            window = tail + piece
            may_compute = may_compute or _FORMULA.search(window) is not None
            count += len(_ROW.findall(window)) - len(_ROW.findall(tail))
            tail = piece[-_TAIL_BYTES:]
    return size, _Measured(count, may_compute)
