"""Members of one piece: how they are judged against the register and put on file."""

import asyncio
from collections.abc import Sequence
from typing import Final

from asyncpg import Record

from services.registry.register.households.actions import staged
from services.registry.register.households.sealed import NAME_CONTEXT
from services.registry.register.imports import member_rows
from services.registry.register.imports.actions.registering import PieceStatements, TakenImport
from services.registry.register.imports.faults import Fault
from shared.db import Connection
from shared.pii import PiiCipher

_DIFFERS: Final = " OR ".join(f"m.{detail} <> r.{detail}" for detail in ("relation", *staged.MEMBER_DETAILS))
_ADDS: Final = " OR ".join(
    f"(m.{detail} IS NULL AND r.{detail} IS NOT NULL)" for detail in (*staged.MEMBER_DETAILS, "sex")
)
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
    await staged.register_members(conn, taken.county_code)


MEMBER_STATEMENTS: Final = PieceStatements(member_rows.STAGE, _JUDGE, _reconsider, _register, lock=_LOCK)
