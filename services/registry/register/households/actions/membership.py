"""Who belongs to a household: members put on file, corrected, leaving, joining, led by another head."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.registry.register.households.vocabulary import LeftReason
from shared.db import Connection

_LEAVE = """
UPDATE member SET left_on = $3, left_reason = $4 WHERE household_id = $1 AND id = ANY ($2::uuid[]) AND left_on IS NULL
"""
_JOIN = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  sex, civil_capacity, labour, education, at_school, migrant_worker, health, joined_on)
SELECT uuid7(), $1, r.relation = 'head', r.relation, m.name_sealed, m.resident_id_sealed, m.resident_id_index,
  m.born_on, m.sex, m.civil_capacity, m.labour, m.education, m.at_school, m.migrant_worker, m.health, $4
FROM unnest($2::uuid[], $3::text[]) AS r (member_id, relation) JOIN member m ON m.id = r.member_id
"""
# The number stated in the sheet holds until that many members are on file; from then on both are the same.
_RECOUNT = """
WITH active AS (
  SELECT count(*)::integer AS members, count(*) FILTER (WHERE labour IN ('able', 'partly'))::integer AS labourers,
         coalesce(bool_and(labour IS NOT NULL), false) AS known
  FROM member WHERE household_id = $1 AND left_on IS NULL
), counted AS (
  SELECT a.*, greatest(a.members, h.member_count + $2::integer, 1) AS stated FROM active a, household h WHERE h.id = $1
)
UPDATE household h SET member_count = c.stated,
  labourer_count = CASE WHEN c.stated = c.members AND c.known THEN c.labourers
                   ELSE least(c.stated, greatest(c.labourers, h.labourer_count + $3::integer)) END,
  civil_capacity = coalesce(m.civil_capacity, h.civil_capacity),
  able_to_work = coalesce(m.labour <> 'unable', h.able_to_work)
FROM counted c, member m
WHERE h.id = $1 AND m.household_id = h.id AND m.is_head AND m.left_on IS NULL
"""
_ADD = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  sex, civil_capacity, labour, education, at_school, migrant_worker, health, joined_on)
VALUES (uuid7(), $1, false, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (resident_id_index) WHERE left_on IS NULL DO NOTHING RETURNING id
"""
_CORRECT = """
UPDATE member SET relation = coalesce($2, relation), civil_capacity = coalesce($3, civil_capacity),
  labour = coalesce($4, labour), education = coalesce($5, education), at_school = coalesce($6, at_school),
  migrant_worker = coalesce($7, migrant_worker), health = coalesce($8, health),
  name_sealed = coalesce($9, name_sealed), resident_id_sealed = coalesce($10, resident_id_sealed),
  resident_id_index = coalesce($11, resident_id_index), born_on = coalesce($12, born_on), sex = coalesce($13, sex)
WHERE id = $1
"""
_FORGET_TRACES = "DELETE FROM member_trace WHERE member_id = $1"
_RELATE = """
UPDATE member m SET is_head = false, relation = r.relation
FROM unnest($2::uuid[], $3::text[]) AS r (member_id, relation)
WHERE m.household_id = $1 AND m.id = r.member_id AND m.left_on IS NULL
"""
_LEAD = "UPDATE member SET is_head = true, relation = 'head' WHERE id = $1 AND household_id = $2 AND left_on IS NULL"
_HEAD_RECORD = "UPDATE household SET credit_record = $2 WHERE id = $1"


async def leave(
    conn: Connection, household_id: UUID, leaving: Collection[UUID], left_on: date, reason: LeftReason
) -> None:
    """Let members leave a household; their rows stay."""
    await conn.execute(_LEAVE, household_id, list(leaving), left_on, reason)


async def join(conn: Connection, household_id: UUID, related: Sequence[tuple[UUID, str]], joined_on: date) -> None:
    """Put persons who left on file in another household, with their details and new relations."""
    ids, relations = [each for each, _ in related], [relation for _, relation in related]
    await conn.execute(_JOIN, household_id, ids, relations, joined_on)


async def recount(conn: Connection, household_id: UUID, members_more: int = 0, labourers_more: int = 0) -> None:
    """Let the counts follow the members on file, and capacity and ability to work the head."""
    await conn.execute(_RECOUNT, household_id, members_more, labourers_more)


async def add(conn: Connection, household_id: UUID, *details: object) -> UUID | None:
    """Put a person on file; return None when the person is an active member somewhere.

    `details`: relation, name, resident ID and its index (sealed), born_on, sex, civil_capacity, labour, education,
    at_school, migrant_worker, health, joined_on.
    """
    made: UUID | None = await conn.fetchval(_ADD, household_id, *details)
    return made


async def correct(conn: Connection, member_id: UUID, *details: object) -> None:
    """Put details of a member right, None leaves what is on file; the traces for duplicates are made anew.

    `details`: relation, civil_capacity, labour, education, at_school, migrant_worker, health, then sealed name and
    resident ID, its index, born_on, sex.

    Raises:
        asyncpg.UniqueViolationError: the number is that of a person who is active elsewhere.
    """
    async with conn.transaction():
        await conn.execute(_CORRECT, member_id, *details)
    await conn.execute(_FORGET_TRACES, member_id)


async def hand_over(
    conn: Connection, household_id: UUID, new_head: UUID, related: Sequence[tuple[UUID, str]], credit_record: str | None
) -> None:
    """Relate everyone to a new head; first nobody is the head, then the new one, as the unique index asks."""
    ids, relations = [each for each, _ in related], [relation for _, relation in related]
    await conn.execute(_RELATE, household_id, [*ids, new_head], [*relations, "other"])
    await conn.execute(_LEAD, new_head, household_id)
    await conn.execute(_HEAD_RECORD, household_id, credit_record)


async def store_traces(conn: Connection, records: Sequence[tuple[UUID, str, bytes]]) -> None:
    """Store traces (member, kind, digest) by which one person under two numbers is found."""
    await conn.copy_records_to_table("member_trace", records=records, columns=("member_id", "kind", "trace"))
