"""Readers of single cells: each is made once for a column and remembers what it has understood.

A reader takes the row's cells and the row's list of faults. It returns the field as COPY wants it (`packing`), or the
plain text where that is sealed; NULL or None where the cell is empty or wrong, after naming the fault.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from services.registry.register.imports.faults import Fault
from services.registry.register.imports.packing import NULL, packed_day, packed_flag, packed_integer, packed_text
from services.registry.register.imports.sheet import Cell
from shared.households_sheet import SheetColumn, folded
from shared.resident_id import check_digit, normalised, sex

LONGEST_TEXT: Final = 100
LARGEST_NUMBER: Final = 10**9
MOST_REMEMBERED: Final = 4_000  # of one column, whatever its cells hold; villages, days and words are fewer
_SHORT_NUMBER: Final = 10
_EXACT_FLOAT: Final = 2.0**53
_RESIDENT_ID = re.compile(r"[1-8]\d{16}[\dX]", re.ASCII)
_DIGITS = re.compile(r"-?\d+", re.ASCII)
_DECIMAL = re.compile(r"\d{1,10}(\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00:00)?", re.ASCII)

Faults = list[str]
Shape = Callable[[str], object]
TextReader = Callable[[list[Cell], Faults], str | None]
FieldReader = Callable[[list[Cell], Faults], bytes]


class Person(NamedTuple):
    """What a resident ID says."""

    number: str
    born: bytes  # the birth date as a date field
    sex: str


def text_reader(key: str, position: int, shape: Shape | None = None, wrong: Fault | None = None) -> TextReader:
    """Return the reader of a text; a number cell is taken where it lost no digit, never as a resident ID."""
    empty, too_long, unprintable = f"{Fault.EMPTY}:{key}", f"{Fault.TOO_LONG}:{key}", f"{Fault.UNPRINTABLE}:{key}"
    takes_numbers = key != "resident_id"

    def read(cells: list[Cell], faults: Faults) -> str | None:
        cell = cells[position] if position < len(cells) else ""
        if type(cell) is not str:
            if not (takes_numbers and type(cell) is float and cell.is_integer() and abs(cell) < _EXACT_FLOAT):
                faults.append(f"{Fault.NUMBER_NOT_TEXT}:{key}")
                return None
            cell = str(int(cell))
        text: str = cell.strip()
        if not text:
            faults.append(empty)
        elif len(text) > LONGEST_TEXT:
            faults.append(too_long)
        elif not text.isprintable():
            faults.append(unprintable)
        else:
            if shape is not None and not shape(text):
                faults.append(str(wrong))
            return text
        return None

    return read


def remembered(read: Callable[[Cell, Faults], bytes], position: int) -> FieldReader:
    """Return a reader that looks at each different text of the column once; what had a fault is looked at again."""
    known: dict[str, bytes] = {}

    def read_or_recall(cells: list[Cell], faults: Faults) -> bytes:
        cell = cells[position] if position < len(cells) else ""
        if type(cell) is str:
            found = known.get(cell)
            if found is not None:
                return found
        before = len(faults)
        field = read(cell, faults)
        if len(faults) == before and type(cell) is str and len(known) < MOST_REMEMBERED:
            known[cell] = field
        return field

    return read_or_recall


def text_field(key: str, position: int, shape: Shape | None = None, wrong: Fault | None = None) -> FieldReader:
    """Return the remembering reader of a text that is kept as it stands."""
    inner = text_reader(key, 0, shape, wrong)

    def read(cell: Cell, faults: Faults) -> bytes:
        text = inner([cell], faults)
        return NULL if text is None else packed_text(text)

    return remembered(read, position)


def whole_number_field(key: str, position: int) -> FieldReader:
    """Return the reader of a whole number that is not negative."""

    def read(cell: Cell, faults: Faults) -> bytes:
        number = _whole(cell)
        if number is None:
            faults.append(f"{Fault.EMPTY if cell == '' else Fault.NOT_A_WHOLE_NUMBER}:{key}")
            return NULL
        return packed_integer(number)

    return remembered(read, position)


def day_field(key: str, position: int) -> FieldReader:
    """Return the reader of a calendar day."""

    def read(cell: Cell, faults: Faults) -> bytes:
        day = _day_of(cell)
        if day is None:
            faults.append(f"{Fault.EMPTY if cell == '' else Fault.NOT_A_DAY}:{key}")
            return NULL
        return packed_day(day)

    return remembered(read, position)


def word_field(column: SheetColumn, position: int | None) -> FieldReader:
    """Return the reader of one of the column's words; an optional column may be empty or missing."""
    return _choice(column, position, packed_text)


