"""Rows of the members' sheet: checked for themselves, sealed, and packed for the staging table."""

import re
from collections.abc import Sequence
from typing import Final

from services.registry.register.households.sealed import NAME_CONTEXT, RESIDENT_ID_CONTEXT
from services.registry.register.imports import cells as reading
from services.registry.register.imports.cells import Faults
from services.registry.register.imports.faults import Fault
from services.registry.register.imports.packing import NULL, NewIds, packed_bytes, packed_integer, packed_text
from shared.households_sheet import SheetColumn
from shared.patterns import HOUSEHOLD_NUMBER
from shared.pii import PiiCipher
from shared.sheet_files.sheet import Cell, Header

_HOUSEHOLD_NUMBER = re.compile(HOUSEHOLD_NUMBER, re.ASCII)
STAGE: Final = (
    "relation text, civil_capacity text, labour text, education text, at_school boolean, health text, "
    "migrant_worker boolean, row_number integer, member_id uuid, number text, name_sealed bytea, name_index bytea, "
    "resident_id_sealed bytea, resident_id_index bytea, born_on date, sex text, faults text"
)
_FIELD_COUNT: Final = (17).to_bytes(2, "big")
_WORDS: Final = ("relation", "civil_capacity", "labour", "education", "at_school", "health", "migrant_worker")
_FLAGS: Final = frozenset({"at_school", "migrant_worker"})
_NO_FAULTS: Final = packed_text("")
_HEAD: Final = packed_text("head")
_SEXES: Final = {sex: packed_text(sex) for sex in ("male", "female")}


class MemberRows:
    """Reads rows one by one; remembers which persons and heads stood further up."""

    def __init__(self, header: Header, columns: Sequence[SheetColumn], cipher: PiiCipher) -> None:
        at, known = header.positions, {column.key: column for column in columns}
        number = (_HOUSEHOLD_NUMBER.fullmatch, Fault.HOUSEHOLD_NUMBER_INVALID)
        self._number = reading.text_reader("household_number", at["household_number"], *number)
        self._name = reading.name_reader("name", at["name"])
        self._person = reading.PersonReader(at["resident_id"])
        self._words = tuple(
            (reading.flag_field if key in _FLAGS else reading.word_field)(known[key], at.get(key)) for key in _WORDS
        )
        self._cipher, self._ids = cipher, NewIds()
        self._seal_name, self._seal_id = cipher.sealer(NAME_CONTEXT), cipher.sealer(RESIDENT_ID_CONTEXT)
        self._persons: set[bytes] = set()
        self._heads: set[str] = set()

    def read(self, row_number: int, cells: list[Cell]) -> bytes:
        """Return the packed row with every fault that the sheet alone shows; personal data only of rows without."""
        faults: Faults = []
        number, name, person = self._number(cells, faults), self._name(cells, faults), self._person(cells, faults)
        words = [read(cells, faults) for read in self._words]
        index = self._cipher.index(person.number) if person else b""
        self._note_repeated(number, index, words[0] == _HEAD, faults)
        first = (_FIELD_COUNT, *words, packed_integer(row_number), self._ids.packed())
        shown = packed_text(number) if number else NULL
        found = packed_bytes(index) if index else NULL
        if faults or person is None or not (number and name):
            return b"".join((*first, shown, NULL, NULL, NULL, found, NULL, NULL, packed_text(",".join(faults))))
        return b"".join(
            (
                *first,
                shown,
                packed_bytes(self._seal_name(name)),
                packed_bytes(self._cipher.index(name)),
                packed_bytes(self._seal_id(person.number)),
                found,
                person.born,
                _SEXES[person.sex],
                _NO_FAULTS,
            )
        )

    def _note_repeated(self, number: str | None, index: bytes, is_head: bool, faults: Faults) -> None:
        if index:
            if index in self._persons:
                faults.append(Fault.RESIDENT_ID_REPEATED)
            self._persons.add(index)
        if number and is_head:
            if number in self._heads:
                faults.append(Fault.HEAD_REPEATED)
            self._heads.add(number)
