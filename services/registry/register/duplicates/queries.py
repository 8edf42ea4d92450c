"""Named reads of suspected duplicates; only whoever may see both households sees the pair."""

from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.register.duplicates.refusals import SuspicionUnknown
from services.registry.register.duplicates.schemas import SuspectOut, SuspicionOut, SuspicionState
from services.registry.register.households.masking import masked_name
from services.registry.register.households.sealed import NAME_CONTEXT, RESIDENT_ID_CONTEXT
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher
from shared.resident_id import masked

_SIDE = ("member_id", "household_id", "household_number", "village_code", "is_head", "born_on", "left_on")
_SELECT = """
SELECT s.id, s.county_code, s.cause, s.state, s.reason, s.change_id, s.decided_by, s.decided_at,
  a.id AS first_member_id, a.household_id AS first_household_id, ha.number AS first_household_number,
  ha.village_code AS first_village_code, a.is_head AS first_is_head, a.born_on AS first_born_on,
  a.left_on AS first_left_on, a.name_sealed AS first_name_sealed, a.resident_id_sealed AS first_resident_id_sealed,
  b.id AS second_member_id, b.household_id AS second_household_id, hb.number AS second_household_number,
  hb.village_code AS second_village_code, b.is_head AS second_is_head, b.born_on AS second_born_on,
  b.left_on AS second_left_on, b.name_sealed AS second_name_sealed, b.resident_id_sealed AS second_resident_id_sealed
FROM duplicate_suspicion s
JOIN member a ON a.id = s.member_id JOIN household ha ON ha.id = a.household_id
JOIN member b ON b.id = s.other_member_id JOIN household hb ON hb.id = b.household_id
"""
_ONE = f"""{_SELECT}
WHERE s.id = $1 AND ha.village_code ^@ ANY ($2::text[]) AND hb.village_code ^@ ANY ($2::text[])
"""
_LIST = f"""{_SELECT}
WHERE s.county_code ^@ left($1, 6) AND (ha.village_code ^@ $1 OR hb.village_code ^@ $1)
  AND ha.village_code ^@ ANY ($2::text[]) AND hb.village_code ^@ ANY ($2::text[])
  AND ($3::text IS NULL OR s.state = $3) AND ($4::uuid IS NULL OR s.id > $4)
ORDER BY s.id LIMIT $5
"""


async def get_suspicion(conn: Connection, officer: Principal, cipher: PiiCipher, suspicion_id: UUID) -> SuspicionOut:
    """Return one suspicion.

    Raises:
        SuspicionUnknown: there is none of two persons in the officer's region.
    """
    row = await conn.fetchrow(_ONE, suspicion_id, officer.regions_for(Right.DUPLICATES_SETTLE))
    if row is None:
        raise SuspicionUnknown(suspicion_id)
    return _suspicion(row, cipher)


async def list_suspicions(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    *,
    region: str,
    state: SuspicionState | None,
    after: UUID | None,
    limit: int,
) -> list[SuspicionOut]:
    """Return up to `limit` suspicions of a county or a part of it in the order in which they were found."""
    scopes = officer.regions_for(Right.DUPLICATES_SETTLE)
    return [_suspicion(row, cipher) for row in await conn.fetch(_LIST, region, scopes, state, after, limit)]


def _suspicion(row: Record, cipher: PiiCipher) -> SuspicionOut:
    plain = {key: row[key] for key in ("id", "county_code", "cause", "state", "reason", "change_id", "decided_by")}
    return SuspicionOut(
        **plain, decided_at=row["decided_at"], first=_side(row, "first", cipher), second=_side(row, "second", cipher)
    )


def _side(row: Record, side: str, cipher: PiiCipher) -> SuspectOut:
    facts: dict[str, Any] = {key: row[f"{side}_{key}"] for key in _SIDE}
    name = cipher.decrypt(row[f"{side}_name_sealed"], NAME_CONTEXT)
    number = cipher.decrypt(row[f"{side}_resident_id_sealed"], RESIDENT_ID_CONTEXT)
    return SuspectOut(name=masked_name(name), resident_id=masked(number), **facts)
