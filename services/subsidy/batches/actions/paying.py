"""What a batch pays, and what comes back: its money and its programme's move together (DZ-2, DZ-7)."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.programmes.actions import money as programmes
from shared import outbox
from shared.db import Connection
from shared.events.base import Event
from shared.events.subsidy import SubsidyBatchSettled, SubsidyTransfersReturned

_APPROVED_ON: Final = """
SELECT decided_on FROM batch_decision WHERE batch_id = $1 AND step = 'approval' AND decision = 'approve'
"""
_RAISE_VERSION: Final = "UPDATE subsidy_batch SET version = version + 1 WHERE id = $1 RETURNING version"
_START_PAYING: Final = "UPDATE subsidy_batch SET state = 'paying' WHERE id = $1 AND state = 'approved'"
_BOOK_PAID: Final = """
UPDATE subsidy_batch SET amount_paid = amount_paid + $2 WHERE id = $1 RETURNING amount_paid + amount_reduced = amount
"""
_REDUCE: Final = """
UPDATE subsidy_batch SET amount_reduced = amount_reduced + $2 WHERE id = $1
RETURNING amount_paid + amount_reduced = amount
"""
_RESTORE: Final = """
UPDATE subsidy_batch SET amount_reduced = amount_reduced - $2, state = 'paying', settled_on = NULL WHERE id = $1
"""
_SETTLE: Final = "UPDATE subsidy_batch SET state = 'settled', settled_on = $2 WHERE id = $1 RETURNING amount_paid"
_LINES_PAID: Final = """
SELECT count(*)::int FROM subsidy_line l WHERE l.batch_id = $1
  AND l.amount > (SELECT coalesce(sum(r.amount), 0) FROM payment_reduction r WHERE r.line_id = l.id)
"""
# Whatever comes back opens the batch again: it has somebody to pay.
_BOOK_RETURNED: Final = """
UPDATE subsidy_batch SET amount_paid = amount_paid - $2, state = 'paying', settled_on = NULL WHERE id = $1
"""


async def approved_on(conn: Connection, batch_id: UUID) -> date:
    """Return the day on which an approved batch's money was committed."""
    day: date = await conn.fetchval(_APPROVED_ON, batch_id)
    return day


async def start_paying(conn: Connection, batch_id: UUID) -> None:
    """Note that the payment of an approved batch has begun."""
    await conn.execute(_START_PAYING, batch_id)


async def book_paid(conn: Connection, batch: dict[str, Any], amount: Decimal) -> bool:
    """Add what was paid to the batch and its programme; return whether the whole batch is paid now."""
    complete: bool = await conn.fetchval(_BOOK_PAID, batch["id"], amount)
    await programmes.book_paid(conn, batch["programme_id"], amount)
    return complete


async def reduce_batch(conn: Connection, batch: dict[str, Any], amount: Decimal) -> bool:
    """Leave an amount of the batch unpaid for good and its money to the programme; return whether all is paid now."""
    complete: bool = await conn.fetchval(_REDUCE, batch["id"], amount)
    await programmes.release(conn, batch["programme_id"], amount)
    return complete


async def restore_batch(conn: Connection, batch: dict[str, Any], amount: Decimal) -> None:
    """Owe an amount again that was to be left unpaid for good, in yuan; the batch goes on.

    Raises:
        BudgetExceeded: the programme has spent it elsewhere.
    """
    await programmes.commit(conn, batch["programme_id"], amount)
    await conn.execute(_RESTORE, batch["id"], amount)


async def settle_batch(conn: Connection, batch: dict[str, Any], settled_on: date) -> None:
    """Close a batch whose amount was confirmed as paid, but for what proved too much before."""
    amount_paid = await conn.fetchval(_SETTLE, batch["id"], settled_on)
    settled = SubsidyBatchSettled(
        batch_id=batch["id"],
        county_code=batch["county_code"],
        lines_paid=await conn.fetchval(_LINES_PAID, batch["id"]),
        amount_paid=amount_paid,
        settled_on=settled_on,
    )
    await record_event(conn, batch, settled)


async def book_returned(conn: Connection, batch: dict[str, Any], event: SubsidyTransfersReturned) -> None:
    """Take what came back off what the batch and its programme paid: it is to be paid again, and the batch goes on."""
    await conn.execute(_BOOK_RETURNED, batch["id"], event.amount)
    await programmes.unbook_paid(conn, batch["programme_id"], event.amount)
    await record_event(conn, batch, event)


async def record_event(conn: Connection, batch: dict[str, Any], event: Event) -> None:
    """Record an event of the batch under its next version."""
    version = await conn.fetchval(_RAISE_VERSION, batch["id"])
    await outbox.record(
        conn, event, aggregate_id=batch["id"], aggregate_version=version, region_code=batch["county_code"]
    )
