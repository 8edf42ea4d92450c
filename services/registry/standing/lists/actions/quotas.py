"""A village's loan quota: cut over a malicious default, given back when it turns out that there was none (FJ-12).

The clause cuts the quota for malicious non-payment and names no way back. So a debt that is repaid later restores
nothing: it was withheld maliciously all the same. An accepted appeal, or the default's withdrawal by two persons, says
that there was no malicious non-payment; then the clause has nothing to rest on, and the cut is taken back from the day
of that decision on.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from asyncpg import Record

from shared import outbox
from shared.db import Connection
from shared.events.lending import DefaultConfirmed, DefaultLifted
from shared.events.registry import VillageQuotaCut, VillageQuotaRestored
from shared.rules.village_quota import share_left

# Counting the event locks the row, so a village's cuts and restorations follow one another.
_COUNT = """
INSERT INTO village_quota AS q (id, village_code, version, share_left) VALUES (uuid7(), $1, 1, 1)
ON CONFLICT (village_code) DO UPDATE SET version = q.version + 1
RETURNING id, version
"""
_CUTS_THAT_HOLD = """
SELECT cut_share FROM village_quota_cut c
WHERE village_code = $1 AND NOT EXISTS (SELECT FROM village_quota_restoration r WHERE r.loan_id = c.loan_id)
"""
_STORE_SHARE = "UPDATE village_quota SET share_left = $2 WHERE village_code = $1"
_CUT = """
INSERT INTO village_quota_cut (loan_id, village_code, cut_share, effective_on) VALUES ($1, $2, $3, $4)
"""
# A default published again after its cut was taken back finds the cut on file and cuts nothing.
_CUT_ALREADY = "SELECT EXISTS (SELECT FROM village_quota_cut WHERE loan_id = $1)"
_CUT_OF_ENTRY = """
SELECT c.loan_id, c.village_code, c.cut_share, c.effective_on
FROM listing l JOIN village_quota_cut c ON c.loan_id = l.loan_id
WHERE l.id = $1 AND l.cause = 'malicious'
  AND NOT EXISTS (SELECT FROM village_quota_restoration r WHERE r.loan_id = c.loan_id)
"""
_CUT_OF_LOAN = """
SELECT c.loan_id, c.village_code, c.cut_share, c.effective_on FROM village_quota_cut c
WHERE c.loan_id = $1 AND NOT EXISTS (SELECT FROM village_quota_restoration r WHERE r.loan_id = c.loan_id)
"""
_RESTORE = "INSERT INTO village_quota_restoration (loan_id, request_id, effective_on) VALUES ($1, $2, $3)"


async def cut_quota(conn: Connection, event: DefaultConfirmed, share: Decimal) -> None:
    """Cut one village's quota; malicious defaults are few, so each is its own statement and its own event."""
    if await conn.fetchval(_CUT_ALREADY, event.loan_id):
        return
    quota_id, version = await _count(conn, event.village_code)
    await conn.execute(_CUT, event.loan_id, event.village_code, share, event.confirmed_on)
    await _store_share(conn, event.village_code)
    cut = VillageQuotaCut(
        village_code=event.village_code,
        cut_share=_told(share),
        loan_id=event.loan_id,
        effective_on=event.confirmed_on,
    )
    await outbox.record(conn, cut, aggregate_id=quota_id, aggregate_version=version, region_code=event.village_code)


async def holds_a_cut(conn: Connection, listing_id: UUID) -> bool:
    """Return whether the malicious default behind an entry still costs its village part of the quota."""
    return await conn.fetchrow(_CUT_OF_ENTRY, listing_id) is not None


async def restore_quota(conn: Connection, listing_id: UUID, request_id: UUID, decided_on: date) -> None:
    """Take back the cut that rests on an entry, whose appeal was accepted; an entry without a cut restores nothing."""
    await _restore(conn, await conn.fetchrow(_CUT_OF_ENTRY, listing_id), request_id, decided_on)


async def restore_withdrawn(conn: Connection, event: DefaultLifted) -> None:
    """Take back the cut over a default that was withdrawn as wrong; one without a cut restores nothing."""
    await _restore(conn, await conn.fetchrow(_CUT_OF_LOAN, event.loan_id), None, event.lifted_on)


async def _restore(conn: Connection, cut: Record | None, request_id: UUID | None, decided_on: date) -> None:
    if cut is None:
        return
    village_code, effective_on = cut["village_code"], max(decided_on, cut["effective_on"])
    quota_id, version = await _count(conn, village_code)
    await conn.execute(_RESTORE, cut["loan_id"], request_id, effective_on)
    await _store_share(conn, village_code)
    restored = VillageQuotaRestored(
        village_code=village_code,
        cut_share=_told(cut["cut_share"]),
        loan_id=cut["loan_id"],
        effective_on=effective_on,
    )
    await outbox.record(conn, restored, aggregate_id=quota_id, aggregate_version=version, region_code=village_code)


async def _count(conn: Connection, village_code: str) -> tuple[UUID, int]:
    row = await conn.fetchrow(_COUNT, village_code)
    assert row is not None
    return row["id"], row["version"]


async def _store_share(conn: Connection, village_code: str) -> None:
    cuts = [row["cut_share"] for row in await conn.fetch(_CUTS_THAT_HOLD, village_code)]
    await conn.execute(_STORE_SHARE, village_code, share_left(cuts))


def _told(share: Decimal) -> str:
    return f"{share:.2f}" if share == share.quantize(Decimal("0.01")) else f"{share.normalize():f}"
