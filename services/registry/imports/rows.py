"""Turn one row of cells into what is stored, collecting every fault; pure but for the cipher's random nonces."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from services.registry.households.sealed import (
    ACCOUNT_CONTEXT,
    NAME_CONTEXT,
    PHONE_CONTEXT,
    RESIDENT_ID_CONTEXT,
)
from services.registry.imports.faults import Fault
from services.registry.imports.workbook import Cell, HouseholdSheet
from shared.households_sheet import INDICATOR_PREFIX, CellKind, SheetColumn, folded
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.resident_id import check_digit, normalised

LONGEST_TEXT: Final = 100
LARGEST_NUMBER: Final = 10**9
_EXACT_FLOAT: Final = 2.0**53
_RESIDENT_ID = re.compile(r"[1-8]\d{16}[\dX]", re.ASCII)
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}", re.ASCII)
_ACCOUNT = re.compile(r"\d{8,30}", re.ASCII)
_BANK_CODE = re.compile(r"[A-Za-z0-9-]{2,20}", re.ASCII)
_HOUSEHOLD_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", re.ASCII)
_DIGITS = re.compile(r"-?\d+", re.ASCII)
_DECIMAL = re.compile(r"\d{1,10}(\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00:00)?", re.ASCII)


class StagedRow(NamedTuple):
    """One row as it goes to the staging table, in its column order; None where a cell could not be read."""

    row_number: int
    household_id: UUID
    number: str | None
    village_code: str | None
    member_count: int | None
    labourer_count: int | None
    poverty_state: str | None
    registered_on: date | None
    four_kinds: bool | None
    civil_capacity: str | None
    able_to_work: bool | None
    credit_record: str | None
    name_sealed: bytes | None
    resident_id_sealed: bytes | None
    resident_id_index: bytes | None
    birth_on: date | None
    phone_sealed: bytes | None
    bank_code: str | None
    account_sealed: bytes | None
    answers: str  # JSON: {indicator code: decimal string}
    content_digest: bytes
    faults: list[str]


@dataclass(slots=True)
class RowReader:
    """Reads rows of one sheet; remembers the words it has understood, since a column has only a few."""

    sheet: HouseholdSheet
    columns: Sequence[SheetColumn]
    cipher: PiiCipher
    _words: dict[tuple[str, str], str | None]
    _choices: dict[str, SheetColumn]
    _indicators: tuple[tuple[str, str, int], ...]

    @classmethod
    def of(cls, sheet: HouseholdSheet, columns: Sequence[SheetColumn], cipher: PiiCipher) -> "RowReader":
        """Return a reader for the columns found in the sheet."""
        choices = {column.key: column for column in columns if column.kind is CellKind.CHOICE}
        indicators = tuple(
            (column.key.removeprefix(INDICATOR_PREFIX), column.key, sheet.positions[column.key])
            for column in columns
            if column.key.startswith(INDICATOR_PREFIX) and column.key in sheet.positions
        )
        return cls(sheet, columns, cipher, {}, choices, indicators)

    def read(self, row_number: int, cells: list[Cell]) -> StagedRow:
        """Return the row with every fault that the row alone shows."""
        faults: list[str] = []
        text = {key: self._text(key, cells, faults) for key in _TEXT_KEYS}
        members = self._whole_number("member_count", cells, faults)
        labourers = self._whole_number("labourer_count", cells, faults)
        if members is not None and members < 1:
            faults.append(Fault.MEMBERS_TOO_FEW)
        elif members is not None and labourers is not None and labourers > members:
            faults.append(Fault.LABOURERS_ABOVE_MEMBERS)
        registered_on = self._day("registered_on", cells, faults)
        words = {key: self._word(key, cells, faults) for key in self._choices}
        answers = self._answers(cells, faults)
        person = _resident_id(text["resident_id"], faults)
        for key, shape, fault in _SHAPES:
            if text[key] is not None and not shape(text[key]):
                faults.append(fault)
        fingerprint = (*text.values(), members, labourers, registered_on, *words.values(), *answers.items())
        seal = self.cipher.encrypt
        return StagedRow(
            row_number,
            new_id(),
            text["household_number"],
            text["village_code"],
            members,
            labourers,
            words["poverty_state"],
            registered_on,
            _yes(words["four_kinds"]),
            words["civil_capacity"],
            _yes(words["able_to_work"]),
            words["credit_record"],
            seal(text["head_name"], NAME_CONTEXT) if text["head_name"] else None,
            seal(person[0], RESIDENT_ID_CONTEXT) if person else None,
            self.cipher.index(person[0]) if person else None,
            person[1] if person else None,
            seal(text["phone"], PHONE_CONTEXT) if text["phone"] else None,
            text["bank_code"],
            seal(text["bank_account"], ACCOUNT_CONTEXT) if text["bank_account"] else None,
            orjson.dumps(answers).decode(),
            self.cipher.index(repr(fingerprint)),
            faults,
        )

    def _cell(self, key: str, cells: list[Cell]) -> Cell:
        position = self.sheet.positions[key]
        return cells[position] if position < len(cells) else ""

    def _text(self, key: str, cells: list[Cell], faults: list[str]) -> str | None:
        cell = self._cell(key, cells)
        if type(cell) is not str:
            if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT_FLOAT and key != "resident_id":
                cell = str(int(cell))
            else:
                faults.append(f"{Fault.NUMBER_NOT_TEXT}:{key}")
                return None
        cell = cell.strip()
        if not cell:
            faults.append(f"{Fault.EMPTY}:{key}")
            return None
        if len(cell) > LONGEST_TEXT:
            faults.append(f"{Fault.TOO_LONG}:{key}")
            return None
        if not cell.isprintable():
            faults.append(f"{Fault.UNPRINTABLE}:{key}")
            return None
        return str(cell)

    def _whole_number(self, key: str, cells: list[Cell], faults: list[str]) -> int | None:
        cell = self._cell(key, cells)
        if cell == "":
            faults.append(f"{Fault.EMPTY}:{key}")
            return None
        number = _whole(cell)
        if number is None:
            faults.append(f"{Fault.NOT_A_WHOLE_NUMBER}:{key}")
        return number

    def _day(self, key: str, cells: list[Cell], faults: list[str]) -> date | None:
        cell = self._cell(key, cells)
        day = _day_of(cell)
        if day is None:
            faults.append(f"{Fault.EMPTY if cell == '' else Fault.NOT_A_DAY}:{key}")
        return day

    def _word(self, key: str, cells: list[Cell], faults: list[str]) -> str | None:
        cell = self._cell(key, cells)
        if type(cell) is not str:
            cell = str(int(cell)) if isinstance(cell, float | bool) else str(cell)
        if (key, cell) not in self._words:
            self._words[key, cell[:LONGEST_TEXT]] = self._choices[key].words.get(folded(cell[:LONGEST_TEXT]))
        word = self._words.get((key, cell))
        if word is None:
            faults.append(f"{Fault.NOT_A_WORD if cell.strip() else Fault.EMPTY}:{key}")
        return word

    def _answers(self, cells: list[Cell], faults: list[str]) -> dict[str, str]:
        answers = {}
        for code, key, position in self._indicators:
            cell = cells[position] if position < len(cells) else ""
            if cell == "":
                continue  # not collected; it earns nothing
            number = _number(cell)
            if number is None:
                faults.append(f"{Fault.NOT_A_NUMBER}:{key}")
            else:
                answers[code] = number
        return answers


_TEXT_KEYS: Final = (
    "household_number",
    "head_name",
    "resident_id",
    "phone",
    "village_code",
    "bank_code",
    "bank_account",
)
_SHAPES: Final[tuple[tuple[str, Callable[[Any], object], Fault], ...]] = (
    ("household_number", _HOUSEHOLD_NUMBER.fullmatch, Fault.HOUSEHOLD_NUMBER_INVALID),
    ("phone", _PHONE.fullmatch, Fault.PHONE_INVALID),
    ("bank_code", _BANK_CODE.fullmatch, Fault.BANK_CODE_INVALID),
    ("bank_account", _ACCOUNT.fullmatch, Fault.ACCOUNT_INVALID),
)


def _yes(word: str | None) -> bool | None:
    return None if word is None else word == "yes"


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
    """Return a number that is not negative as a plain decimal string, at most six decimals."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float) and cell.is_integer() and 0 <= cell <= LARGEST_NUMBER:
        return str(int(cell))
    text = repr(cell) if isinstance(cell, float | int) else cell.strip() if isinstance(cell, str) else ""
    return text if len(text) <= 18 and _DECIMAL.fullmatch(text) else None


def _day_of(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    return _date_or_none(found[1], found[2], found[3])


def _resident_id(text: str | None, faults: list[str]) -> tuple[str, date] | None:
    """Return the normalised number and its birth date, or None after naming everything wrong with it (GB 11643)."""
    if text is None:
        return None
    number = normalised(text)
    if not _RESIDENT_ID.fullmatch(number):
        faults.append(Fault.RESIDENT_ID_SHAPE)
        return None
    born_on = _date_or_none(number[6:10], number[10:12], number[12:14])
    is_checked = check_digit(number[:17]) == number[17]
    if born_on is None:
        faults.append(Fault.RESIDENT_ID_BIRTH)
    if not is_checked:
        faults.append(Fault.RESIDENT_ID_CHECK_DIGIT)
    return (number, born_on) if born_on is not None and is_checked else None


def _date_or_none(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
