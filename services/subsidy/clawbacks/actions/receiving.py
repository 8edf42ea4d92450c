"""What comes back of a claw-back in money, what is given up, and receipts that were wrong (DZ-7)."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.clawbacks.actions.booking import Change, book
from services.subsidy.clawbacks.actions.deciding import UNPAID, lock_county
from services.subsidy.clawbacks.queries import OPEN
from services.subsidy.clawbacks.refusals import (
    AboveClawback,
    AboveHeld,
    ClawbackNotOpen,
    ClawbackUnknown,
    EntryDecided,
    EntryProposed,
    EntryUnknown,
    GrantTakenBackStays,
    LineNotPaid,
    ReceiptRecorded,
    ReceiptRefunded,
    RefundReference,
    WriteOffStands,
)
from services.subsidy.clawbacks.schemas import (
    ClawbackEntryDecisionIn,
    ClawbackEntryOut,
    ClawbackReceiptIn,
    ClawbackRefundIn,
    ClawbackWithdrawalIn,
    ClawbackWriteOffIn,
    ReceiptReversalIn,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_LOCK: Final = f"""
SELECT c.*, {OPEN} AS open_amount FROM clawback c
WHERE c.id = $1 AND c.village_code ^@ ANY ($2::text[]) FOR UPDATE OF c
"""  # noqa: S608 - our own text
_COUNTY: Final = "SELECT county_code FROM clawback WHERE id = $1"
_REFERENCE_KNOWN: Final = """
SELECT EXISTS (SELECT FROM clawback_entry WHERE clawback_id = $1 AND bank_reference = $2 AND state = 'recorded')
"""
_TAKE_OFF: Final = "UPDATE clawback_entry SET state = 'reversed' WHERE id = $1 RETURNING kind"
_RECORD: Final = """
INSERT INTO clawback_entry (id, clawback_id, kind, amount, happened_on, bank_reference, payer, payee, reverses, ground,
  state, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING *
"""
_ENTRY: Final = "SELECT * FROM clawback_entry WHERE id = $1"
_DECIDE: Final = """
UPDATE clawback_entry SET state = $2, decided_by = $3, decided_on = $4, bank_reference = coalesce(bank_reference, $5)
WHERE id = $1 AND state = 'proposed' RETURNING *
"""
_REVERSIBLE: Final = ("receipt", "refund", "write_off")
_CLOSED: Final = ("offset", "settled", "withdrawn")


async def locked(conn: Connection, officer: Principal, right: Right, clawback_id: UUID) -> Any:
    """Return a claw-back, locked, with no batch of its county offsetting it meanwhile."""
    county = await conn.fetchval(_COUNTY, clawback_id)
    if county is None:
        raise ClawbackUnknown(clawback_id)
    await lock_county(conn, county)
    row = await conn.fetchrow(_LOCK, clawback_id, officer.regions_for(right))
    if row is None:
        raise ClawbackUnknown(clawback_id)
    return row


def ensure_open(clawback: Any, amount: Decimal) -> None:
    """Refuse an amount beyond what is still to come back. Raises: ClawbackNotOpen, AboveClawback."""
    if clawback["state"] != "approved":
        raise ClawbackNotOpen(clawback["id"], clawback["state"])
    if amount > clawback["open_amount"]:
        raise AboveClawback(amount, clawback["open_amount"])


async def record_receipt(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackReceiptIn
) -> ClawbackEntryOut:
    """Record money that came back; the programme that had paid the line may promise it again (DZ-7).

    Money is a fact: what is above what is owed, or comes when nothing is owed any more, is held for who paid it.

    Raises:
        ClawbackUnknown, DateBeforeStep.
        ClawbackNotOpen: nobody approved it, so nothing is to come back.
        LineNotPaid: the money of the line came back and was not paid again.
        ReceiptRecorded: the bank's reference stands on this claw-back already; one transfer may pay several.
    """
    clawback = await locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    if await conn.fetchval(_REFERENCE_KNOWN, clawback_id, body.bank_reference):
        raise ReceiptRecorded(body.bank_reference)
    if clawback["state"] not in ("approved", *_CLOSED):
        raise ClawbackNotOpen(clawback_id, clawback["state"])
    if await conn.fetchval(UNPAID, clawback_id):
        raise LineNotPaid(clawback["line_id"])
    ensure_not_before("received_on", body.received_on, "decided_on", clawback["decided_on"])
    paid = (body.amount, body.received_on, body.bank_reference, body.payer, None, None, body.note)
    row = await conn.fetchrow(_RECORD, new_id(), clawback_id, "receipt", *paid, "recorded", officer.subject)
    if row is None:
        raise ReceiptRecorded(body.bank_reference)
    await book(conn, [Change(clawback_id, money=body.amount)])
    return ClawbackEntryOut(**row)


async def propose_write_off(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackWriteOffIn
) -> ClawbackEntryOut:
    """Propose to give up what is open of a claw-back, or a part of it; nothing changes before another approves.

    Raises:
        ClawbackUnknown, ClawbackNotOpen, AboveClawback, DateBeforeStep, EntryProposed.
    """
    clawback = await locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    amount = body.amount or clawback["open_amount"]
    ensure_open(clawback, amount)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", clawback["decided_on"])
    given = (amount, body.proposed_on, None, None, None, None, body.ground)
    return await _proposed(conn, officer, clawback_id, "write_off", given)


async def propose_refund(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackRefundIn
) -> ClawbackEntryOut:
    """Propose to give back what came back beyond what is owed; another officer sends it.

    Raises:
        ClawbackUnknown, AboveHeld, DateBeforeStep, EntryProposed.
    """
    clawback = await locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    amount = body.amount or clawback["held_amount"]
    if not 0 < amount <= clawback["held_amount"]:
        raise AboveHeld(amount, clawback["held_amount"])
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", clawback["decided_on"])
    back = (amount, body.proposed_on, None, None, body.payee, None, body.ground)
    return await _proposed(conn, officer, clawback_id, "refund", back)


async def propose_withdrawal(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackWithdrawalIn
) -> ClawbackEntryOut:
    """Propose to withdraw a claw-back that was wrong: nothing of it is owed, and what came back is granted again.

    Raises:
        ClawbackUnknown, DateBeforeStep, EntryProposed.
        ClawbackNotOpen: nobody approved it, or it is withdrawn already.
        GrantTakenBackStays: a direct grant that was taken back.
        WriteOffStands: something of it was given up; that is reversed first.
    """
    clawback = await locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    _ensure_withdrawable(clawback)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", clawback["decided_on"])
    void = (clawback["open_amount"], body.proposed_on, None, None, None, None, body.ground)
    return await _proposed(conn, officer, clawback_id, "withdrawal", void)


def _ensure_withdrawable(clawback: Any) -> None:
    if clawback["state"] not in ("approved", "offset", "settled"):
        raise ClawbackNotOpen(clawback["id"], clawback["state"])
    if clawback["grant_id"] is not None:
        raise GrantTakenBackStays
    if clawback["written_off_amount"]:
        raise WriteOffStands(clawback["id"], clawback["written_off_amount"])


async def propose_reversal(
    conn: Connection, officer: Principal, entry_id: UUID, body: ReceiptReversalIn
) -> ClawbackEntryOut:
    """Propose to take back a receipt, a refund or a write-off that was wrong; nothing changes before another approves.

    Raises:
        EntryUnknown, ClawbackUnknown, DateBeforeStep, EntryProposed.
    """
    wrong = await conn.fetchrow(_ENTRY, entry_id)
    if wrong is None or wrong["kind"] not in _REVERSIBLE or wrong["state"] != "recorded":
        raise EntryUnknown(entry_id)
    await locked(conn, officer, Right.SUBSIDIES_REVIEW, wrong["clawback_id"])
    ensure_not_before("proposed_on", body.proposed_on, "happened_on", wrong["decided_on"] or wrong["happened_on"])
    undone = (wrong["amount"], body.proposed_on, None, None, None, entry_id, body.ground)
    return await _proposed(conn, officer, wrong["clawback_id"], "reversal", undone)


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
    """Book what another officer proposed to give up, to refund, to withdraw or to reverse, or drop it.

    Raises:
        EntryUnknown, ClawbackUnknown, EntryDecided, MakerIsChecker, DateBeforeStep, ClawbackNotOpen, AboveClawback,
        AboveHeld, WriteOffStands, ReceiptRefunded, ReceiptRecorded.
        RefundReference: an approved refund needs the reference of its transfer, nothing else has one.
        ReturnedMoneyPromised: the programme has promised what a reversed receipt had brought.
    """
    found = await conn.fetchrow(_ENTRY, entry_id)
    if found is None:
        raise EntryUnknown(entry_id)
    clawback = await locked(conn, officer, Right.SUBSIDIES_APPROVE, found["clawback_id"])
    entry: Any = await conn.fetchrow(_ENTRY, entry_id)  # as it stands once nobody else changes it
    if entry["state"] != "proposed":
        raise EntryDecided(entry_id)
    if entry["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", entry["happened_on"])
    is_approved = body.decision == "approve"
    if (is_approved and entry["kind"] == "refund") != (body.bank_reference is not None):
        raise RefundReference
    if body.bank_reference and await conn.fetchval(_REFERENCE_KNOWN, clawback["id"], body.bank_reference):
        raise ReceiptRecorded(body.bank_reference)
    if is_approved:
        await book(conn, [await _change(conn, clawback, entry)])
    state = "recorded" if is_approved else "refused"
    decided: Any = await conn.fetchrow(_DECIDE, entry_id, state, officer.subject, body.decided_on, body.bank_reference)
    return ClawbackEntryOut(**decided)


async def _change(conn: Connection, clawback: Any, entry: Any) -> Change:
    """Return what an entry does to its claw-back as that stands now; mark what it reverses."""
    if entry["kind"] == "write_off":
        ensure_open(clawback, entry["amount"])
        return Change(clawback["id"], given_up=entry["amount"])
    if entry["kind"] == "refund":
        if entry["amount"] > clawback["held_amount"]:
            raise AboveHeld(entry["amount"], clawback["held_amount"])
        return Change(clawback["id"], money=-entry["amount"])
    if entry["kind"] == "withdrawal":
        _ensure_withdrawable(clawback)
        return Change(clawback["id"], is_withdrawn=True)
    wrong: Any = await conn.fetchrow(_TAKE_OFF, entry["reverses"])
    if wrong["kind"] == "write_off":
        return Change(clawback["id"], given_up=-entry["amount"])
    if wrong["kind"] == "refund":
        return Change(clawback["id"], money=entry["amount"])
    if (there := clawback["received_amount"] + clawback["held_amount"]) < entry["amount"]:
        raise ReceiptRefunded(entry["amount"] - there)
    return Change(clawback["id"], money=-entry["amount"])
