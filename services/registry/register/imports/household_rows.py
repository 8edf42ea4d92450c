"""Rows of the household sheet: checked for themselves, sealed, and packed for the staging table."""

import re
from collections.abc import Sequence
from typing import Final

import orjson

from services.registry.register.households.sealed import (
    ACCOUNT_CONTEXT,
    NAME_CONTEXT,
    PHONE_CONTEXT,
    RESIDENT_ID_CONTEXT,
)
from services.registry.register.imports import cells as reading
from services.registry.register.imports.cells import Faults
from services.registry.register.imports.faults import Fault
from services.registry.register.imports.packing import (
    NULL,
    NewIds,
    packed_bytes,
    packed_integer,
    packed_json,
    packed_text,
)
from shared.households_sheet import INDICATOR_PREFIX, SheetColumn
from shared.patterns import HOUSEHOLD_NUMBER
from shared.pii import PiiCipher
from shared.sheet_files.sheet import Cell, Header

_ACCOUNT = re.compile(r"\d{8,30}", re.ASCII)
_BANK_CODE = re.compile(r"[A-Za-z0-9-]{2,20}", re.ASCII)
_HOUSEHOLD_NUMBER = re.compile(HOUSEHOLD_NUMBER, re.ASCII)
_RESIDENCE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", re.ASCII)
_BETWEEN_BANKS = re.compile(r"[、,，;；\s]+")
MOST_FAMILY_DEBTS: Final = 20
LONGEST_GROUP_NAME: Final = 60

# The staging table in the order of the packed fields; `plain` fields come first and make the row's content.
STAGE: Final = (
    "village_code text, member_count integer, labourer_count integer, poverty_state text, registered_on date, "
    "four_kinds boolean, civil_capacity text, able_to_work boolean, credit_record text, bank_code text, "
    "residence_code text, family_debts text, group_name text, answers jsonb, row_number integer, household_id uuid, "
    "member_id uuid, number text, name_sealed bytea, resident_id_sealed bytea, resident_id_index bytea, "
    "born_on date, sex text, phone_sealed bytea, account_sealed bytea, content_digest bytea, faults text"
)
_FIELD_COUNT: Final = (27).to_bytes(2, "big")
_MEMBER_COUNT, _LABOURER_COUNT = 1, 2


class HouseholdRows:
    """Reads rows one by one; remembers which persons and numbers stood further up."""

    def __init__(self, header: Header, columns: Sequence[SheetColumn], cipher: PiiCipher) -> None:
        at, known = header.positions, {column.key: column for column in columns}
        number = (_HOUSEHOLD_NUMBER.fullmatch, Fault.HOUSEHOLD_NUMBER_INVALID)
        self._number = reading.text_reader("household_number", at["household_number"], *number)
        self._name = reading.name_reader("head_name", at["head_name"])
        self._person = reading.PersonReader(at["resident_id"])
        self._phone = reading.phone_reader("phone", at["phone"])
        account = (_ACCOUNT.fullmatch, Fault.ACCOUNT_INVALID)
        self._account = reading.text_reader("bank_account", at["bank_account"], *account)
        self._plain = (
            reading.text_field("village_code", at["village_code"], bool, Fault.VILLAGE_UNKNOWN),
            reading.whole_number_field("member_count", at["member_count"]),
            reading.whole_number_field("labourer_count", at["labourer_count"]),
            reading.word_field(known["poverty_state"], at["poverty_state"]),
            reading.day_field("registered_on", at["registered_on"], is_1904=header.is_1904),
            reading.flag_field(known["four_kinds"], at["four_kinds"]),
            reading.word_field(known["civil_capacity"], at["civil_capacity"]),
            reading.flag_field(known["able_to_work"], at["able_to_work"]),
            reading.word_field(known["credit_record"], at["credit_record"]),
            reading.text_field("bank_code", at["bank_code"], _BANK_CODE.fullmatch, Fault.BANK_CODE_INVALID),
            _optional_field(
                "residence_code", at.get("residence_code"), _RESIDENCE.fullmatch, Fault.RESIDENCE_CODE_INVALID
            ),
            _debts_field(at.get("family_debts")),
            _optional_field("group_name", at.get("group_name"), _is_short, Fault.GROUP_NAME_TOO_LONG, is_code=False),
        )
        self._indicators = tuple(
            (column.key.removeprefix(INDICATOR_PREFIX), reading.number_reader(column.key, at[column.key]))
            for column in sorted(columns, key=lambda column: column.key)
            if column.key.startswith(INDICATOR_PREFIX) and column.key in at
        )
        self._cipher, self._ids = cipher, NewIds()
        self._seal_name, self._seal_id = cipher.sealer(NAME_CONTEXT), cipher.sealer(RESIDENT_ID_CONTEXT)
        self._seal_phone, self._seal_account = cipher.sealer(PHONE_CONTEXT), cipher.sealer(ACCOUNT_CONTEXT)
        self._numbers: set[str] = set()
        self._persons: set[bytes] = set()

    def read(self, row_number: int, cells: list[Cell]) -> bytes:
        """Return the packed row with every fault that the sheet alone shows; personal data only of rows without."""
        faults: Faults = []
        number, name, person = self._number(cells, faults), self._name(cells, faults), self._person(cells, faults)
        phone, account = self._phone(cells, faults), self._account(cells, faults)
        plain = [read(cells, faults) for read in self._plain]
        _ensure_counts(plain, faults)
        answers = self._answers(cells, faults)
        index = self._cipher.index(person.number) if person else b""
        self._note_repeated(number, index, faults)
        common = b"".join(plain) + answers
        new_id = self._ids.packed
        first = (_FIELD_COUNT, common, packed_integer(row_number), new_id(), new_id())
        shown = packed_text(number) if number else NULL
        found = packed_bytes(index) if index else NULL
        if faults or person is None or not (number and name and phone and account):
            fault_field = packed_text(",".join(faults))
            return b"".join((*first, shown, NULL, NULL, found, NULL, NULL, NULL, NULL, NULL, fault_field))
        content = "\x1f".join((number, name, person.number, phone, account)).encode()
        return b"".join(
            (
                *first,
                shown,
                packed_bytes(self._seal_name(name)),
                packed_bytes(self._seal_id(person.number)),
                found,
                person.born,
                _SEXES[person.sex],
                packed_bytes(self._seal_phone(phone)),
                packed_bytes(self._seal_account(account)),
                packed_bytes(self._cipher.index_bytes(common + content)),
                _NO_FAULTS,
            )
        )

    def _note_repeated(self, number: str | None, index: bytes, faults: Faults) -> None:
        if index:
            if index in self._persons:
                faults.append(Fault.RESIDENT_ID_REPEATED)
            self._persons.add(index)
        if number:
            if number in self._numbers:
                faults.append(Fault.HOUSEHOLD_NUMBER_REPEATED)
            self._numbers.add(number)

    def _answers(self, cells: list[Cell], faults: Faults) -> bytes:
        answers = {}
        for code, read in self._indicators:
            answer = read(cells, faults)
            if answer is not None:
                answers[code] = answer
        return packed_json(orjson.dumps(answers))


