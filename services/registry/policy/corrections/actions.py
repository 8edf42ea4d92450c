"""Propose, confirm and withdraw corrections of packs for open contracts."""

from datetime import date
from typing import Final
from uuid import UUID

from services.registry.policy.corrections import queries
from services.registry.policy.corrections.refusals import (
    CorrectionNotOpen,
    CorrectionOvertaken,
    CorrectionStartsBefore,
    VersionsNotOfOnePack,
)
from services.registry.policy.corrections.rules import ensure_consistent, keys_to_correct
from services.registry.policy.corrections.schemas import (
    CorrectionState,
    CorrectionWithdrawalIn,
    PackCorrectionDetail,
    PackCorrectionIn,
)
from services.registry.policy.packs.queries import get_pack, pack_by_id
from services.registry.policy.packs.schemas import PackWithContent
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.registry import PackCorrected
from shared.ids import new_id
from shared.policy.corrections import corrected

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('policy-pack/' || $1, 0))"
_PROPOSE: Final = """
INSERT INTO pack_correction
  (id, county_code, pack_id, follows_pack_id, keys, effective_from, reason, state, after_number, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9)
"""
_CONFIRM: Final = """
UPDATE pack_correction SET state = 'confirmed', confirmed_by = $2, confirmed_at = now(), number = after_number + 1
WHERE id = $1 AND state = 'proposed' RETURNING number
"""
_WITHDRAW: Final = """
UPDATE pack_correction SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = now(), withdrawal_reason = $3
WHERE id = $1 AND state = 'proposed' RETURNING id
"""


async def propose_correction(
    conn: Connection, officer: Principal, body: PackCorrectionIn, today: date
) -> PackCorrectionDetail:
    """Propose that contracts of one version follow another in what is decided from a day on; another person confirms.

    Raises:
        PackUnknown: there is no such pack.
        VersionsNotOfOnePack: the two are not confirmed versions of one pack.
        CorrectionStartsBefore: the day lies before today.
        KeyNotCorrectable, NothingToCorrect, CorrectionContradicts: what it would change.
    """
    wrong, right = await get_pack(conn, body.pack_id), await get_pack(conn, body.follows_pack_id)
    officer.ensure_region(Right.PACKS_SUBMIT, wrong.county_code)
    _ensure_versions(wrong, right)
    if body.effective_from < today:
        raise CorrectionStartsBefore(body.effective_from, today)
    await conn.execute(_LOCK, wrong.county_code)
    number = await queries.latest_number(conn, wrong.id)
    signed, follows = await pack_by_id(conn, wrong.id), await pack_by_id(conn, right.id)
    earlier = await queries.steps_of(conn, wrong.id, number)
    keys = keys_to_correct(corrected(signed, earlier), follows, body.keys)
    ensure_consistent(corrected(signed, [*earlier, (follows, keys)]))
    correction_id, versions = new_id(), (wrong.county_code, wrong.id, right.id)
    await conn.execute(
        _PROPOSE, correction_id, *versions, list(keys), body.effective_from, body.reason, number, officer.subject
    )
    return await queries.get_correction(conn, correction_id)


def _ensure_versions(wrong: PackWithContent, right: PackWithContent) -> None:
    if wrong.code != right.code or wrong.confirmed_by is None or right.confirmed_by is None:
        names = [f"{each.code} {each.pack_version}" for each in (wrong, right)]
        raise VersionsNotOfOnePack(*names)


async def confirm_correction(
    conn: Connection, officer: Principal, correction_id: UUID, today: date
) -> PackCorrectionDetail:
    """Confirm a correction that another person proposed, and tell every service.

    Raises:
        PackCorrectionUnknown: there is no such correction.
        MakerIsChecker: the officer proposed it.
        CorrectionNotOpen: it was confirmed or withdrawn.
        CorrectionOvertaken: another correction of the version was confirmed since.
        CorrectionStartsBefore: its first day has passed meanwhile.
    """
    row = await queries.find_row(conn, correction_id)
    officer.ensure_region(Right.PACKS_CONFIRM, row["county_code"])
    await conn.execute(_LOCK, row["county_code"])
    row = await queries.find_row(conn, correction_id)
    _ensure_open(row["state"], row["confirmed_by"] or row["withdrawn_by"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if await queries.latest_number(conn, row["pack_id"]) != row["after_number"]:
        raise CorrectionOvertaken
    if row["effective_from"] < today:
        raise CorrectionStartsBefore(row["effective_from"], today)
    event = PackCorrected(
        correction_id=correction_id,
        county_code=row["county_code"],
        pack_id=row["pack_id"],
        number=await conn.fetchval(_CONFIRM, correction_id, officer.subject),
        follows_pack_id=row["follows_pack_id"],
        keys=tuple(row["keys"]),
        effective_from=row["effective_from"],
    )
    await outbox.record(conn, event, aggregate_id=correction_id, aggregate_version=1, region_code=row["county_code"])
    return await queries.get_correction(conn, correction_id)


async def withdraw_correction(
    conn: Connection, officer: Principal, correction_id: UUID, body: CorrectionWithdrawalIn
) -> PackCorrectionDetail:
    """Withdraw a correction that nobody confirmed, with the reason; it stays on the record.

    Raises:
        PackCorrectionUnknown: there is no such correction.
        CorrectionNotOpen: it was confirmed or withdrawn.
    """
    row = await queries.find_row(conn, correction_id)
    officer.ensure_region(Right.PACKS_SUBMIT, row["county_code"])
    await conn.execute(_LOCK, row["county_code"])
    if await conn.fetchval(_WITHDRAW, correction_id, officer.subject, body.reason) is None:
        row = await queries.find_row(conn, correction_id)
        _ensure_open(row["state"], row["confirmed_by"] or row["withdrawn_by"])
    return await queries.get_correction(conn, correction_id)


def _ensure_open(state: str, person: str | None) -> None:
    if state != CorrectionState.PROPOSED:
        raise CorrectionNotOpen(state, person or "")
