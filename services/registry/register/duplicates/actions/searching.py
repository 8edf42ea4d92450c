"""Look for persons who may be on file twice: traces are made where they are missing, then joined in one statement.

The same ID number cannot be active twice (the database refuses it); what is looked for here is one person under two
numbers: the same name and birth anywhere in the county, the same name and birth year in a village, or a name that
differs in one character with the same birth in a village. A pair that was judged is never found again.
"""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.register.duplicates.rules.likeness import traces
from services.registry.register.duplicates.schemas import SearchIn, SearchOut
from services.registry.register.households.actions import membership
from services.registry.register.households.sealed import NAME_CONTEXT
from services.registry.register.regions.queries import get_region
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.regions import county_of

MEMBERS_PER_ROUND: Final = 5000  # so many names are in memory at a time
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('duplicate-search/' || $1, 0))"
_UNTRACED = """
SELECT m.id, m.name_sealed, m.born_on FROM member m JOIN household h ON h.id = m.household_id
WHERE h.county_code = $1 AND m.left_on IS NULL AND m.id > $2
  AND NOT EXISTS (SELECT FROM member_trace t WHERE t.member_id = m.id)
ORDER BY m.id LIMIT $3
"""
_FIRST: Final = UUID(int=0)
# Every trace holds a birth, so few persons share one and the join stays linear. Twins of one household are no pair.
_FIND = """
WITH person AS MATERIALIZED (
  SELECT m.id, h.village_code
  FROM member m JOIN household h ON h.id = m.household_id WHERE h.county_code = $1 AND m.left_on IS NULL
), shared AS MATERIALIZED (
  SELECT t.kind, array_agg(t.member_id) AS ids FROM member_trace t JOIN person p ON p.id = t.member_id
  GROUP BY t.kind, t.trace HAVING count(*) > 1
), met AS MATERIALIZED (
  SELECT a.id AS one_id, b.id AS other_id, s.kind
  FROM shared s, unnest(s.ids) AS a (id), unnest(s.ids) AS b (id) WHERE a.id < b.id
), judged AS (
  SELECT one.id AS one_id, other.id AS other_id, one.resident_id_index AS one_index,
         other.resident_id_index AS other_index, home.county_code,
         min(CASE WHEN met.kind = 'name' AND one.born_on = other.born_on THEN 1
                  WHEN met.kind = 'name' AND home.village_code = away.village_code THEN 2
                  WHEN met.kind = 'name_part' AND home.village_code = away.village_code
                       AND one.household_id <> other.household_id THEN 3 END) AS rank
  FROM met
  JOIN member one ON one.id = met.one_id JOIN household home ON home.id = one.household_id
  JOIN member other ON other.id = met.other_id JOIN household away ON away.id = other.household_id
  WHERE home.village_code ^@ $2 OR away.village_code ^@ $2
  GROUP BY 1, 2, 3, 4, 5
), found AS (
  INSERT INTO duplicate_suspicion (id, county_code, person_index, other_person_index, member_id, other_member_id,
    cause, search_id, state)
  SELECT uuid7(), county_code, least(one_index, other_index), greatest(one_index, other_index),
         CASE WHEN one_index < other_index THEN one_id ELSE other_id END,
         CASE WHEN one_index < other_index THEN other_id ELSE one_id END,
         (ARRAY['same_name_and_birth', 'same_name_village_and_year', 'similar_name_village_and_birth'])[rank],
         $3, 'open'
  FROM judged WHERE rank IS NOT NULL ORDER BY one_id, other_id
  ON CONFLICT (person_index, other_person_index) DO NOTHING
  RETURNING id
)
INSERT INTO duplicate_search (id, region_code, member_count, found_count, searched_by)
SELECT $3, $2, (SELECT count(*) FROM person WHERE village_code ^@ $2), (SELECT count(*) FROM found), $4
RETURNING id, region_code, member_count, found_count, searched_by, searched_at
"""


async def search_duplicates(conn: Connection, officer: Principal, cipher: PiiCipher, body: SearchIn) -> SearchOut:
    """Find the pairs of a region of which at least one person lives there and which nobody has judged.

    Raises:
        OutsideRegion: the officer settles no duplicates there.
        RegionUnknown: the code is not on file.
    """
    officer.ensure_region(Right.DUPLICATES_SETTLE, body.region_code)
    region = await get_region(conn, body.region_code)
    county_code = county_of(region.code)
    await conn.execute(_ONE_AT_A_TIME, county_code)
    await _trace(conn, cipher, county_code)
    row = await conn.fetchrow(_FIND, county_code, region.code, new_id(), officer.subject)
    assert row is not None
    return SearchOut(**row)


async def _trace(conn: Connection, cipher: PiiCipher, county_code: str) -> None:
    """Make the traces of members who have none yet; a corrected name has lost its own."""
    after = _FIRST
    while rows := await conn.fetch(_UNTRACED, county_code, after, MEMBERS_PER_ROUND):
        after = rows[-1]["id"]
        records = await asyncio.to_thread(_records, rows, cipher)
        await membership.store_traces(conn, records)


def _records(rows: Sequence[Record], cipher: PiiCipher) -> list[tuple[UUID, str, bytes]]:
    return [
        (row["id"], trace.kind, trace.digest)
        for row in rows
        for trace in traces(cipher.decrypt(row["name_sealed"], NAME_CONTEXT), row["born_on"], cipher.index)
    ]
