"""Put the right rows of a household sheet on file and name what is wrong with the others; set-based."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final
from uuid import UUID

import orjson

from services.registry.households.sealed import REJECTED_CELLS_CONTEXT
from services.registry.imports.rows import RowReader, StagedRow
from services.registry.imports.workbook import HouseholdSheet
from shared import outbox
from shared.db import Connection
from shared.errors import Refused
from shared.events.registry import HouseholdStatusChanged
from shared.pii import PiiCipher

ROWS_PER_CHUNK: Final = 1000  # the worker thread gives the event loop a turn after so many rows
# One import at a time, so that two files cannot register the same person between check and insert.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('household-import', 0))"
_STAGE = """
CREATE TEMPORARY TABLE household_row (
  row_number integer, household_id uuid, number text, village_code text, member_count integer, labourer_count integer,
  poverty_state text, registered_on date, four_kinds boolean, civil_capacity text, able_to_work boolean,
  credit_record text, name_sealed bytea, resident_id_sealed bytea, resident_id_index bytea, birth_on date,
  phone_sealed bytea, bank_code text, account_sealed bytea, answers text, content_digest bytea, faults text[]
) ON COMMIT DROP
"""
_VERDICT_STAGE = """
CREATE TEMPORARY TABLE household_verdict (
  row_number integer PRIMARY KEY, verdict text NOT NULL, faults text[] NOT NULL
) ON COMMIT DROP
"""
_JUDGE = """
INSERT INTO household_verdict (row_number, verdict, faults)
SELECT row_number,
       CASE WHEN faults <> '{}' THEN 'rejected' WHEN unchanged THEN 'unchanged' ELSE 'new' END, faults
FROM (
  SELECT r.row_number, known.content_digest = r.content_digest AS unchanged,
    r.faults || array_remove(ARRAY[
      CASE WHEN r.village_code IS NOT NULL AND v.code IS NULL THEN 'village-unknown' END,
      CASE WHEN v.code IS NOT NULL AND NOT r.village_code ^@ $1 THEN 'village-outside-county' END,
      CASE WHEN v.code ^@ $1 AND NOT r.village_code ^@ ANY ($2::text[]) THEN 'village-outside-your-region' END,
      CASE WHEN r.resident_id_index IS NOT NULL AND r.id_place > 1 THEN 'resident-id-repeated' END,
      CASE WHEN r.number IS NOT NULL AND r.number_place > 1 THEN 'household-number-repeated' END,
      CASE WHEN r.id_place = 1 AND m.household_id IS DISTINCT FROM known.id AND m.household_id IS NOT NULL
           THEN 'resident-id-registered' END,
      CASE WHEN r.number_place = 1 AND known.id IS NOT NULL
                AND known.content_digest IS DISTINCT FROM r.content_digest
           THEN 'household-number-registered' END
    ], NULL) AS faults
  FROM (
    SELECT row_number, number, village_code, resident_id_index, content_digest, faults,
           row_number() OVER (PARTITION BY resident_id_index ORDER BY row_number) AS id_place,
           row_number() OVER (PARTITION BY number ORDER BY row_number) AS number_place
    FROM household_row
  ) r
  LEFT JOIN region v ON v.code = r.village_code AND v.level = 'village'
  LEFT JOIN household known ON known.county_code = $1 AND known.number = r.number
  LEFT JOIN member m ON m.resident_id_index = r.resident_id_index AND m.left_on IS NULL
) judged
"""
_COUNTS = """
SELECT count(*) AS row_count, count(*) FILTER (WHERE verdict = 'new') AS registered_count,
       count(*) FILTER (WHERE verdict = 'unchanged') AS already_registered_count,
       count(*) FILTER (WHERE verdict = 'rejected') AS rejected_count
FROM household_verdict
"""
_REJECTED = """
SELECT r.row_number, r.village_code, v.faults FROM household_verdict v JOIN household_row r USING (row_number)
WHERE v.verdict = 'rejected' ORDER BY r.row_number
"""
_IMPORT = """
INSERT INTO household_import (id, county_code, file_sha256, collected_on, columns, columns_ignored, imported_by,
  row_count, registered_count, already_registered_count, rejected_count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_NEW = "household_row r JOIN household_verdict v ON v.row_number = r.row_number AND v.verdict = 'new'"
_REGISTER = (
    f"""
INSERT INTO household (id, county_code, number, village_code, version, poverty_state, state_from, registered_on,
  member_count, labourer_count, civil_capacity, able_to_work, credit_record, phone_sealed, content_digest,
  import_id)
SELECT household_id, $1, number, village_code, 1, poverty_state, registered_on, registered_on, member_count,
  labourer_count, civil_capacity, able_to_work, credit_record, phone_sealed, content_digest, $2
FROM {_NEW}
""",  # noqa: S608 - our own FROM clause
    f"""
INSERT INTO bank_account (household_id, version, bank_code, account_sealed, valid, reason, recorded_by)
SELECT household_id, 1, bank_code, account_sealed, true, 'household import', $1 FROM {_NEW}
""",  # noqa: S608 - our own FROM clause
    f"""
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by)
SELECT household_id, $2, answers::jsonb, $1 FROM {_NEW} WHERE answers <> '{{}}'
""",  # noqa: S608 - our own FROM clause
    f"""
INSERT INTO household_state_change (household_id, state, effective_from, reason, marked_by)
SELECT household_id, poverty_state, registered_on, 'household import', $1 FROM {_NEW}
""",  # noqa: S608 - our own FROM clause
    f"""
INSERT INTO household_village (household_id, village_code, from_on, cause, recorded_by)
SELECT household_id, village_code, registered_on, 'registered', $1 FROM {_NEW}
""",  # noqa: S608 - our own FROM clause
    f"""
INSERT INTO household_exclusion (id, household_id, kind, from_on, reason, marked_by)
SELECT uuid7(), household_id, 'four_kinds', registered_on, 'household import', $1 FROM {_NEW} WHERE four_kinds
""",  # noqa: S608 - our own FROM clause
)
_MEMBERS = f"""
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, birth_on,
  civil_capacity, labour, joined_on)
SELECT uuid7(), household_id, true, 'head', name_sealed, resident_id_sealed, resident_id_index, birth_on,
  civil_capacity, CASE WHEN able_to_work THEN 'able' ELSE 'unable' END, registered_on
FROM {_NEW} ON CONFLICT (resident_id_index) WHERE left_on IS NULL DO NOTHING
"""  # noqa: S608 - our own FROM clause
_ANNOUNCE = outbox.bulk_insert(
    HouseholdStatusChanged,
    source=f"{_NEW} ORDER BY r.row_number",
    aggregate_id="r.household_id",
    aggregate_version="1",
    region_code="r.village_code",
    data={
        "household_id": "r.household_id",
        "village_code": "r.village_code",
        "state": "r.poverty_state",
        "effective_from": "r.registered_on",
    },
    traceparent="$1",
)


class PersonRegisteredMeanwhile(Refused):
    """A person of the sheet was registered by another way while the sheet was read."""

    code = "person-registered-meanwhile"
    title = "导入期间人员已登记 Person registered meanwhile"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} persons of the sheet were registered elsewhere while it was read; nothing was imported. "
            "Send the sheet again.",
            count=count,
        )


