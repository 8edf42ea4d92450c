"""Named reads of policy packs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.registry.policy.packs.refusals import NoPackInForce, NothingToCompare, PackUnknown
from services.registry.policy.packs.schemas import DifferenceOut, DifferencesOut, PackOut, PackWithContent
from shared.db import Connection
from shared.policy.difference import diff
from shared.policy.pack import PolicyPack
from shared.policy.where import holding_in
from shared.regions import county_of

PACKS_CACHED: Final = 64  # parsed packs remembered by id; a pack never changes once confirmed
_COLUMNS = (
    "id, county_code, code, regions, pack_version, supersedes, effective_from, state, content_hash, examples_hash, "
    "submitted_by, submitted_at, confirmed_by, confirmed_at"
)
_LIST = f"""
SELECT {_COLUMNS} FROM policy_pack
WHERE ($1::text IS NULL OR county_code = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""  # noqa: S608 - our own column list
_ONE = f"SELECT {_COLUMNS}, content, examples FROM policy_pack WHERE id = $1"  # noqa: S608 - our own column list
# Of every pack only its newest version that has begun holds, and only in the regions that this version names.
_IN_FORCE = """
SELECT newest.id, region FROM (
  SELECT DISTINCT ON (county_code, code) id, regions FROM policy_pack
  WHERE county_code = ANY ($1::text[]) AND state = 'confirmed' AND effective_from <= $2
  ORDER BY county_code, code, effective_from DESC, pack_version DESC
) newest CROSS JOIN LATERAL jsonb_array_elements_text(newest.regions) AS region
"""
_SUPERSEDED = "SELECT id FROM policy_pack WHERE code = $1 AND pack_version = $2"


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


async def find_pack_in_force(conn: Connection, region_code: str, on: date) -> PackInForce | None:
    """Return the confirmed pack that holds in a county or a part of it on a day, or None (`holding_in`)."""
    return (await _packs_in_force(conn, [region_code], on))[region_code]


async def find_packs_in_force(conn: Connection, regions: Iterable[str], on: date) -> dict[str, PackInForce | None]:
    """Return the pack that holds in each region on a day, or None for each that has none."""
    return await _packs_in_force(conn, sorted(set(regions)), on)


async def get_pack_in_force(conn: Connection, region_code: str, on: date) -> PackInForce:
    """Return the confirmed pack that holds in a county or a part of it on a day.

    Raises:
        NoPackInForce: none does.
    """
    found = await find_pack_in_force(conn, region_code, on)
    if found is None:
        raise NoPackInForce(region_code, on)
    return found


async def get_packs_in_force(conn: Connection, regions: Iterable[str], on: date) -> dict[str, PackInForce]:
    """Return the pack that holds in each region: counties, or villages where townships may have their own packs.

    Raises:
        NoPackInForce: one of them has none for that day.
    """
    found = await _packs_in_force(conn, sorted(set(regions)), on)
    missing = next((region for region, pack in found.items() if pack is None), None)
    if missing is not None:
        raise NoPackInForce(missing, on)
    return {region: pack for region, pack in found.items() if pack is not None}


async def _packs_in_force(conn: Connection, regions: list[str], on: date) -> dict[str, PackInForce | None]:
    counties = sorted({county_of(region) for region in regions})
    held: dict[str, list[tuple[UUID, str]]] = {county: [] for county in counties}
    for row in await conn.fetch(_IN_FORCE, counties, on):
        held[county_of(row["region"])].append((row["id"], row["region"]))
    chosen = {region: holding_in(region, held[county_of(region)]) for region in regions}
    packs = {pack_id: PackInForce(pack_id, await _pack(conn, pack_id)) for pack_id in set(chosen.values()) if pack_id}
    return {region: packs[pack_id] if pack_id else None for region, pack_id in chosen.items()}


async def pack_by_id(conn: Connection, pack_id: UUID) -> PolicyPack:
    """Return a confirmed pack that a record of ours points to."""
    return await _pack(conn, pack_id)


async def whole_pack(conn: Connection, pack_id: UUID) -> PolicyPack:
    """Return a pack, confirmed or not, with its worked examples.

    Raises:
        PackUnknown: there is no such pack.
    """
    found = await get_pack(conn, pack_id)
    return PolicyPack.model_validate({**found.content, "examples": found.examples})


async def differences(conn: Connection, pack_id: UUID, from_id: UUID | None) -> DifferencesOut:
    """Return in words what a pack changes against another one, or against the version it supersedes.

    Raises:
        PackUnknown: there is no such pack.
        NothingToCompare: it supersedes no version and no other pack is named.
    """
    new = await get_pack(conn, pack_id)
    if from_id is None and new.supersedes is not None:
        from_id = await conn.fetchval(_SUPERSEDED, new.code, new.supersedes)
    if from_id is None:
        raise NothingToCompare(new.code, new.pack_version)
    old = await get_pack(conn, from_id)
    changes = diff(await whole_pack(conn, from_id), await whole_pack(conn, pack_id))
    return DifferencesOut(
        pack_id=pack_id,
        code=new.code,
        pack_version=new.pack_version,
        from_pack_id=from_id,
        from_code=old.code,
        from_pack_version=old.pack_version,
        differences=[DifferenceOut(key=each.key, zh=each.zh, en=each.en) for each in changes],
    )


async def _pack(conn: Connection, pack_id: UUID) -> PolicyPack:
    known = _parsed.get(pack_id)
    if known is not None:
        return known
    content: dict[str, Any] = await conn.fetchval("SELECT content FROM policy_pack WHERE id = $1", pack_id)
    pack = PolicyPack.model_validate(content)
    if len(_parsed) >= PACKS_CACHED:
        _parsed.pop(next(iter(_parsed)))
    _parsed[pack_id] = pack
    return pack
