"""Households and members of a sheet's rows, put on the register from the temporary table `sheet_row`, set by set.

The rows were judged right by the import; `sheet_row` has a column for each value used here, ids included.
"""

from datetime import date
from typing import Final
from uuid import UUID

from shared.db import Connection

MEMBER_DETAILS: Final = ("civil_capacity", "labour", "education", "at_school", "health", "migrant_worker")
_HOUSEHOLDS = """
INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from, registered_on,
  member_count, labourer_count, civil_capacity, able_to_work, credit_record, phone_sealed, content_digest, import_id,
  residence_code, group_name)
SELECT household_id, $1, number, village_code, 0, poverty_state, registered_on, registered_on, member_count,
  labourer_count, civil_capacity, able_to_work, credit_record, phone_sealed, content_digest, $2,
  nullif(residence_code, village_code), group_name
FROM sheet_row
"""
_HEADS = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  sex, civil_capacity, labour, joined_on)
SELECT member_id, household_id, true, 'head', name_sealed, resident_id_sealed, resident_id_index, born_on, sex,
  civil_capacity, CASE WHEN able_to_work THEN 'able' ELSE 'unable' END, registered_on
FROM sheet_row
"""
_BY_OFFICER = (
    """
INSERT INTO bank_account (household_id, version, bank_code, account_sealed, valid, reason, recorded_by)
SELECT household_id, 1, bank_code, account_sealed, true, 'household import', $1 FROM sheet_row
""",
    """
INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
SELECT household_id, poverty_state, registered_on, 'household import', $1 FROM sheet_row
""",
    """
INSERT INTO household_village (household_id, village_code, valid_from, cause, recorded_by)
SELECT household_id, village_code, registered_on, 'registered', $1 FROM sheet_row
""",
    """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by)
SELECT uuid7(), household_id, 'four_kinds', registered_on, 'household import', $1 FROM sheet_row WHERE four_kinds
""",
)
_COLLECTED = (
    """
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by)
SELECT household_id, $2, answers, $1 FROM sheet_row WHERE answers <> '{}'
""",
    """
INSERT INTO family_debt (id, household_id, bank_code, kind, valid_from, recorded_by)
SELECT uuid7(), household_id, bank_code, 'production_loan', $2, $1
FROM (SELECT household_id, unnest(string_to_array(family_debts, ',')) AS bank_code FROM sheet_row
      WHERE family_debts IS NOT NULL) debts
""",
)
_SET_DETAILS = ", ".join(f"{detail} = coalesce(m.{detail}, r.{detail})" for detail in (*MEMBER_DETAILS, "sex"))
_FILL_IN = f"""
UPDATE member m SET {_SET_DETAILS} FROM sheet_row r
WHERE m.resident_id_index = r.resident_id_index AND m.left_on IS NULL
"""  # noqa: S608 - our own column names
# On file since the household is, as far as a list of its members can tell; a child since its birth.
_MEMBERS = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  sex, civil_capacity, labour, education, at_school, health, migrant_worker, joined_on)
SELECT r.member_id, h.id, r.relation = 'head', r.relation, r.name_sealed, r.resident_id_sealed, r.resident_id_index,
  r.born_on, r.sex, r.civil_capacity, r.labour, r.education, r.at_school, r.health, r.migrant_worker,
  greatest(h.registered_on, r.born_on)
FROM sheet_row r JOIN household h ON h.county_code = $1 AND h.number = r.number
WHERE NOT EXISTS (SELECT FROM member m WHERE m.resident_id_index = r.resident_id_index AND m.left_on IS NULL)
"""
# A list may be incomplete, so it raises the household's count of members and never lowers it.
_RECOUNT = """
UPDATE household h SET member_count = c.count
FROM (SELECT m.household_id, count(*) AS count FROM member m
      WHERE m.left_on IS NULL AND m.household_id IN (
        SELECT k.id FROM household k JOIN sheet_row r ON k.county_code = $1 AND k.number = r.number)
      GROUP BY 1) c
WHERE h.id = c.household_id AND h.member_count < c.count
"""


async def register_households(
    conn: Connection, county_code: str, import_id: UUID, officer: str, collected_on: date
) -> None:
    """Put the staged households on the register with head, account, state, village, exclusion, survey and debts."""
    await conn.execute(_HOUSEHOLDS, county_code, import_id)
    await conn.execute(_HEADS)
    for statement in _BY_OFFICER:
        await conn.execute(statement, officer)
    for statement in _COLLECTED:
        await conn.execute(statement, officer, collected_on)


async def register_members(conn: Connection, county_code: str) -> None:
    """Fill in what the staged rows know of members on file, put the others on file, and raise the stated counts."""
    await conn.execute(_FILL_IN)
    await conn.execute(_MEMBERS, county_code)
    await conn.execute(_RECOUNT, county_code)
