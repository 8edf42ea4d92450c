"""Named reads of change requests; personal data leaves masked."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.register.changes.refusals import ChangeUnknown
from services.registry.register.changes.schemas import ChangeKind, ChangeOut, ChangeState
from services.registry.register.changes.values import opened_change, opened_old, side_by_side
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher

# A request is seen where it was proposed and where the household is now.
_SELECT = """
SELECT c.id, c.household_id, h.number AS household_number, c.village_code, c.kind, c.state, c.effective_on, c.reason,
       c.evidence, c.member_id, c.other_household_id, c.old_values_sealed, c.new_values_sealed, c.proposed_by,
       c.proposed_at, c.decision_reason, c.decided_by, c.decided_at
FROM change_request c JOIN household h ON h.id = c.household_id
"""
_ONE = f"""{_SELECT} WHERE c.id = $1
AND (c.village_code ^@ ANY ($2::text[]) OR h.village_code ^@ ANY ($2::text[]))"""
_LIST = f"""{_SELECT}
WHERE c.village_code ^@ $1 AND c.village_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR c.state = $3)
  AND ($4::text IS NULL OR c.kind = $4) AND ($5::uuid IS NULL OR c.household_id = $5)
  AND ($6::uuid IS NULL OR c.id > $6)
ORDER BY c.id LIMIT $7
"""
_SEALED: Final = ("old_values_sealed", "new_values_sealed")


async def get_change(
    conn: Connection, officer: Principal, cipher: PiiCipher, change_id: UUID, right: Right = Right.HOUSEHOLDS_READ
) -> ChangeOut:
    """Return one change request.

    Raises:
        ChangeUnknown: there is none in the officer's region.
    """
    row = await conn.fetchrow(_ONE, change_id, officer.regions_for(right))
    if row is None:
        raise ChangeUnknown(change_id)
    return _change(row, cipher)


async def list_changes(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    *,
    region: str,
    state: ChangeState | None,
    kind: ChangeKind | None,
    household_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[ChangeOut]:
    """Return up to `limit` change requests of a region in the order in which they were proposed."""
    scopes = officer.regions_for(Right.HOUSEHOLDS_READ)
    rows = await conn.fetch(_LIST, region, scopes, state, kind, household_id, after, limit)
    return [_change(row, cipher) for row in rows]


def _change(row: Record, cipher: PiiCipher) -> ChangeOut:
    old, change = opened_old(cipher, row["old_values_sealed"]), opened_change(cipher, row["new_values_sealed"])
    plain = {key: value for key, value in row.items() if key not in _SEALED}
    return ChangeOut(**plain, values=side_by_side(old, change))
