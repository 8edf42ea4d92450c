"""Rows out of the XML of a worksheet as it streams by, and the texts that its cells share."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final
from xml.parsers import expat

from shared.cell_values import day_counted
from shared.sheet_files.sheet import Cell, Row
from shared.sheet_files.workbook_parts import (
    MOST_SHARED_BYTES,
    Package,
    SharedTexts,
    SheetMalformed,
    WorkbookParts,
    guarded_parser,
    local,
    unescaped,
)

__all__ = ["SheetMalformed", "SheetRows", "TooManyColumns", "shared_texts"]

MOST_COLUMNS: Final = 500
_LAST_COLUMN: Final = 16_384  # XFD
_WINDOW_BYTES: Final = 256 * 1024
_LAST_DAY: Final = 2_958_466  # the day after 9999-12-31
_DAY_MILLISECONDS: Final = 86_400_000  # workbooks keep no finer time
_A: Final = ord("A")


class TooManyColumns(ValueError):
    """A cell with content stands further right than any sheet of ours reaches; an empty one is nothing."""


class SheetRows:
    """Reads one worksheet: pieces of XML go in, rows come out; `formulas` collects where cells are computed."""

    def __init__(self, package: Package, parts: WorkbookParts) -> None:
        self._package, self._parts = package, parts
        self.formulas: list[tuple[int, int]] = []  # row as shown, column from 0
        self._shared: SharedTexts | None = None
        self._columns: dict[str, int] = {}
        self._rows: list[Row] = []
        self._cells: list[Cell] = []
        self._number = self._column = self._style = 0
        self._kind = ""
        self._text: list[str] = []
        self._reads_text = self._in_phonetic = self._in_cell = False
        self._parser = guarded_parser()
        self._parser.StartElementHandler = self._started
        self._parser.EndElementHandler = self._ended
        self._parser.CharacterDataHandler = self._said

    def read(self, piece: bytes, *, final: bool = False) -> Iterator[Row]:
        """Take the next piece of the XML and yield the rows that it completes; the last piece is marked `final`.

        Raises:
            SheetMalformed: the XML is broken.
            TooManyColumns: a cell is too far right.
        """
        try:
            self._parser.Parse(piece, final)
        except (expat.ExpatError, OverflowError):
            raise SheetMalformed from None
        rows, self._rows = self._rows, []
        yield from rows

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _SHORT:
            name = local(name)
        if name == "c":
            self._column = self._place(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._style = _whole(attributes["s"]) if "s" in attributes else 0
            self._text.clear()
            self._in_cell = True
        elif name in {"v", "t"}:
            self._reads_text = not self._in_phonetic
        elif name == "f" and self._in_cell:  # the same tag stands in rules for drop-down lists
            self.formulas.append((self._number, self._column))
        elif name == "row":
            self._number = _whole(attributes["r"]) if "r" in attributes else self._number + 1
            self._cells = []
            self._column = -1
        elif name == "rPh":
            self._in_phonetic = True

    def _said(self, text: str) -> None:
        if self._reads_text:
            self._text.append(text)

    def _ended(self, name: str) -> None:
        if name not in _SHORT:
            name = local(name)
        if name in {"v", "t"}:
            self._reads_text = False
        elif name == "c":
            self._in_cell = False
            if self._text:
                cells = self._cells
                if self._column >= MOST_COLUMNS:
                    raise TooManyColumns
                missing = self._column - len(cells)
                if missing > 0:
                    cells.extend([""] * missing)
                if len(cells) == self._column:
                    cells.append(self._value())
                else:
                    cells[self._column] = self._value()
        elif name == "row":
            if any(cell != "" and not (type(cell) is str and cell.isspace()) for cell in self._cells):
                self._rows.append((self._number, self._cells))
        elif name == "rPh":
            self._in_phonetic = False

    def _place(self, reference: str) -> int:
        """Return the column of a cell such as AB12, from 0; a cell that does not say stands after the one before."""
        letters = reference.rstrip("0123456789")
        known = self._columns.get(letters)
        if known is not None and letters:
            return known
        place = self._column + 1
        if letters:
            if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
                raise SheetMalformed
            place = 0
            for letter in letters.upper():
                place = place * 26 + ord(letter) - _A + 1
            place -= 1
            self._columns[letters] = place
        if place >= _LAST_COLUMN:
            raise SheetMalformed
        return place

    def _value(self) -> Cell:
        text = self._text[0] if len(self._text) == 1 else "".join(self._text)
        kind = self._kind
        if kind == "s":
            if self._shared is None:
                self._shared = shared_texts(self._package, self._parts.shared)
            return self._shared[_whole(text)]
        if kind == "n":
            return self._number_or_day(text)
        if kind == "b":
            return text.strip() == "1"
        if kind == "d":
            return datetime.fromisoformat(text) if _is_iso(text) else text
        return unescaped(text)

    def _number_or_day(self, text: str) -> Cell:
        try:
            number = float(text)
        except ValueError:
            raise SheetMalformed from None
        if self._style not in self._parts.date_styles or not 0 <= number < _LAST_DAY:
            return number
        day = day_counted(number, is_1904=self._parts.is_1904)
        if day is None or number.is_integer():
            return day or number
        return datetime.combine(day, time()) + timedelta(milliseconds=round(number % 1 * _DAY_MILLISECONDS))


_SHORT: Final = frozenset({"c", "v", "t", "row", "is", "rPh", "f"})


def shared_texts(package: Package, path: str | None) -> SharedTexts:
    """Return all shared texts of the workbook.

    Raises:
        SheetMalformed: the XML is broken, or there are far too many.
    """
    reader = _SharedReader()
    if path is None:
        return reader.texts
    size = 0
    try:
        with package.opened(path) as part:
            while piece := part.read(_WINDOW_BYTES):
                size += len(piece)
                if size > MOST_SHARED_BYTES:
                    raise SheetMalformed
                reader.parser.Parse(piece, False)
            reader.parser.Parse(b"", True)
    except expat.ExpatError:
        raise SheetMalformed from None
    return reader.texts


class _SharedReader:
    """Collects `<si>` elements; readings (phonetic runs) are no part of the text."""

    def __init__(self) -> None:
        self.texts = SharedTexts()
        self.parser = guarded_parser()
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._heard
        self._said: list[str] = []
        self._reads = False
        self._in_phonetic = False

    def _started(self, name: str, _: dict[str, str]) -> None:
        short = name if name in _SHORT_SHARED else local(name)
        if short == "t":
            self._reads = not self._in_phonetic
        elif short == "si":
            self._said.clear()
        elif short == "rPh":
            self._in_phonetic = True

    def _heard(self, text: str) -> None:
        if self._reads:
            self._said.append(text)

    def _ended(self, name: str) -> None:
        short = name if name in _SHORT_SHARED else local(name)
        if short == "t":
            self._reads = False
        elif short == "si":
            self.texts.add(unescaped("".join(self._said)))
        elif short == "rPh":
            self._in_phonetic = False


_SHORT_SHARED: Final = frozenset({"si", "t", "r", "rPh"})


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > 12:
        raise SheetMalformed
    return int(text)


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
