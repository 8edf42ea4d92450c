"""Members of one piece: how they are judged against the register and put on file."""

import asyncio
from collections.abc import Sequence
from typing import Final

from asyncpg import Record

from services.registry.register.households.sealed import NAME_CONTEXT
from services.registry.register.imports import member_rows
from services.registry.register.imports.faults import Fault
from services.registry.register.imports.registering import PieceStatements, TakenImport
from shared.db import Connection
from shared.pii import PiiCipher

_EVENTS: Final = ("civil_capacity", "labour", "education", "at_school", "health", "migrant_worker")
_DIFFERS: Final = " OR ".join(f"m.{event} <> r.{event}" for event in ("relation", *_EVENTS))
_ADDS: Final = " OR ".join(f"(m.{event} IS NULL AND r.{event} IS NOT NULL)" for event in (*_EVENTS, "sex"))
_LOCK = """
SELECT h.id FROM household h
WHERE h.county_code = $1 AND h.number IN (SELECT number FROM sheet_row) ORDER BY h.id FOR UPDATE
"""
_JUDGE = f"""
INSERT INTO sheet_verdict (row_number, verdict, faults, village_code)
SELECT row_number, CASE WHEN faults <> '{{}}' THEN 'rejected' ELSE 'unchanged' END, faults, village_code
FROM (
  SELECT r.row_number, known.village_code, m.id IS NOT NULL AS is_known, coalesce({_ADDS}, false) AS adds,
    string_to_array(r.faults, ',') || array_remove(ARRAY[
      CASE WHEN r.number IS NOT NULL AND known.id IS NULL AND position('household-number-invalid' IN r.faults) = 0
           THEN 'household-unknown' END,
      CASE WHEN known.ended_on IS NOT NULL THEN 'household-ended' END,
      CASE WHEN r.born_on > $3 THEN 'resident-id-birth' END,
      CASE WHEN known.id IS NOT NULL AND NOT known.village_code ^@ ANY ($2::text[])
           THEN 'household-outside-your-region' END,
      CASE WHEN m.household_id <> known.id AND position('resident-id-repeated' IN r.faults) = 0
           THEN 'resident-id-registered' END,
      CASE WHEN r.relation = 'head' AND head.id IS NOT NULL AND head.id IS DISTINCT FROM m.id THEN 'second-head' END,
      CASE WHEN m.household_id = known.id AND ({_DIFFERS}) THEN 'member-registered-otherwise' END
    ], NULL) AS faults
  FROM sheet_row r
  LEFT JOIN household known ON known.county_code = $1 AND known.number = r.number
  LEFT JOIN member m ON m.resident_id_index = r.resident_id_index AND m.left_on IS NULL
  LEFT JOIN member head ON head.household_id = known.id AND head.is_head AND head.left_on IS NULL
) judged WHERE (is_known AND NOT adds) OR faults <> '{{}}'
"""  # noqa: S608 - our own column names
_ON_FILE = """
SELECT r.row_number, m.name_sealed, r.name_index
FROM sheet_row r LEFT JOIN sheet_verdict v ON v.row_number = r.row_number
JOIN member m ON m.resident_id_index = r.resident_id_index AND m.left_on IS NULL
WHERE v.verdict IS DISTINCT FROM 'rejected'
"""
_OTHERWISE = """
INSERT INTO sheet_verdict (row_number, verdict, faults, village_code)
SELECT r.row_number, 'rejected', ARRAY[$2], h.village_code
FROM sheet_row r JOIN household h ON h.county_code = $3 AND h.number = r.number
WHERE r.row_number = ANY ($1::int[])
ON CONFLICT (row_number) DO UPDATE SET verdict = 'rejected', faults = excluded.faults
"""
_SET_EVENTS = ", ".join(f"{event} = coalesce(m.{event}, r.{event})" for event in (*_EVENTS, "sex"))
_FILL_IN = f"""
UPDATE member m SET {_SET_EVENTS} FROM sheet_row r
WHERE m.resident_id_index = r.resident_id_index AND m.left_on IS NULL
"""  # noqa: S608 - our own column names
# On file since the household is, as far as a list of its members can tell; a child since its birth.
_REGISTER = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  sex, civil_capacity, labour, education, at_school, health, migrant_worker, joined_on)
SELECT r.member_id, h.id, r.relation = 'head', r.relation, r.name_sealed, r.resident_id_sealed, r.resident_id_index,
  r.born_on, r.sex, r.civil_capacity, r.labour, r.education, r.at_school, r.health, r.migrant_worker,
  greatest(h.registered_on, r.born_on)
FROM sheet_row r JOIN household h ON h.county_code = $1 AND h.number = r.number
WHERE NOT EXISTS (SELECT FROM member m WHERE m.resident_id_index = r.resident_id_index AND m.left_on IS NULL)
"""
# A list may be incomplete, so it raises the household's count of members and never lowers it.
_COUNT = """
UPDATE household h SET member_count = c.count
FROM (SELECT m.household_id, count(*) AS count FROM member m
      WHERE m.left_on IS NULL AND m.household_id IN (
        SELECT k.id FROM household k JOIN sheet_row r ON k.county_code = $1 AND k.number = r.number)
      GROUP BY 1) c
WHERE h.id = c.household_id AND h.member_count < c.count
"""


async def _reconsider(conn: Connection, taken: TakenImport, cipher: PiiCipher) -> None:
    """Find persons who are on file under another name; names are sealed, so they are compared here."""
    on_file = await conn.fetch(_ON_FILE)
    if not on_file:
        return
    others = await asyncio.to_thread(_named_otherwise, on_file, cipher)
    if others:
        await conn.execute(_OTHERWISE, others, str(Fault.MEMBER_REGISTERED_OTHERWISE), taken.county_code)


def _named_otherwise(rows: Sequence[Record], cipher: PiiCipher) -> list[int]:
    return [
        row["row_number"]
        for row in rows
        if cipher.index(cipher.decrypt(row["name_sealed"], NAME_CONTEXT)) != row["name_index"]
    ]


async def _register(conn: Connection, taken: TakenImport) -> None:
    await conn.execute(_FILL_IN)
    await conn.execute(_REGISTER, taken.county_code)
    await conn.execute(_COUNT, taken.county_code)


MEMBER_STATEMENTS: Final = PieceStatements(member_rows.STAGE, _JUDGE, _reconsider, _register, lock=_LOCK)