def flag_field(column: SheetColumn, position: int | None) -> FieldReader:
    """Return the reader of yes or no."""
    return _choice(column, position, lambda word: packed_flag(word == "yes"))


def _choice(column: SheetColumn, position: int | None, pack: Callable[[str], bytes]) -> FieldReader:
    fields: Mapping[str, bytes] = {word: pack(value) for word, value in column.words.items()}

    def read(cell: Cell, faults: Faults) -> bytes:
        text = cell if type(cell) is str else str(int(cell)) if isinstance(cell, float | bool) else str(cell)
        if not text.strip():
            if column.required:
                faults.append(f"{Fault.EMPTY}:{column.key}")
            return NULL
        field = fields.get(folded(text[:LONGEST_TEXT]))
        if field is None:
            faults.append(f"{Fault.NOT_A_WORD}:{column.key}")
            return NULL
        return field

    return missing if position is None else remembered(read, position)


def missing(cells: list[Cell], faults: Faults) -> bytes:
    """Read a column that the sheet does not have."""
    return NULL


def number_reader(key: str, position: int) -> TextReader:
    """Return the reader of a number that is not negative, as a plain decimal text; an empty cell was not collected."""

    def read(cells: list[Cell], faults: Faults) -> str | None:
        cell = cells[position] if position < len(cells) else ""
        if cell == "":
            return None
        if type(cell) is str and len(cell) < _SHORT_NUMBER and cell.isdigit() and cell.isascii() and cell[0] != "0":
            return cell
        found = _number(cell)
        if found is None:
            faults.append(f"{Fault.NOT_A_NUMBER}:{key}")
        return found

    return read


class PersonReader:
    """Reads resident IDs (GB 11643): birth dates recur, so they are remembered."""

    def __init__(self, position: int) -> None:
        self._text = text_reader("resident_id", position)
        self._births: dict[str, bytes] = {}

    def __call__(self, cells: list[Cell], faults: Faults) -> Person | None:
        """Return the person, or None after naming everything wrong with the number."""
        text = self._text(cells, faults)
        if text is None:
            return None
        number = normalised(text)
        if not _RESIDENT_ID.fullmatch(number):
            faults.append(Fault.RESIDENT_ID_SHAPE)
            return None
        birth = self._births.get(number[6:14]) or self._birth(number[6:14])
        if birth is None:
            faults.append(Fault.RESIDENT_ID_BIRTH)
        if check_digit(number[:17]) != number[17]:
            faults.append(Fault.RESIDENT_ID_CHECK_DIGIT)
            return None
        return None if birth is None else Person(number, birth, sex(number))

    def _birth(self, digits: str) -> bytes | None:
        born_on = _date_or_none(digits[:4], digits[4:6], digits[6:])
        return None if born_on is None else self._births.setdefault(digits, packed_day(born_on))


def _whole(cell: Cell) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float | int):
        number = int(cell) if cell == cell and abs(cell) <= LARGEST_NUMBER and cell == int(cell) else -1
    elif isinstance(cell, str) and len(cell) <= 12 and _DIGITS.fullmatch(cell.strip()):
        number = int(cell)
    else:
        return None
    return number if 0 <= number <= LARGEST_NUMBER else None


def _number(cell: Cell) -> str | None:
    """Return a number that is not negative as a plain decimal text, at most six decimals, none of them idle."""
    if isinstance(cell, bool):
        return None
    text = repr(cell) if isinstance(cell, float | int) else cell.strip() if isinstance(cell, str) else ""
    if "e" in text and isinstance(cell, float):
        text = f"{Decimal(text):f}" if cell == cell and abs(cell) <= LARGEST_NUMBER else ""
    if len(text) > 18 or not _DECIMAL.fullmatch(text):
        return None
    number = Decimal(text)
    if number > LARGEST_NUMBER * 10:
        return None
    return f"{number.normalize():f}" if number else "0"


def _day_of(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    return _date_or_none(found[1], found[2], found[3])


def _date_or_none(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