@dataclass(frozen=True, slots=True)
class Intake:
    """Where a sheet belongs and who brings it."""

    import_id: UUID
    county_code: str
    scopes: Sequence[str]  # region prefixes in which the officer may import
    collected_on: date
    officer: str
    body: bytes


@dataclass(frozen=True, slots=True)
class IntakeCounts:
    """How many rows took which way."""

    row_count: int
    registered_count: int
    already_registered_count: int
    rejected_count: int


async def take_in(conn: Connection, intake: Intake, sheet: HouseholdSheet, reader: RowReader) -> IntakeCounts:
    """Register the households of a sheet in the caller's transaction; keep the rejected rows with their faults.

    Raises:
        PersonRegisteredMeanwhile: the register changed under the import.
    """
    await conn.execute(_ONE_AT_A_TIME)
    await conn.execute(_STAGE)
    await conn.execute(_VERDICT_STAGE)
    await _stage_rows(conn, sheet, reader)
    await conn.execute(_JUDGE, intake.county_code, list(intake.scopes))
    await conn.execute("ANALYZE household_verdict (row_number, verdict)")
    found = await conn.fetchrow(_COUNTS)
    assert found is not None
    counts = IntakeCounts(**found)
    await _record_import(conn, intake, sheet, counts)
    await _keep_rejected(conn, intake, sheet, reader.cipher)
    await _register(conn, intake, counts)
    return counts


async def _stage_rows(conn: Connection, sheet: HouseholdSheet, reader: RowReader) -> None:
    rows = sheet.rows()

    def read_some() -> list[StagedRow]:
        return [reader.read(number, cells) for number, cells in islice(rows, ROWS_PER_CHUNK)]

    while staged := await asyncio.to_thread(read_some):
        await conn.copy_records_to_table("household_row", records=staged)
    await conn.execute("ANALYZE household_row (row_number, number, village_code, resident_id_index)")


async def _record_import(conn: Connection, intake: Intake, sheet: HouseholdSheet, counts: IntakeCounts) -> None:
    await conn.execute(
        _IMPORT,
        intake.import_id,
        intake.county_code,
        hashlib.sha256(intake.body).digest(),
        intake.collected_on,
        list(sheet.headers),
        list(sheet.ignored),
        intake.officer,
        counts.row_count,
        counts.registered_count,
        counts.already_registered_count,
        counts.rejected_count,
    )


async def _keep_rejected(conn: Connection, intake: Intake, sheet: HouseholdSheet, cipher: PiiCipher) -> None:
    rejected = {row["row_number"]: row for row in await conn.fetch(_REJECTED)}
    if not rejected:
        return

    def sealed() -> list[tuple[UUID, int, str | None, list[str], bytes]]:
        return [
            (
                intake.import_id,
                number,
                rejected[number]["village_code"],
                rejected[number]["faults"],
                cipher.encrypt(orjson.dumps(cells, default=str).decode(), REJECTED_CELLS_CONTEXT),
            )
            for number, cells in sheet.rows()
            if number in rejected
        ]

    await conn.copy_records_to_table("household_import_rejection", records=await asyncio.to_thread(sealed))


async def _register(conn: Connection, intake: Intake, counts: IntakeCounts) -> None:
    households, accounts, surveys, states, villages, exclusions = _REGISTER
    await conn.execute(households, intake.county_code, intake.import_id)
    added = int((await conn.execute(_MEMBERS)).split()[-1])
    if added != counts.registered_count:
        raise PersonRegisteredMeanwhile(counts.registered_count - added)
    await conn.execute(accounts, intake.officer)
    await conn.execute(surveys, intake.officer, intake.collected_on)
    for statement in (states, villages, exclusions):
        await conn.execute(statement, intake.officer)
    await conn.execute(_ANNOUNCE, outbox.current_traceparent())
