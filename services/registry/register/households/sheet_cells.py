"""What a household or a member is, in the words of the sheets: read from the register, personal data opened."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.registry.register.households.sealed import (
    ACCOUNT_CONTEXT,
    NAME_CONTEXT,
    PHONE_CONTEXT,
    RESIDENT_ID_CONTEXT,
)
from shared.db import Connection
from shared.households_sheet import (
    CIVIL_CAPACITY_WORDS,
    CREDIT_RECORD_WORDS,
    EDUCATION_WORDS,
    HEALTH_WORDS,
    INDICATOR_PREFIX,
    LABOUR_WORDS,
    RELATION_WORDS,
    YES_NO_WORDS,
    SheetColumn,
    written,
    written_state,
)
from shared.pii import PiiCipher

_HOUSEHOLD = """
SELECT h.id, h.number, h.village_code, h.member_count, h.labourer_count, h.poverty_state, h.registered_on,
       h.civil_capacity, h.able_to_work, h.credit_record, h.phone_sealed, h.residence_code, h.group_name, m.name_sealed,
       m.resident_id_sealed, a.bank_code, a.account_sealed, coalesce(s.answers, '{}') AS answers,
       EXISTS (SELECT FROM household_exclusion x
               WHERE x.household_id = h.id AND x.kind = 'four_kinds' AND x.valid_until IS NULL) AS four_kinds,
       (SELECT string_agg(DISTINCT d.bank_code, ',' ORDER BY d.bank_code) FROM family_debt d
        WHERE d.household_id = h.id AND d.kind = 'production_loan' AND d.valid_until IS NULL) AS family_debts
FROM household h
LEFT JOIN member m ON m.household_id = h.id AND m.is_head AND m.left_on IS NULL
LEFT JOIN LATERAL (SELECT bank_code, account_sealed FROM bank_account
                   WHERE household_id = h.id ORDER BY version DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT answers FROM credit_survey
                   WHERE household_id = h.id ORDER BY collected_on DESC LIMIT 1) s ON true
"""
_HOUSEHOLDS_BY_ID = f"{_HOUSEHOLD} WHERE h.id = ANY ($1::uuid[])"
HOUSEHOLD_PAGE: Final = f"""
{_HOUSEHOLD}
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[]) AND h.ended_on IS NULL
  AND ($3::text IS NULL OR h.poverty_state = $3) AND (h.village_code, h.id) > ($4, $5)
ORDER BY h.village_code, h.id LIMIT $6
"""
MEMBER_PAGE: Final = """
SELECT m.id, h.village_code, h.number, m.name_sealed, m.resident_id_sealed, m.relation, m.civil_capacity, m.labour,
       m.education, m.at_school, m.health, m.migrant_worker
FROM household h JOIN member m ON m.household_id = h.id AND m.left_on IS NULL
WHERE h.village_code ^@ $1 AND h.village_code ^@ ANY ($2::text[]) AND h.ended_on IS NULL
  AND ($3::text IS NULL OR h.poverty_state = $3) AND (h.village_code, m.id) > ($4, $5)
ORDER BY h.village_code, m.id LIMIT $6
"""


async def households_by_id(conn: Connection, ids: Sequence[UUID]) -> list[Record]:
    """Return what is on file now about these households, ended ones too."""
    return list(await conn.fetch(_HOUSEHOLDS_BY_ID, ids))


def household_cells(row: Record, columns: Sequence[SheetColumn], cipher: PiiCipher) -> list[str]:
    """Return one household in the given columns, as a sheet would say it."""
    cells = {
        "household_number": row["number"],
        "head_name": _opened(cipher, row["name_sealed"], NAME_CONTEXT),
        "resident_id": _opened(cipher, row["resident_id_sealed"], RESIDENT_ID_CONTEXT),
        "phone": _opened(cipher, row["phone_sealed"], PHONE_CONTEXT),
        "village_code": row["village_code"],
        "member_count": str(row["member_count"]),
        "labourer_count": str(row["labourer_count"]),
        "poverty_state": written_state(row["poverty_state"], columns),
        "registered_on": row["registered_on"].isoformat(),
        "four_kinds": _yes_no(row["four_kinds"]),
        "civil_capacity": written(CIVIL_CAPACITY_WORDS, row["civil_capacity"]),
        "able_to_work": _yes_no(row["able_to_work"]),
        "credit_record": written(CREDIT_RECORD_WORDS, row["credit_record"]),
        "bank_code": row["bank_code"] or "",
        "bank_account": _opened(cipher, row["account_sealed"], ACCOUNT_CONTEXT),
        "residence_code": row["residence_code"] or "",
        "family_debts": (row["family_debts"] or "").replace(",", "、"),
        "group_name": row["group_name"] or "",
    }
    answers: Mapping[str, Any] = row["answers"]
    return [
        str(answers.get(column.key.removeprefix(INDICATOR_PREFIX), ""))
        if column.key.startswith(INDICATOR_PREFIX)
        else cells[column.key]
        for column in columns
    ]


def member_cells(row: Record, columns: Sequence[SheetColumn], cipher: PiiCipher) -> list[str]:
    """Return one member in the given columns, as a sheet would say it."""
    cells = {
        "household_number": row["number"],
        "name": _opened(cipher, row["name_sealed"], NAME_CONTEXT),
        "resident_id": _opened(cipher, row["resident_id_sealed"], RESIDENT_ID_CONTEXT),
        "relation": written(RELATION_WORDS, row["relation"]),
        "civil_capacity": _word(CIVIL_CAPACITY_WORDS, row["civil_capacity"]),
        "labour": _word(LABOUR_WORDS, row["labour"]),
        "education": _word(EDUCATION_WORDS, row["education"]),
        "at_school": _yes_no(row["at_school"]),
        "health": _word(HEALTH_WORDS, row["health"]),
        "migrant_worker": _yes_no(row["migrant_worker"]),
    }
    return [cells[column.key] for column in columns]


def _word(words: Mapping[str, tuple[str, ...]], value: str | None) -> str:
    return "" if value is None else written(words, value)


def _yes_no(flag: bool | None) -> str:
    return "" if flag is None else written(YES_NO_WORDS, "yes" if flag else "no")


def _opened(cipher: PiiCipher, sealed: bytes | None, context: str) -> str:
    return "" if sealed is None else cipher.decrypt(sealed, context)
