"""Where a new pack may hold and how it follows the version before it: a confirmed version is never withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.registry.policy.packs.refusals import (
    PackCodeTaken,
    PackNotOfOneCounty,
    PackRegionsUnknown,
    PackRegionTaken,
    PackStartsTooEarly,
    PackSupersedesWrong,
    PackVersionNotNew,
    PackVersionUsedAround,
)
from shared.db import Connection
from shared.policy.pack import PolicyPack
from shared.regions import county_of

_VERSIONS = """
SELECT pack_version, effective_from, state = 'confirmed' AS confirmed FROM policy_pack
WHERE code = $1 ORDER BY pack_version
"""
_UNKNOWN = """
SELECT asked.code FROM unnest($1::text[]) AS asked (code)
WHERE NOT EXISTS (SELECT 1 FROM region r WHERE r.code = asked.code AND (r.valid_until IS NULL OR r.valid_until > $2))
"""
_COUNTY_OF_CODE = "SELECT DISTINCT county_code FROM policy_pack WHERE code = $1 AND county_code <> $2"
_TAKEN = """
SELECT newest.code, region FROM (
  SELECT DISTINCT ON (code) code, regions FROM policy_pack
  WHERE county_code = $1 AND code <> $2 AND state = 'confirmed' ORDER BY code, pack_version DESC
) newest CROSS JOIN LATERAL jsonb_array_elements_text(newest.regions) AS region
WHERE region = ANY ($3::text[]) ORDER BY region LIMIT 1
"""
_NUMBERED = """
SELECT p.code, (SELECT max(pack_version) FROM policy_pack WHERE county_code = $1) AS latest FROM policy_pack p
WHERE p.county_code = $1 AND p.code <> $2 AND p.pack_version = $4 AND EXISTS (
  SELECT FROM jsonb_array_elements_text(p.regions) AS held (region), unnest($3::text[]) AS asked (region)
  WHERE held.region ^@ asked.region OR asked.region ^@ held.region)
LIMIT 1
"""
COUNTY_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a pack that was submitted before."""

    pack_version: int
    effective_from: date
    confirmed: bool


def county_of_pack(pack: PolicyPack) -> str:
    """Return the county that a pack belongs to.

    Raises:
        PackNotOfOneCounty: its regions lie in several, or above a county.
    """
    regions = list(pack.header.regions)
    counties = {county_of(region) for region in regions}
    if len(counties) != 1 or any(len(region) < COUNTY_DIGITS for region in regions):
        raise PackNotOfOneCounty(regions)
    return counties.pop()


async def ensure_place(conn: Connection, pack: PolicyPack) -> None:
    """Refuse a pack whose regions do not exist or where another pack holds.

    Raises:
        PackRegionsUnknown, PackCodeTaken, PackRegionTaken, PackVersionUsedAround.
    """
    header, regions = pack.header, list(pack.header.regions)
    unknown = [row["code"] for row in await conn.fetch(_UNKNOWN, regions, header.effective_from)]
    if unknown:
        raise PackRegionsUnknown(unknown)
    county_code = county_of(regions[0])
    other = await conn.fetchval(_COUNTY_OF_CODE, header.code, county_code)
    if other is not None:
        raise PackCodeTaken(header.code, other)
    taken = await conn.fetchrow(_TAKEN, county_code, header.code, regions)
    if taken is not None:
        raise PackRegionTaken(taken["region"], taken["code"])
    numbered = await conn.fetchrow(_NUMBERED, county_code, header.code, regions, header.version)
    if numbered is not None:
        raise PackVersionUsedAround(header.version, numbered["code"], numbered["latest"] + 1)


async def versions_of(conn: Connection, pack: PolicyPack) -> tuple[Version, ...]:
    """Return every version of the pack submitted so far, the earliest first."""
    return tuple(Version(**row) for row in await conn.fetch(_VERSIONS, pack.header.code))


def ensure_new(pack: PolicyPack, versions: Sequence[Version]) -> None:
    """Refuse a version that is not the next one of its pack.

    Raises:
        PackVersionNotNew, PackSupersedesWrong, PackStartsTooEarly.
    """
    latest = max((each.pack_version for each in versions), default=0)
    if pack.header.version <= latest:
        raise PackVersionNotNew(pack.header.code, pack.header.version, latest)
    ensure_follows(pack, versions)


def ensure_follows(pack: PolicyPack, versions: Sequence[Version]) -> None:
    """Refuse a version that does not supersede the latest confirmed one, or begins before it.

    It may begin on the same day: that is how a mistake is corrected, and the higher version then holds. Contracts
    signed meanwhile keep the version they were signed under.

    Raises:
        PackSupersedesWrong, PackStartsTooEarly.
    """
    header = pack.header
    confirmed = [each for each in versions if each.confirmed]
    latest = max(confirmed, key=lambda each: each.pack_version, default=None)
    if header.supersedes != (latest.pack_version if latest else None):
        raise PackSupersedesWrong(header.code, header.supersedes, latest.pack_version if latest else None)
    if latest is not None and header.effective_from < latest.effective_from:
        raise PackStartsTooEarly(header.code, header.effective_from, latest.effective_from)
