"""What was on file before members had facts moves into the new tables, and back."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg

from shared import migrations

_IMPORT, _FIRST, _SECOND = UUID(int=1), UUID(int=2), UUID(int=3)
_BEFORE = f"""
INSERT INTO region (code, name, level, parent_code) VALUES ('50', '市', 'province', NULL),
  ('5002', '县', 'prefecture', '50'), ('500236', '县', 'county', '5002'), ('500236001', '镇', 'township', '500236'),
  ('500236001001', '村', 'village', '500236001');
INSERT INTO household_import (id, county_code, file_sha256, collected_on, columns, columns_ignored, row_count,
  registered_count, already_registered_count, rejected_count, imported_by)
VALUES ('{_IMPORT}', '500236', '\\x00', '2017-01-04', '{{}}', '{{}}', 2, 2, 0, 0, 'importer');
INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from, registered_on,
  member_count, labourer_count, four_kinds, civil_capacity, able_to_work, credit_record, content_digest, import_id)
SELECT id, '500236', 'H' || place, '500236001001', 1, 'registered', '2014-05-06', '2014-05-06', 3, 2, place = 1,
  'limited', place = 1, 'clean', '\\x00', '{_IMPORT}'
FROM (VALUES ('{_FIRST}'::uuid, 1), ('{_SECOND}'::uuid, 2)) AS h (id, place);
INSERT INTO member (id, household_id, is_head, name_sealed, resident_id_sealed, resident_id_index, born_on, joined_on)
SELECT uuid7(), id, true, '\\x00', '\\x00', sha256(number::bytea), '1980-01-01', '2014-05-06' FROM household;
"""


async def test_what_was_on_file_moves_there_and_back(new_empty_database: Callable[[], Awaitable[str]]) -> None:
    url = await new_empty_database()
    await asyncio.to_thread(migrations.upgrade, "registry", url, "0003_packs")
    conn = await asyncpg.connect(url)
    try:
        await conn.execute(_BEFORE)
        await asyncio.to_thread(migrations.upgrade, "registry", url, "0004_members")
        await _ensure_moved(conn)
        await asyncio.to_thread(migrations.downgrade, "registry", url, "0003_packs")
        marked = await conn.fetch("SELECT four_kinds FROM household ORDER BY number")
        assert [each["four_kinds"] for each in marked] == [True, False]
        await asyncio.to_thread(migrations.upgrade, "registry", url, "0004_members")
        await _ensure_moved(conn)
    finally:
        await conn.close()


async def _ensure_moved(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    exclusions = await conn.fetch("SELECT household_id, kind, valid_from::text, recorded_by FROM household_exclusion")
    assert [tuple(each) for each in exclusions] == [(_FIRST, "four_kinds", "2014-05-06", "importer")]
    villages = await conn.fetch("SELECT village_code, valid_from::text, cause FROM household_village")
    assert [tuple(each) for each in villages] == [("500236001001", "2014-05-06", "registered")] * 2
    heads = await conn.fetch(
        "SELECT m.relation, m.civil_capacity, m.labour FROM member m JOIN household h ON h.id = m.household_id "
        "ORDER BY h.number"
    )
    assert [tuple(each) for each in heads] == [("head", "limited", "able"), ("head", "limited", "unable")]
