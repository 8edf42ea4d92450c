"""Readers of single cells: each is made once for a column and remembers what it has understood.

A reader takes the row's cells and the row's list of faults. It returns the field as COPY wants it (`packing`), or the
plain text where that is sealed; NULL or None where the cell is empty or wrong, after naming the fault.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from services.registry.register.imports.faults import Fault
from services.registry.register.imports.packing import NULL, packed_day, packed_flag, packed_integer, packed_text
from shared.cell_values import day_meant, digits_meant, is_error, is_shortened_number, number_meant, whole_meant
from shared.characters import half_width, hides_something, seen
from shared.dates import EARLIEST_DAY
from shared.households_sheet import SheetColumn, folded
from shared.person_names import person_name
from shared.resident_id import SHAPE, check_digit, normalised, sex
from shared.sheet_files.sheet import Cell
from shared.telephones import telephone

LONGEST_TEXT: Final = 100
LARGEST_NUMBER: Final = 10**9
MOST_REMEMBERED: Final = 4_000  # of one column, whatever its cells hold; villages, days and words are fewer
_SHORT_NUMBER: Final = 10

Faults = list[str]
Shape = Callable[[str], object]
TextReader = Callable[[list[Cell], Faults], str | None]
FieldReader = Callable[[list[Cell], Faults], bytes]


class Person(NamedTuple):
    """What a resident ID says."""

    number: str
    born: bytes  # the birth date as a date field
    sex: str


def text_reader(
    key: str, position: int, shape: Shape | None = None, wrong: Fault | None = None, *, is_code: bool = True
) -> TextReader:
    """Return the reader of a text; a number cell is taken where it lost no digit, never as a resident ID.

    What must have the `shape` of a code is read in half width.
    """
    empty, too_long, unprintable = f"{Fault.EMPTY}:{key}", f"{Fault.TOO_LONG}:{key}", f"{Fault.UNPRINTABLE}:{key}"
    takes_numbers = key != "resident_id"

    def read(cells: list[Cell], faults: Faults) -> str | None:
        cell = cells[position] if position < len(cells) else ""
        if type(cell) is not str:
            digits = digits_meant(cell) if takes_numbers and type(cell) is float else None
            if digits is None:
                faults.append(f"{Fault.NUMBER_NOT_TEXT}:{key}")
                return None
            cell = digits
        text: str = cell.strip()
        if not text.isascii():
            text = seen(half_width(text) if shape is not None and is_code else text)
        if not text:
            faults.append(empty)
        elif len(text) > LONGEST_TEXT:
            faults.append(too_long)
        elif not text.isprintable() and hides_something(text):
            faults.append(unprintable)
        elif text[0] == "#" and is_error(text):
            faults.append(f"{Fault.ERROR_VALUE}:{key}")
        else:
            if shape is not None and not shape(text):
                faults.append(f"{Fault.NUMBER_NOT_TEXT}:{key}" if is_shortened_number(text) else str(wrong))
            return text
        return None

    return read


def name_reader(key: str, position: int) -> TextReader:
    """Return the reader of a person's name."""
    return _tidied(text_reader(key, position), person_name, f"{Fault.NOT_A_NAME}:{key}")


def phone_reader(key: str, position: int) -> TextReader:
    """Return the reader of a telephone number."""
    return _tidied(text_reader(key, position), telephone, Fault.PHONE_INVALID)


def _tidied(inner: TextReader, tidy: Callable[[str], str | None], wrong: str) -> TextReader:
    def read(cells: list[Cell], faults: Faults) -> str | None:
        text = inner(cells, faults)
        tidied = None if text is None else tidy(text)
        if tidied is None and text is not None:
            faults.append(wrong)
        return tidied

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


def text_field(
    key: str, position: int, shape: Shape | None = None, wrong: Fault | None = None, *, is_code: bool = True
) -> FieldReader:
    """Return the remembering reader of a text that is kept as it stands."""
    inner = text_reader(key, 0, shape, wrong, is_code=is_code)

    def read(cell: Cell, faults: Faults) -> bytes:
        text = inner([cell], faults)
        return NULL if text is None else packed_text(text)

    return remembered(read, position)


def whole_number_field(key: str, position: int) -> FieldReader:
    """Return the reader of a whole number that is not negative."""

    def read(cell: Cell, faults: Faults) -> bytes:
        number = whole_meant(cell)
        if number is None or number > LARGEST_NUMBER:
            faults.append(f"{Fault.EMPTY if is_blank(cell) else Fault.NOT_A_WHOLE_NUMBER}:{key}")
            return NULL
        return packed_integer(number)

    return remembered(read, position)


def day_field(key: str, position: int, *, is_1904: bool = False) -> FieldReader:
    """Return the reader of a calendar day."""

    def read(cell: Cell, faults: Faults) -> bytes:
        day = day_meant(cell, is_1904=is_1904)
        if day is None:
            faults.append(f"{Fault.EMPTY if is_blank(cell) else Fault.NOT_A_DAY}:{key}")
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


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing but blanks."""
    return type(cell) is str and not cell.strip()


def missing(cells: list[Cell], faults: Faults) -> bytes:
    """Read a column that the sheet does not have."""
    return NULL


def number_reader(key: str, position: int) -> TextReader:
    """Return the reader of a number that is not negative, as a plain decimal text; an empty cell was not collected."""

    def read(cells: list[Cell], faults: Faults) -> str | None:
        cell = cells[position] if position < len(cells) else ""
        if type(cell) is str:  # what most cells hold, known at a glance
            if not cell:
                return None
            if len(cell) < _SHORT_NUMBER and cell.isdigit() and cell.isascii() and (cell[0] != "0" or cell == "0"):
                return cell
            if cell.isspace():
                return None
        number = number_meant(cell)
        if number is None or number > LARGEST_NUMBER * 10:
            faults.append(f"{Fault.NOT_A_NUMBER}:{key}")
            return None
        return _plain(number)

    return read


class PersonReader:
    """Reads resident IDs (GB 11643): birth dates recur, so they are remembered."""

    def __init__(self, position: int) -> None:
        self._text = text_reader("resident_id", position, _is_resident_id, Fault.RESIDENT_ID_SHAPE)
        self._births: dict[str, bytes] = {}

    def __call__(self, cells: list[Cell], faults: Faults) -> Person | None:
        """Return the person, or None after naming everything wrong with the number."""
        text = self._text(cells, faults)
        if text is None:
            return None
        number = normalised(text)
        if not SHAPE.fullmatch(number):  # the reader of the text has said so
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
        if born_on is None or born_on < EARLIEST_DAY:  # and not after the day of the import, which judges the rows
            return None
        return self._births.setdefault(digits, packed_day(born_on))


def _is_resident_id(text: str) -> bool:
    return SHAPE.fullmatch(normalised(text)) is not None


def _plain(number: Decimal) -> str:
    """Return a number as text without idle decimals."""
    return f"{number.normalize():f}" if number else "0"


def _date_or_none(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
