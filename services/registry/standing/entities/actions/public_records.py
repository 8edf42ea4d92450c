"""Permits and administrative penalties of an entity from the public credit platform (信用中国, ZJ-8)."""

from typing import Final
from uuid import UUID

from services.registry.standing.entities import queries
from services.registry.standing.entities.actions.entities import lock_entity
from services.registry.standing.entities.refusals import PublicRecordOnFile, PublicRecordUnknown, PublicRecordWithdrawn
from services.registry.standing.entities.schemas import EntityDetail, PublicRecordIn, PublicRecordWithdrawalIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before, ensure_period
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.pii import PiiCipher

_RECORD: Final = """
INSERT INTO entity_public_record (id, entity_id, kind, number, title, authority, decided_on, valid_until, source,
                                  recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (entity_id, kind, number) WHERE withdrawn_on IS NULL DO NOTHING RETURNING id
"""
_LOCK: Final = """
SELECT entity_id, decided_on, recorded_by, withdrawn_on FROM entity_public_record WHERE id = $1 FOR UPDATE
"""
_WITHDRAW: Final = """
UPDATE entity_public_record SET withdrawn_on = $2, withdraw_reason = $3, withdrawn_by = $4 WHERE id = $1
"""


async def record_public_record(
    conn: Connection, officer: Principal, cipher: PiiCipher, entity_id: UUID, body: PublicRecordIn
) -> EntityDetail:
    """Put a permit or a penalty beside the entity, once under its number.

    Raises:
        EntityUnknown, EntityEnded, PeriodEmpty, PublicRecordOnFile
    """
    await lock_entity(conn, officer, Right.ENTITIES_REGISTER, entity_id)
    if body.valid_until is not None:
        ensure_period("decided_on", body.decided_on, "valid_until", body.valid_until)
    words = (body.kind, body.number, body.title, body.authority, body.decided_on, body.valid_until, body.source)
    if await conn.fetchval(_RECORD, new_id(), entity_id, *words, officer.subject) is None:
        raise PublicRecordOnFile(body.number)
    return await queries.get_entity(conn, officer, cipher, entity_id, body.decided_on)


async def withdraw_public_record(
    conn: Connection, officer: Principal, cipher: PiiCipher, record_id: UUID, body: PublicRecordWithdrawalIn
) -> EntityDetail:
    """Withdraw a record that was put there wrongly; by another officer, and it stays on file.

    Raises:
        PublicRecordUnknown, EntityUnknown, EntityEnded, PublicRecordWithdrawn, MakerIsChecker, DateBeforeStep
    """
    found = await conn.fetchrow(_LOCK, record_id)
    if found is None:
        raise PublicRecordUnknown(record_id)
    await lock_entity(conn, officer, Right.ENTITIES_CHECK, found["entity_id"])
    if found["withdrawn_on"] is not None:
        raise PublicRecordWithdrawn(found["withdrawn_on"])
    if found["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "decided_on", found["decided_on"])
    await conn.execute(_WITHDRAW, record_id, body.withdrawn_on, body.reason, officer.subject)
    return await queries.get_entity(conn, officer, cipher, found["entity_id"], body.withdrawn_on)
