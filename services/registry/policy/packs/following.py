"""Where a new pack may hold and how it follows the version before it: a confirmed version is never withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.db import Connection
from shared.errors import Invalid, Refused
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


class PackNotOfOneCounty(Invalid):
    """The regions of a pack do not lie in one county."""

    code = "policy-pack-not-of-one-county"
    title = "政策包须属于一个县 Pack must belong to one county"

    def __init__(self, regions: list[str]) -> None:
        super().__init__(
            f"The pack names the regions {', '.join(regions)}; a pack belongs to one county or to parts of one county. "
            "Write one pack for each county.",
            regions=regions,
        )


class PackRegionsUnknown(Invalid):
    """The header names region codes that are not on the list of regions."""

    code = "policy-pack-regions-unknown"
    title = "政策包地区代码不存在 Pack regions unknown"

    def __init__(self, regions: list[str]) -> None:
        super().__init__(
            f"No region in force has the code {', '.join(regions)}; correct `header.regions` or load the regions.",
            regions=regions,
        )


class PackCodeTaken(Refused):
    """Another county's pack has this code."""

    code = "policy-pack-code-taken"
    title = "政策包代码已被占用 Pack code taken"

    def __init__(self, pack_code: str, county_code: str) -> None:
        super().__init__(
            f"The code {pack_code} is that of a pack of county {county_code}; choose another `header.code`.",
            pack=pack_code,
            county_code=county_code,
        )


class PackRegionTaken(Refused):
    """Another pack holds in exactly this region."""

    code = "policy-pack-region-taken"
    title = "该地区已有其他政策包 Region has another pack"

    def __init__(self, region: str, pack_code: str) -> None:
        super().__init__(
            f"In region {region} the pack {pack_code} holds; submit a new version of it, or name other regions. "
            "A part of a county may have its own pack beside the county's.",
            region=region,
            pack=pack_code,
        )


class PackVersionUsedAround(Refused):
    """A pack that holds around this one, or in a part of it, has a version of this number.

    A contract names a village and a version; both together must lead to one pack.
    """

    code = "policy-pack-version-used-around"
    title = "版本号与同县其他政策包重复 Version number used by another pack"

    def __init__(self, version: int, pack_code: str, free: int) -> None:
        super().__init__(
            f"Version {version} is also one of pack {pack_code}, which holds around this one or in a part of it; "
            f"write `version: {free}`.",
            version=version,
            pack=pack_code,
            free=free,
        )


class PackVersionNotNew(Refused):
    """This pack already has this or a later version."""

    code = "policy-pack-version-not-new"
    title = "政策包版本未递增 Pack version not new"

    def __init__(self, pack_code: str, version: int, latest: int) -> None:
        super().__init__(
            f"Pack {pack_code} already has version {latest}; write `version: {latest + 1}` instead of {version}.",
            pack=pack_code,
            version=version,
            latest=latest,
        )


class PackSupersedesWrong(Refused):
    """`supersedes` does not name the latest confirmed version."""

    code = "policy-pack-supersedes-wrong"
    title = "替代版本不符 Wrong version superseded"

    def __init__(self, pack_code: str, written: int | None, latest: int | None) -> None:
        wanted = "leave `supersedes` out" if latest is None else f"write `supersedes: {latest}`"
        known = "no confirmed version yet" if latest is None else f"version {latest} as its latest confirmed one"
        super().__init__(
            f"The file says `supersedes: {written or 'nothing'}`, but pack {pack_code} has {known}; {wanted}, "
            "and take over what changed there.",
            pack=pack_code,
            supersedes=written,
            latest=latest,
        )


class PackStartsTooEarly(Refused):
    """A version cannot begin before the one it replaces."""

    code = "policy-pack-starts-too-early"
    title = "生效日早于前一版本 Starts before the version it replaces"

    def __init__(self, pack_code: str, effective_from: date, earliest_on: date) -> None:
        super().__init__(
            f"Pack {pack_code} would begin on {effective_from}, before the version it replaces, which began on "
            f"{earliest_on}; begin on {earliest_on}, as a correction, or later.",
            pack=pack_code,
            effective_from=effective_from.isoformat(),
            earliest_on=earliest_on.isoformat(),
        )


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
