"""Households of one piece: how they are judged against the register and put on file."""

from typing import Final

from services.registry.register.households.actions import staged
from services.registry.register.households.sheet_cells import household_cells, households_by_id
from services.registry.register.imports import household_rows
from services.registry.register.imports.actions.registering import PieceStatements, TakenImport
from services.registry.register.imports.faults import Fault
from services.registry.register.imports.household_rows import HouseholdRows, digest_in
from services.registry.register.regions.queries import became
from shared import outbox
from shared.db import Connection
from shared.events.registry import HOUSEHOLDS_PER_EVENT_MAX, HouseholdsRegistered
from shared.pii import PiiCipher
from shared.sheet_files.sheet import Header

# LIMIT keeps each look-up a look-up: joined, a planner without statistics reads every village for every row.
# Most rows are right and new: only the others are worth a list of what is wrong with them.
_JUDGE = f"""
INSERT INTO sheet_verdict (row_number, verdict, faults, village_code)
SELECT row_number, CASE WHEN faults <> '{{}}' THEN 'rejected' ELSE 'unchanged' END, faults, village_code
FROM (
  SELECT r.row_number, r.village_code, known.content_digest = r.content_digest AS unchanged,
    CASE WHEN r.faults = '' AND known.id IS NULL AND m.household_id IS NULL AND v.code ^@ $1
              AND v.valid_until IS NULL AND coalesce(v.valid_from <= $3, true) AND r.residence_code IS NULL
              AND r.village_code ^@ ANY ($2::text[]) AND greatest(r.registered_on, r.born_on) <= $3 THEN '{{}}'
    ELSE string_to_array(r.faults, ',') || array_remove(ARRAY[
      CASE WHEN r.village_code IS NOT NULL AND v.code IS NULL THEN 'village-unknown' END,
      CASE WHEN v.valid_until IS NOT NULL THEN 'village-ended:' || array_to_string({became("v.code")}, '、') END,
      CASE WHEN v.valid_from > $3 THEN 'village-to-come:' || v.valid_from END,
      CASE WHEN r.residence_code IS NOT NULL AND lives.code IS NULL THEN 'residence-code-unknown' END,
      CASE WHEN lives.valid_until IS NOT NULL
           THEN 'residence-code-ended:' || array_to_string({became("lives.code")}, '、') END,
      CASE WHEN v.code IS NOT NULL AND NOT r.village_code ^@ $1 THEN 'village-outside-county' END,
      CASE WHEN v.code ^@ $1 AND NOT r.village_code ^@ ANY ($2::text[]) THEN 'village-outside-your-region' END,
      CASE WHEN r.registered_on > $3 THEN 'date-in-future:registered_on' END,
      CASE WHEN r.born_on > $3 THEN 'resident-id-birth' END,
      CASE WHEN m.household_id IS DISTINCT FROM known.id AND m.household_id IS NOT NULL
                AND position('resident-id-repeated' IN r.faults) = 0 THEN 'resident-id-registered' END,
      CASE WHEN known.id IS NOT NULL AND known.content_digest IS DISTINCT FROM r.content_digest
                AND position('household-number-repeated' IN r.faults) = 0 THEN 'household-number-registered' END
    ], NULL) END AS faults
  FROM sheet_row r
  LEFT JOIN LATERAL (SELECT code, valid_from, valid_until FROM region
                     WHERE code = r.village_code AND level = 'village' LIMIT 1) v ON true
  LEFT JOIN LATERAL (SELECT code, valid_until FROM region WHERE code = r.residence_code LIMIT 1) lives ON true
  LEFT JOIN LATERAL (SELECT id, content_digest FROM household
                     WHERE county_code = $1 AND number = r.number LIMIT 1) known ON true
  LEFT JOIN LATERAL (SELECT household_id FROM member
                     WHERE resident_id_index = r.resident_id_index AND left_on IS NULL LIMIT 1) m ON true
) judged WHERE unchanged OR faults <> '{{}}'
"""  # noqa: S608 - our own expressions
# A change of codes waits until the piece is on file, and moves its households along.
_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtextextended('region-change', 0)) WHERE $1::text IS NOT NULL"
_CHANGED = """
SELECT v.row_number, h.id, r.content_digest
FROM sheet_verdict v JOIN sheet_row r ON r.row_number = v.row_number
JOIN household h ON h.county_code = $1 AND h.number = r.number
WHERE v.faults = ARRAY[$2] AND r.content_digest IS NOT NULL
"""
_UNCHANGED_AFTER_ALL = """
UPDATE sheet_verdict SET verdict = 'unchanged', faults = '{}' WHERE row_number = ANY ($1::int[])
"""
_ANNOUNCE = outbox.bulk_insert(
    HouseholdsRegistered,
    source=f"""(
      SELECT jsonb_agg(jsonb_build_object('household_id', household_id, 'village_code', village_code,
        'state', poverty_state, 'effective_from', registered_on) ORDER BY place) AS households
      FROM (SELECT *, row_number() OVER (ORDER BY row_number) - 1 AS place FROM sheet_row) numbered
      GROUP BY place / {HOUSEHOLDS_PER_EVENT_MAX} ORDER BY place / {HOUSEHOLDS_PER_EVENT_MAX}
    ) registered""",  # noqa: S608 - our own number
    aggregate_id="uuid7()",
    aggregate_version="1",
    region_code="$2::text",
    data={"import_id": "$1::uuid", "county_code": "$2::text", "households": "registered.households"},
    traceparent="$3",
)


async def _reconsider(conn: Connection, taken: TakenImport, cipher: PiiCipher) -> None:
    """Recognise rows that say what is on file now, though the household was imported with other content once."""
    changed = await conn.fetch(_CHANGED, taken.county_code, Fault.HOUSEHOLD_NUMBER_REGISTERED)
    if not changed:
        return
    columns = [column for column in taken.columns if column.key in taken.header.positions]
    header = Header({column.key: place for place, column in enumerate(columns)}, (), ())
    on_file = {row["id"]: row for row in await households_by_id(conn, [row["id"] for row in changed])}
    reader = HouseholdRows(header, columns, cipher)
    same = [
        row["row_number"]
        for row in changed
        if digest_in(reader.read(1, list(household_cells(on_file[row["id"]], columns, cipher))))
        == row["content_digest"]
    ]
    if same:
        await conn.execute(_UNCHANGED_AFTER_ALL, same)


async def _register(conn: Connection, taken: TakenImport) -> None:
    await staged.register_households(conn, taken.county_code, taken.id, taken.officer, taken.collected_on)
    await conn.execute(_ANNOUNCE, taken.id, taken.county_code, taken.traceparent)


HOUSEHOLD_STATEMENTS: Final = PieceStatements(household_rows.STAGE, _JUDGE, _reconsider, _register, lock=_LOCK)