def digest_in(packed: bytes) -> bytes | None:
    """Return the content digest of a packed row, the field before its faults; None where it has any."""
    return packed[-_DIGEST_BYTES - len(_NO_FAULTS) : -len(_NO_FAULTS)] if packed.endswith(_NO_FAULTS) else None


_DIGEST_BYTES: Final = 32
_NO_FAULTS: Final = packed_text("")
_SEXES: Final = {sex: packed_text(sex) for sex in ("male", "female")}
_ZERO: Final = packed_integer(0)


def _ensure_counts(plain: list[bytes], faults: Faults) -> None:
    """Compare the packed counts: whole numbers of the same width order like their bytes."""
    members, labourers = plain[_MEMBER_COUNT], plain[_LABOURER_COUNT]
    if members == _ZERO:
        faults.append(Fault.MEMBERS_TOO_FEW)
    elif NULL not in (members, labourers) and labourers > members:
        faults.append(Fault.LABOURERS_ABOVE_MEMBERS)


def _optional_field(
    key: str, position: int | None, shape: reading.Shape, wrong: Fault, *, is_code: bool = True
) -> reading.FieldReader:
    """Return the reader of a text that may be left empty, in a column that the sheet may not have."""
    if position is None:
        return reading.missing
    inner = reading.text_field(key, 0, shape, wrong, is_code=is_code)
    return reading.remembered(lambda cell, faults: NULL if reading.is_blank(cell) else inner([cell], faults), position)


def _debts_field(position: int | None) -> reading.FieldReader:
    """Return the reader of bank codes, kept in alphabetical order with commas between them."""
    if position is None:
        return reading.missing
    text = reading.text_reader("family_debts", 0)

    def read(cell: Cell, faults: Faults) -> bytes:
        written = None if reading.is_blank(cell) else text([cell], faults)
        if written is None:
            return NULL
        codes = sorted({code for code in _BETWEEN_BANKS.split(written) if code})
        if not codes or len(codes) > MOST_FAMILY_DEBTS or not all(map(_BANK_CODE.fullmatch, codes)):
            faults.append(Fault.FAMILY_DEBTS_INVALID)
            return NULL
        return packed_text(",".join(codes))

    return reading.remembered(read, position)


def _is_short(name: str) -> bool:
    return len(name) <= LONGEST_GROUP_NAME
