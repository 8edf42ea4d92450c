"""Submit and confirm policy packs."""

import asyncio
from typing import Final
from uuid import UUID

from services.registry.packs import queries
from services.registry.packs.schemas import PackOut
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import Invalid, MakerIsChecker, Refused
from shared.events.registry import PolicyPackConfirmed
from shared.ids import new_id
from shared.policy.load import PackRefused, read_pack
from shared.policy.pack import PolicyPack
from shared.policy.yaml_source import Mistake
from shared.regions import county_of

LARGEST_PACK_BYTES: Final = 1_000_000  # a full pack is about 40 000

_INSERT = """
INSERT INTO policy_pack
  (id, county_code, code, pack_version, effective_from, state, content, content_hash, source_text, submitted_by)
VALUES ($1, $2, $3, $4, $5, 'submitted', $6, $7, $8, $9)
"""
_CONFIRM = """
UPDATE policy_pack SET state = 'confirmed', confirmed_by = $2, confirmed_at = now()
WHERE id = $1 AND state = 'submitted' RETURNING id
"""
_LOCK_COUNTY = "SELECT pg_advisory_xact_lock(hashtextextended('policy-pack/' || $1, 0))"


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


class PackVersionNotNew(Refused):
    """The county already has this or a later version."""

    code = "policy-pack-version-not-new"
    title = "政策包版本未递增 Pack version not new"

    def __init__(self, county_code: str, version: int, latest: int) -> None:
        super().__init__(
            f"County {county_code} already has version {latest}; write `version: {latest + 1}` instead of {version}.",
            county_code=county_code,
            version=version,
            latest=latest,
        )


class PackAlreadyConfirmed(Refused):
    """Someone confirmed the pack before."""

    code = "policy-pack-already-confirmed"
    title = "政策包已确认 Pack already confirmed"

    def __init__(self, confirmed_by: str) -> None:
        super().__init__(
            f"{confirmed_by} has confirmed this pack already; submit a new version to change the rules.",
            confirmed_by=confirmed_by,
        )


async def submit_pack(conn: Connection, officer: Principal, body: bytes) -> PackOut:
    """Check a pack and keep it until another officer confirms it.

    Raises:
        PackRefused: the file has mistakes; each is named with its line.
        PackNotOfOneCounty: its regions lie in several counties.
        PackVersionNotNew: the county has this or a later version.
    """
    text = _text_of(body)
    pack = await asyncio.to_thread(read_pack, text)
    county_code = _county_of(pack)
    officer.ensure_region(Right.PACKS_SUBMIT, county_code)
    await conn.execute(_LOCK_COUNTY, county_code)
    latest = await conn.fetchval("SELECT max(pack_version) FROM policy_pack WHERE county_code = $1", county_code)
    if latest is not None and pack.header.version <= latest:
        raise PackVersionNotNew(county_code, pack.header.version, latest)
    pack_id = new_id()
    await conn.execute(
        _INSERT,
        pack_id,
        county_code,
        pack.header.code,
        pack.header.version,
        pack.header.effective_from,
        pack.content(),
        pack.content_hash(),
        text,
        officer.subject,
    )
    return await _without_content(conn, pack_id)


async def confirm_pack(conn: Connection, officer: Principal, pack_id: UUID) -> PackOut:
    """Put a submitted pack in force from its first day and tell every service.

    Raises:
        PackUnknown: there is no such pack.
        PackAlreadyConfirmed: someone confirmed it before.
        MakerIsChecker: the officer submitted it.
    """
    found = await queries.get_pack(conn, pack_id)
    officer.ensure_region(Right.PACKS_CONFIRM, found.county_code)
    if found.confirmed_by is not None:
        raise PackAlreadyConfirmed(found.confirmed_by)
    if found.submitted_by == officer.subject:
        raise MakerIsChecker(officer.subject)
    if await conn.fetchval(_CONFIRM, pack_id, officer.subject) is None:
        raise PackAlreadyConfirmed("Another officer")
    fact = PolicyPackConfirmed(
        pack_id=pack_id,
        county_code=found.county_code,
        pack_version=found.pack_version,
        effective_from=found.effective_from,
        content_hash=found.content_hash,
        content=found.content,
    )
    await outbox.record(conn, fact, aggregate_id=pack_id, aggregate_version=1, region_code=found.county_code)
    return await _without_content(conn, pack_id)


def _text_of(body: bytes) -> str:
    if len(body) > LARGEST_PACK_BYTES:
        raise PackRefused("The pack", [Mistake(None, "", "it is larger than 1 MB", "Send one county's pack")])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackRefused("The pack", [Mistake(None, "", "it is not UTF-8 text", "Save it as UTF-8")]) from None


def _county_of(pack: PolicyPack) -> str:
    regions = list(pack.header.regions)
    counties = {county_of(region) for region in regions}
    if len(counties) != 1 or any(len(region) < 6 for region in regions):
        raise PackNotOfOneCounty(regions)
    return counties.pop()


async def _without_content(conn: Connection, pack_id: UUID) -> PackOut:
    found = await queries.get_pack(conn, pack_id)
    return PackOut(**found.model_dump(exclude={"content"}))
