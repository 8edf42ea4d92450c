"""Named reads of policy packs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.registry.packs.schemas import PackOut, PackWithContent
from shared.db import Connection
from shared.errors import NotFound, Refused
from shared.policy.pack import PolicyPack

PACKS_KEPT: Final = 64  # parsed packs remembered by id; a pack never changes once confirmed
_COLUMNS = (
    "id, county_code, code, pack_version, effective_from, state, content_hash, submitted_by, submitted_at, "
    "confirmed_by, confirmed_at"
)
_LIST = f"""
SELECT {_COLUMNS} FROM policy_pack
WHERE ($1::text IS NULL OR county_code = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""  # noqa: S608 - our own column list
_ONE = f"SELECT {_COLUMNS}, content FROM policy_pack WHERE id = $1"  # noqa: S608 - our own column list
_IN_FORCE = """
SELECT id FROM policy_pack WHERE county_code = $1 AND state = 'confirmed' AND effective_from <= $2
ORDER BY effective_from DESC, pack_version DESC LIMIT 1
"""


class PackUnknown(NotFound):
    """No such pack."""

    code = "policy-pack-unknown"
    title = "政策包不存在 Policy pack unknown"

    def __init__(self, pack_id: UUID) -> None:
        super().__init__(
            f"There is no policy pack {pack_id}; list the county's packs to find it.", pack_id=str(pack_id)
        )


class NoPackInForce(Refused):
    """The county has no confirmed pack for that day."""

    code = "no-policy-pack-in-force"
    title = "当日无有效政策包 No policy pack in force"

    def __init__(self, county_code: str, on: date) -> None:
        super().__init__(
            f"County {county_code} has no confirmed policy pack in force on {on}; submit one and have it confirmed.",
            county_code=county_code,
            on=on.isoformat(),
        )


@dataclass(frozen=True, slots=True)
class PackInForce:
    """A confirmed pack, ready for use."""

    id: UUID
    pack: PolicyPack


_parsed: dict[UUID, PolicyPack] = {}


async def list_packs(conn: Connection, county_code: str | None, after: UUID | None, limit: int) -> list[PackOut]:
    """Return up to `limit` packs in the order of submission."""
    rows = await conn.fetch(_LIST, county_code, after, limit)
    return [PackOut(**row) for row in rows]


async def get_pack(conn: Connection, pack_id: UUID) -> PackWithContent:
    """Return one pack with its content.

    Raises:
        PackUnknown: there is no such pack.
    """
    row = await conn.fetchrow(_ONE, pack_id)
    if row is None:
        raise PackUnknown(pack_id)
    return PackWithContent(**row)


async def find_pack_in_force(conn: Connection, county_code: str, on: date) -> PackInForce | None:
    """Return the confirmed pack with the latest start on or before `on`, or None."""
    pack_id = await conn.fetchval(_IN_FORCE, county_code, on)
    return PackInForce(pack_id, await _pack(conn, pack_id)) if pack_id else None


async def get_pack_in_force(conn: Connection, county_code: str, on: date) -> PackInForce:
    """Return the confirmed pack with the latest start on or before `on`.

    Raises:
        NoPackInForce: the county has none for that day.
    """
    found = await find_pack_in_force(conn, county_code, on)
    if found is None:
        raise NoPackInForce(county_code, on)
    return found


async def get_packs_in_force(conn: Connection, counties: Iterable[str], on: date) -> dict[str, PackInForce]:
    """Return the pack in force of each county.

    Raises:
        NoPackInForce: one of them has none for that day.
    """
    return {county: await get_pack_in_force(conn, county, on) for county in sorted(set(counties))}


async def pack_by_id(conn: Connection, pack_id: UUID) -> PolicyPack:
    """Return a confirmed pack that a record of ours points to."""
    return await _pack(conn, pack_id)


async def _pack(conn: Connection, pack_id: UUID) -> PolicyPack:
    known = _parsed.get(pack_id)
    if known is not None:
        return known
    content: dict[str, Any] = await conn.fetchval("SELECT content FROM policy_pack WHERE id = $1", pack_id)
    pack = PolicyPack.model_validate(content)
    if len(_parsed) >= PACKS_KEPT:
        _parsed.pop(next(iter(_parsed)))
    _parsed[pack_id] = pack
    return pack
