"""What comes back of a claw-back in money, what is given up, and receipts that were wrong (DZ-7)."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.clawbacks.actions.deciding import OPEN, UNPAID, lock_county
from services.subsidy.clawbacks.refusals import (
    AboveClawback,
    ClawbackNotOpen,
    ClawbackUnknown,
    EntryDecided,
    EntryProposed,
    EntryUnknown,
    LineNotPaid,
    ReceiptRecorded,
)
from services.subsidy.clawbacks.schemas import (
    ClawbackEntryDecisionIn,
    ClawbackEntryOut,
    ClawbackReceiptIn,
    ClawbackWriteOffIn,
    ReceiptReversalIn,
)
from services.subsidy.programmes import actions as programmes
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.scope import Scope, seen

_LOCK: Final = f"""
SELECT c.*, {OPEN} AS open_amount, b.programme_id FROM clawback c
JOIN subsidy_line l ON l.id = c.line_id JOIN subsidy_batch b ON b.id = l.batch_id
WHERE c.id = $1 AND c.village_code ^@ ANY ($2::text[]) FOR UPDATE OF c
"""  # noqa: S608 - our own text
_COUNTY: Final = "SELECT county_code FROM clawback WHERE id = $1"
_REFERENCE_KNOWN: Final = """
SELECT EXISTS (SELECT FROM clawback_entry WHERE clawback_id = $1 AND bank_reference = $2 AND state = 'recorded')
"""
_TAKE_OFF: Final = "UPDATE clawback_entry SET state = 'reversed' WHERE id = $1"
_RECORD: Final = """
INSERT INTO clawback_entry (id, clawback_id, kind, amount, happened_on, bank_reference, payer, reverses, ground, state,
  recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING *
"""
_BOOK: Final = """
UPDATE clawback SET received_amount = received_amount + $2, written_off_amount = written_off_amount + $3,
  state = CASE WHEN offset_amount + received_amount + written_off_amount + $2 + $3 < amount THEN 'approved'
    ELSE 'settled' END
WHERE id = $1
"""
_ENTRY: Final = "SELECT * FROM clawback_entry WHERE id = $1"
_DECIDE: Final = """
UPDATE clawback_entry SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1 AND state = 'proposed' RETURNING *
"""
_LIST: Final = f"""
SELECT e.* FROM clawback_entry e JOIN clawback c ON c.id = e.clawback_id
JOIN subsidy_account a ON a.loan_id = c.loan_id
WHERE e.clawback_id = $3 AND {seen("c.village_code", "a.bank_code")} AND ($4::uuid IS NULL OR e.id > $4)
ORDER BY e.id LIMIT $5
"""  # noqa: S608 - our own text


async def _locked(conn: Connection, officer: Principal, right: Right, clawback_id: UUID) -> Any:
    """Return a claw-back, locked, with no batch of its county offsetting it meanwhile."""
    county = await conn.fetchval(_COUNTY, clawback_id)
    if county is None:
        raise ClawbackUnknown(clawback_id)
    await lock_county(conn, county)
    row = await conn.fetchrow(_LOCK, clawback_id, officer.regions_for(right))
    if row is None:
        raise ClawbackUnknown(clawback_id)
    return row


def _ensure_open(clawback: Any, amount: Decimal) -> None:
    if clawback["state"] != "approved":
        raise ClawbackNotOpen(clawback["id"], clawback["state"])
    if amount > clawback["open_amount"]:
        raise AboveClawback(amount, clawback["open_amount"])


async def record_receipt(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackReceiptIn
) -> ClawbackEntryOut:
    """Record money that came back; the programme that had paid the line may promise it again (DZ-7).

    Raises:
        ClawbackUnknown, ClawbackNotOpen, AboveClawback, DateBeforeStep.
        LineNotPaid: the money of the line came back and was not paid again.
        ReceiptRecorded: the bank's reference stands on this claw-back already; one transfer may pay several.
    """
    clawback = await _locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    if await conn.fetchval(_REFERENCE_KNOWN, clawback_id, body.bank_reference):
        raise ReceiptRecorded(body.bank_reference)
    _ensure_open(clawback, body.amount)
    if await conn.fetchval(UNPAID, clawback_id):
        raise LineNotPaid(clawback["line_id"])
    ensure_not_before("received_on", body.received_on, "decided_on", clawback["decided_on"])
    paid = (body.amount, body.received_on, body.bank_reference, body.payer, None, body.note)
    row = await conn.fetchrow(_RECORD, new_id(), clawback_id, "receipt", *paid, "recorded", officer.subject)
    if row is None:
        raise ReceiptRecorded(body.bank_reference)
    await conn.execute(_BOOK, clawback_id, body.amount, Decimal(0))
    await programmes.take_back(conn, clawback["programme_id"], body.amount)
    return ClawbackEntryOut(**row)


async def propose_write_off(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackWriteOffIn
) -> ClawbackEntryOut:
    """Propose to give up what is open of a claw-back, or a part of it; nothing changes before another approves.

    Raises:
        ClawbackUnknown, ClawbackNotOpen, AboveClawback, DateBeforeStep, EntryProposed.
    """
    clawback = await _locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    amount = body.amount or clawback["open_amount"]
    _ensure_open(clawback, amount)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", clawback["decided_on"])
    given = (amount, body.proposed_on, None, None, None, body.ground)
    return await _proposed(conn, officer, clawback_id, "write_off", given)


async def propose_reversal(
    conn: Connection, officer: Principal, entry_id: UUID, body: ReceiptReversalIn
) -> ClawbackEntryOut:
    """Propose to take back a receipt that was booked wrongly; nothing changes before another approves.

    Raises:
        EntryUnknown, ClawbackUnknown, DateBeforeStep, EntryProposed.
    """
    receipt = await conn.fetchrow(_ENTRY, entry_id)
    if receipt is None or (receipt["kind"], receipt["state"]) != ("receipt", "recorded"):
        raise EntryUnknown(entry_id)
    await _locked(conn, officer, Right.SUBSIDIES_REVIEW, receipt["clawback_id"])
    ensure_not_before("proposed_on", body.proposed_on, "received_on", receipt["happened_on"])
    wrong = (receipt["amount"], body.proposed_on, None, None, entry_id, body.ground)
    return await _proposed(conn, officer, receipt["clawback_id"], "reversal", wrong)


async def _proposed(
    conn: Connection, officer: Principal, clawback_id: UUID, kind: str, values: tuple[Any, ...]
) -> ClawbackEntryOut:
    row = await conn.fetchrow(_RECORD, new_id(), clawback_id, kind, *values, "proposed", officer.subject)
    if row is None:
        raise EntryProposed
    return ClawbackEntryOut(**row)


async def decide_entry(
    conn: Connection, officer: Principal, entry_id: UUID, body: ClawbackEntryDecisionIn
) -> ClawbackEntryOut:
    """Book what another officer proposed to give up or to reverse, or drop it.

    Raises:
        EntryUnknown, ClawbackUnknown, EntryDecided, MakerIsChecker, DateBeforeStep, ClawbackNotOpen, AboveClawback.
        ReturnedMoneyPromised: the programme has promised what a reversed receipt had brought.
    """
    found = await conn.fetchrow(_ENTRY, entry_id)
    if found is None:
        raise EntryUnknown(entry_id)
    clawback = await _locked(conn, officer, Right.SUBSIDIES_APPROVE, found["clawback_id"])
    entry: Any = await conn.fetchrow(_ENTRY, entry_id)  # as it stands once nobody else changes it
    if entry["state"] != "proposed":
        raise EntryDecided(entry_id)
    if entry["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", entry["happened_on"])
    if body.decision == "approve":
        await _book(conn, clawback, entry)
    state = "recorded" if body.decision == "approve" else "refused"
    decided: Any = await conn.fetchrow(_DECIDE, entry_id, state, officer.subject, body.decided_on)
    return ClawbackEntryOut(**decided)


async def _book(conn: Connection, clawback: Any, entry: Any) -> None:
    if entry["kind"] == "write_off":
        _ensure_open(clawback, entry["amount"])
        await conn.execute(_BOOK, clawback["id"], Decimal(0), entry["amount"])
        return
    await conn.execute(_TAKE_OFF, entry["reverses"])
    await conn.execute(_BOOK, clawback["id"], -entry["amount"], Decimal(0))
    await programmes.take_back(conn, clawback["programme_id"], -entry["amount"])


async def list_entries(
    conn: Connection, scope: Scope, clawback_id: UUID, after: UUID | None, limit: int
) -> list[ClawbackEntryOut]:
    """Return up to `limit` entries of a claw-back in the order in which they were made."""
    rows = await conn.fetch(_LIST, scope.regions, scope.banks, clawback_id, after, limit)
    return [ClawbackEntryOut(**row) for row in rows]
