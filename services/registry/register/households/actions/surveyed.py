"""What a visit found out about households: answers, and the villagers' group they belong to."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.db import Connection

_STORE = """
INSERT INTO credit_survey (household_id, collected_on, answers, group_name, collected_by)
SELECT household_id, collected_on, answers::jsonb, group_name, $5
FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[]) AS a (household_id, collected_on, answers, group_name)
ON CONFLICT (household_id, collected_on) DO NOTHING
"""
# The latest visit that named the village group (村民组) tells which one the household belongs to.
_GROUPS = """
UPDATE household h SET group_name = s.group_name
FROM (
  SELECT DISTINCT ON (household_id) household_id, group_name FROM credit_survey
  WHERE household_id = ANY ($1::uuid[]) AND group_name IS NOT NULL ORDER BY household_id, collected_on DESC
) s
WHERE h.id = s.household_id AND h.group_name IS DISTINCT FROM s.group_name
"""


async def store_surveys(
    conn: Connection,
    household_ids: Sequence[UUID],
    collected_on: Sequence[date],
    answers: Sequence[str],
    group_names: Sequence[str | None],
    collected_by: str,
) -> str:
    """Store the answers of visits, one of a household and day; return PostgreSQL's status with the number stored."""
    status: str = await conn.execute(_STORE, household_ids, collected_on, answers, group_names, collected_by)
    return status


async def follow_groups(conn: Connection, household_ids: Sequence[UUID]) -> None:
    """Give households the villagers' group that their latest visit named (ZJ-1)."""
    await conn.execute(_GROUPS, household_ids)
