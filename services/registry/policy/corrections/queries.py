"""Named reads of corrections."""

from typing import Any, Final
from uuid import UUID

from services.registry.policy.corrections.refusals import PackCorrectionUnknown
from services.registry.policy.corrections.schemas import PackCorrectionDetail, PackCorrectionOut
from services.registry.policy.packs.queries import pack_by_id
from services.registry.policy.packs.schemas import DifferenceOut
from shared.db import Connection
from shared.policy.corrections import corrected
from shared.policy.difference import diff
from shared.policy.pack import PolicyPack

_COLUMNS: Final = """
c.id, c.county_code, p.code, c.pack_id, p.pack_version, c.follows_pack_id, f.pack_version AS follows_pack_version,
c.keys, c.effective_from, c.reason, c.state, c.number, c.proposed_by, c.proposed_at, c.confirmed_by, c.confirmed_at,
c.withdrawn_by, c.withdrawn_at, c.withdrawal_reason
"""
_FROM: Final = """
FROM pack_correction c JOIN policy_pack p ON p.id = c.pack_id JOIN policy_pack f ON f.id = c.follows_pack_id
"""
_ONE: Final = f"SELECT {_COLUMNS}, c.after_number {_FROM} WHERE c.id = $1"
_LIST: Final = f"""
SELECT {_COLUMNS} {_FROM}
WHERE ($1::text IS NULL OR c.county_code = $1) AND ($2::uuid IS NULL OR c.pack_id = $2)
  AND ($3::uuid IS NULL OR c.id > $3)
ORDER BY c.id LIMIT $4
"""
_STEPS: Final = """
SELECT follows_pack_id, keys FROM pack_correction
WHERE pack_id = $1 AND number <= $2 ORDER BY number
"""
_LATEST: Final = "SELECT coalesce(max(number), 0) FROM pack_correction WHERE pack_id = $1"


async def list_corrections(
    conn: Connection, county_code: str | None, pack_id: UUID | None, after: UUID | None, limit: int
) -> list[PackCorrectionOut]:
    """Return up to `limit` corrections in the order in which they were proposed, withdrawn ones too."""
    return [PackCorrectionOut(**row) for row in await conn.fetch(_LIST, county_code, pack_id, after, limit)]


async def get_correction(conn: Connection, correction_id: UUID) -> PackCorrectionDetail:
    """Return a correction with what it changes against what contracts followed before it.

    Raises:
        PackCorrectionUnknown: there is no such correction.
    """
    row = await find_row(conn, correction_id)
    number, steps = row.pop("after_number"), (await pack_by_id(conn, row["follows_pack_id"]), row["keys"])
    signed, earlier = await pack_by_id(conn, row["pack_id"]), await steps_of(conn, row["pack_id"], number)
    before, after = corrected(signed, earlier), corrected(signed, [*earlier, steps])
    differences = [
        DifferenceOut(key=each.key if code == next(iter(before)) else f"{code}:{each.key}", zh=each.zh, en=each.en)
        for code in before
        for each in diff(before[code], after[code])
    ]
    return PackCorrectionDetail(**row, differences=differences)


async def find_row(conn: Connection, correction_id: UUID) -> dict[str, Any]:
    """Return a correction's row.

    Raises:
        PackCorrectionUnknown: there is no such correction.
    """
    row = await conn.fetchrow(_ONE, correction_id)
    if row is None:
        raise PackCorrectionUnknown(correction_id)
    return dict(row)


async def latest_number(conn: Connection, pack_id: UUID) -> int:
    """Return how many corrections of a version were confirmed."""
    number: int = await conn.fetchval(_LATEST, pack_id)
    return number


async def steps_of(conn: Connection, pack_id: UUID, up_to_number: int) -> list[tuple[PolicyPack, list[str]]]:
    """Return so many of a version's corrections in their order, whatever their first days are."""
    rows = await conn.fetch(_STEPS, pack_id, up_to_number)
    return [(await pack_by_id(conn, row["follows_pack_id"]), row["keys"]) for row in rows]
