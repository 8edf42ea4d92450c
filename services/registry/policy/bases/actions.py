"""Submit and confirm provinces' bases."""

import asyncio
from uuid import UUID

from services.registry.policy.bases import queries
from services.registry.policy.bases.refusals import BaseAlreadyConfirmed, BaseVersionNotNext
from services.registry.policy.bases.schemas import BaseOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.policy.bases import BaseHeader
from shared.policy.file_text import text_of
from shared.policy.load import read_base

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('policy-base/' || $1, 0))"
_LATEST = "SELECT version, region_code FROM policy_base WHERE code = $1 ORDER BY version DESC LIMIT 1"
_INSERT = """
INSERT INTO policy_base
  (id, region_code, code, version, effective_from, supersedes, state, content, content_hash, source_text, submitted_by)
VALUES ($1, $2, $3, $4, $5, $6, 'submitted', $7, $8, $9, $10)
"""
_CONFIRM = """
UPDATE policy_base SET state = 'confirmed', confirmed_by = $2, confirmed_at = now()
WHERE id = $1 AND state = 'submitted' RETURNING id
"""


async def submit_base(conn: Connection, officer: Principal, body: bytes) -> BaseOut:
    """Check a province's base and keep it until another officer of the province confirms it.

    Raises:
        PackRefused: the file has mistakes; each is named with its line.
        OutsideRegion: the officer does not act for the province.
        BaseVersionNotNext: it does not follow the latest version.
    """
    text = text_of(body, "The base")
    base = await asyncio.to_thread(read_base, text)
    header = base.header
    officer.ensure_region(Right.BASES_SUBMIT, header.region)
    await conn.execute(_LOCK, header.code)
    await _ensure_next(conn, header)
    base_id = new_id()
    named = (base_id, header.region, header.code, header.version, header.effective_from, header.supersedes)
    await conn.execute(_INSERT, *named, base.content(), base.content_hash(), text, officer.subject)
    return await _without_content(conn, base_id)


async def _ensure_next(conn: Connection, header: BaseHeader) -> None:
    latest = await conn.fetchrow(_LATEST, header.code)
    before = latest["version"] if latest else 0
    is_other = latest is not None and latest["region_code"] != header.region
    if is_other or header.version != before + 1 or header.supersedes != (before or None):
        raise BaseVersionNotNext(header.code, header.version, before)


async def confirm_base(conn: Connection, officer: Principal, base_id: UUID) -> BaseOut:
    """Confirm a base that another officer submitted: from now on a county's next version may name it.

    Raises:
        BaseUnknown: there is no such base.
        OutsideRegion: the officer does not act for the province.
        BaseAlreadyConfirmed: someone confirmed it before.
        MakerIsChecker: the officer submitted it.
    """
    found = await queries.get_base(conn, base_id)
    officer.ensure_region(Right.BASES_CONFIRM, found.region_code)
    if found.confirmed_by is not None:
        raise BaseAlreadyConfirmed(found.confirmed_by)
    if found.submitted_by == officer.subject:
        raise MakerIsChecker(officer.subject)
    if await conn.fetchval(_CONFIRM, base_id, officer.subject) is None:
        raise BaseAlreadyConfirmed("Another officer")
    return await _without_content(conn, base_id)


async def _without_content(conn: Connection, base_id: UUID) -> BaseOut:
    found = await queries.get_base(conn, base_id)
    return BaseOut(**found.model_dump(exclude={"content"}))
