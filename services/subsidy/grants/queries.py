"""Named reads of standards, lists and grants."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.subsidy.grants.refusals import GrantListUnknown
from services.subsidy.grants.schemas import GrantListOut, GrantOut, GrantStandardOut
from services.subsidy.payments.queries import INSTRUCTION_COLUMNS
from services.subsidy.payments.sealed import ACCOUNT_CONTEXT, HOLDER_CONTEXT
from shared.csv_files.text import written
from shared.db import Connection
from shared.pii import PiiCipher

_STANDARDS: Final = """
SELECT * FROM grant_standard
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS g (region) WHERE county_code ^@ g.region OR g.region ^@ county_code)
  AND ($2::uuid IS NULL OR id = $2) AND ($3::int IS NULL OR year = $3) AND ($4::uuid IS NULL OR id > $4)
ORDER BY id LIMIT $5
"""
_LISTS: Final = """
SELECT l.*, s.* FROM grant_list l JOIN project p ON p.id = l.project_id
CROSS JOIN LATERAL (SELECT count(*)::int AS household_count, sum(amount) AS amount,
  coalesce(sum(amount) FILTER (WHERE state IN ('paid', 'taken_back')), 0.00) AS paid,
  sum(taken_back) AS taken_back FROM household_grant WHERE list_id = l.id) s
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS g (region) WHERE p.region_code ^@ g.region OR g.region ^@ p.region_code)
  AND ($2::uuid IS NULL OR l.id = $2) AND ($3::uuid IS NULL OR l.project_id = $3) AND ($4::uuid IS NULL OR l.id > $4)
ORDER BY l.id LIMIT $5
"""
_GRANTS: Final = """
SELECT g.*, t.id AS transfer_id, t.state AS transfer_state, t.settled_on, t.reason FROM household_grant g
LEFT JOIN LATERAL (SELECT * FROM grant_transfer WHERE grant_id = g.id ORDER BY id DESC LIMIT 1) t ON true
WHERE g.list_id = $1 AND ($2::uuid IS NULL OR g.id > $2) ORDER BY g.id LIMIT $3
"""
_SENT: Final = "SELECT * FROM grant_transfer WHERE list_id = $1 AND state = 'sent' ORDER BY id"


async def list_standards(
    conn: Connection, regions: Sequence[str], year: int | None, after: UUID | None, limit: int
) -> list[GrantStandardOut]:
    """Return up to `limit` standards, in the order of their proposal."""
    rows = await conn.fetch(_STANDARDS, list(regions), None, year, after, limit)
    return [GrantStandardOut(**row) for row in rows]


async def list_lists(
    conn: Connection, regions: Sequence[str], project_id: UUID, after: UUID | None, limit: int
) -> list[GrantListOut]:
    """Return up to `limit` lists of a project, in the order of their proposal."""
    rows = await conn.fetch(_LISTS, list(regions), None, project_id, after, limit)
    return [GrantListOut(**row) for row in rows]


async def get_list(conn: Connection, regions: Sequence[str], list_id: UUID) -> GrantListOut:
    """Return a list of grants.

    Raises:
        GrantListUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_LISTS, list(regions), list_id, None, None, 1)
    if row is None:
        raise GrantListUnknown(list_id)
    return GrantListOut(**row)


async def list_grants(
    conn: Connection, regions: Sequence[str], list_id: UUID, after: UUID | None, limit: int
) -> list[GrantOut]:
    """Return up to `limit` grants of a list, each with its last transfer.

    Raises:
        GrantListUnknown: it does not exist in these regions.
    """
    await get_list(conn, regions, list_id)
    return [GrantOut(**row) for row in await conn.fetch(_GRANTS, list_id, after, limit)]


async def transfers_csv(conn: Connection, regions: Sequence[str], cipher: PiiCipher, list_id: UUID) -> bytes:
    """Return a list's transfers under way for the paying bank, names and account numbers in clear.

    Raises:
        GrantListUnknown: it does not exist in these regions.
    """
    await get_list(conn, regions, list_id)
    rows = await conn.fetch(_SENT, list_id)
    lines = (
        (
            row["id"],
            cipher.decrypt(row["holder_name_sealed"], HOLDER_CONTEXT),
            row["bank_code"],
            cipher.decrypt(row["account_sealed"], ACCOUNT_CONTEXT),
            row["amount"],
            "扶贫项目直接补助",
        )
        for row in rows
    )
    return await asyncio.to_thread(written, INSTRUCTION_COLUMNS, lines)
