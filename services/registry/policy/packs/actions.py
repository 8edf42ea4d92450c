"""Submit and confirm policy packs."""

import asyncio
from uuid import UUID

from services.registry.policy.bases.queries import base_under
from services.registry.policy.packs import following, queries
from services.registry.policy.packs.refusals import (
    LeftOpenDiffers,
    PackAlreadyConfirmed,
    PackExamplesFailed,
    PackNotSigned,
)
from services.registry.policy.packs.schemas import ConfirmationIn, PackOut
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.registry import PolicyPackConfirmed
from shared.ids import new_id
from shared.policy.dependence import TryExamples, unproven
from shared.policy.file_text import text_of
from shared.policy.load import PackRefused, read_with_lines
from shared.policy.pack import PolicyPack
from shared.policy.signing import unsigned
from shared.policy.yaml_source import Parsed
from shared.stranded import ensure_somebody_acts

_INSERT = """
INSERT INTO policy_pack
  (id, county_code, code, pack_version, effective_from, supersedes, state, content, content_hash, examples,
   examples_hash, source_text, submitted_by)
VALUES ($1, $2, $3, $4, $5, $6, 'submitted', $7, $8, $9, $10, $11, $12)
"""
_CONFIRM = """
UPDATE policy_pack SET state = 'confirmed', confirmed_by = $2, confirmed_at = now()
WHERE id = $1 AND state = 'submitted' RETURNING id
"""
_LOCK_COUNTY = "SELECT pg_advisory_xact_lock(hashtextextended('policy-pack/' || $1, 0))"


async def submit_pack(conn: Connection, officer: Principal, body: bytes, try_examples: TryExamples) -> PackOut:
    """Check a pack, run its worked examples about households, and keep it until another officer confirms it.

    Raises:
        PackRefused: the file has mistakes, rests on a base that is not here, or leaves a step to nobody; each is named
            with its line.
        PackNotSigned: it leaves a question unanswered, or a draft value open that it does not list.
        PackNotOfOneCounty, PackRegionsUnknown, PackCodeTaken, PackRegionTaken, PackVersionUsedAround: where it holds.
        PackVersionNotNew, PackSupersedesWrong, PackStartsTooEarly: how it follows the version before it.
        PackExamplesFailed: its own rules do not give what its worked examples expect.
    """
    text = text_of(body)
    pack, parsed = await asyncio.to_thread(read_with_lines, text, "the pack", await base_under(conn, text))
    ensure_somebody_acts(pack, parsed)
    if findings := list(unsigned(pack)):
        raise PackNotSigned(findings, parsed)
    county_code = following.county_of_pack(pack)
    officer.ensure_region(Right.PACKS_SUBMIT, county_code)
    await conn.execute(_LOCK_COUNTY, county_code)
    await following.ensure_place(conn, pack)
    following.ensure_new(pack, await following.versions_of(conn, pack))
    await asyncio.to_thread(_ensure_examples_hold, pack, parsed, try_examples)
    pack_id, header = new_id(), pack.header
    await conn.execute(
        _INSERT,
        *(pack_id, county_code, header.code, header.version, header.effective_from, header.supersedes),
        *(pack.content(), pack.content_hash(), pack.examples_json(), pack.examples_hash()),
        *(text, officer.subject),
    )
    return await _without_content(conn, pack_id)


async def confirm_pack(conn: Connection, officer: Principal, pack_id: UUID, body: ConfirmationIn) -> PackOut:
    """Put a submitted pack in force from its first day and tell every service.

    The second officer names the same values as left open; the pack's content records them for both.

    Raises:
        PackUnknown: there is no such pack.
        PackAlreadyConfirmed: someone confirmed it before.
        MakerIsChecker: the officer submitted it.
        LeftOpenDiffers: the values left open are not those that the pack lists.
        PackSupersedesWrong, PackStartsTooEarly, PackRegionTaken: another version was confirmed meanwhile.
    """
    found = await queries.get_pack(conn, pack_id)
    officer.ensure_region(Right.PACKS_CONFIRM, found.county_code)
    await conn.execute(_LOCK_COUNTY, found.county_code)
    if found.confirmed_by is not None:
        raise PackAlreadyConfirmed(found.confirmed_by)
    if found.submitted_by == officer.subject:
        raise MakerIsChecker(officer.subject)
    pack = PolicyPack.model_validate(found.content)
    if set(body.left_open) != set(pack.left_open or ()):
        raise LeftOpenDiffers(pack.left_open or (), body.left_open)
    await following.ensure_place(conn, pack)
    following.ensure_follows(pack, await following.versions_of(conn, pack))
    if await conn.fetchval(_CONFIRM, pack_id, officer.subject) is None:
        raise PackAlreadyConfirmed("Another officer")
    event = PolicyPackConfirmed(
        pack_id=pack_id,
        county_code=found.county_code,
        pack_version=found.pack_version,
        effective_from=found.effective_from,
        content_hash=found.content_hash,
        content=found.content,
    )
    await outbox.record(conn, event, aggregate_id=pack_id, aggregate_version=1, region_code=found.county_code)
    return await _without_content(conn, pack_id)


def _ensure_examples_hold(pack: PolicyPack, parsed: Parsed, try_examples: TryExamples) -> None:
    failed = [each for each in try_examples(pack) if not each.passed]
    if failed:
        raise PackExamplesFailed(failed, parsed)
    if mistakes := list(unproven(pack, parsed, try_examples)):
        raise PackRefused("The pack", mistakes)


async def _without_content(conn: Connection, pack_id: UUID) -> PackOut:
    found = await queries.get_pack(conn, pack_id)
    return PackOut(**found.model_dump(exclude={"content", "examples"}))
