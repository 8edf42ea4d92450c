"""What a line of the paying bank's return file does: classified and taken the same from a file or by itself."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.paying import approved_on, book_paid, book_returned, settle_batch
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.payments.file import FILE
from shared.db import Connection
from shared.events.subsidy import SubsidyTransfersReturned

# How the instruction of each line stands now.
_KNOWN_NOW: Final = """
SELECT l.*, i.run_id, i.amount AS instructed, i.state AS settled_as,
  coalesce(b.returned_on, i.settled_on) AS settled_on, i.settled_on AS transferred_on,
  $2::date AS today, greatest($3::date, before.returned_on) AS payable_on,
  CASE WHEN before.returned_on > $3 THEN 'returned_on' ELSE 'approved_on' END AS payable_field,
  EXISTS (SELECT FROM payment_instruction d JOIN clawback c ON c.instruction_id = d.id AND c.state <> 'withdrawn'
    WHERE d.batch_id = i.batch_id AND d.household_id = i.household_id AND d.state = 'doubled') AS doubled
FROM counted l
LEFT JOIN payment_instruction i ON i.id = l.instruction_id
LEFT JOIN returned_transfer b ON b.instruction_id = i.id AND b.withdrawn_on IS NULL
LEFT JOIN LATERAL (
  SELECT max(r.returned_on) AS returned_on FROM payment_instruction e
  JOIN returned_transfer r ON r.instruction_id = e.id AND r.withdrawn_on IS NULL
  WHERE e.batch_id = i.batch_id AND e.household_id = i.household_id AND e.id < i.id) before ON true
"""
SHOWN: Final = "left(regexp_replace(%s, '[\\x01-\\x1f\\x7f]', %s, 'g'), %s)"  # free text: no control characters
# $1 run, $2 today, $3 day of approval.
_CLASSIFY: Final = f"""
CREATE TEMP TABLE return_line ON COMMIT DROP AS
WITH {FILE.read}, spoken AS (
  SELECT line_number, unreadable, instruction_id, state, amount, paid_on,
    trim({SHOWN % ("coalesce(reason, '')", "' '", 200)}) AS reason
  FROM read
), counted AS (
  SELECT *, unreadable IS NULL AND state <> 'paid' AND reason = '' AS reason_missing,
    count(*) FILTER (WHERE state = 'paid' OR reason <> '')
      OVER (PARTITION BY instruction_id, state = 'returned' ORDER BY line_number) AS of_instruction
  FROM spoken
), known AS ({_KNOWN_NOW})
SELECT l.*, CASE WHEN state = 'returned' THEN 'settled_on' ELSE payable_field END AS earlier_field,
  CASE WHEN state = 'returned' THEN transferred_on ELSE payable_on END AS earlier_on,
  CASE
    WHEN l.unreadable IS NOT NULL THEN 'line-malformed'
    WHEN l.reason_missing THEN 'reason-missing'
    WHEN l.of_instruction > 1 THEN 'repeated-in-file'
    WHEN l.run_id IS DISTINCT FROM $1::uuid THEN 'instruction-unknown'
    WHEN l.instructed <> l.amount THEN 'amount-differs'
    WHEN l.settled_as = l.state AND l.settled_on = l.paid_on THEN 'already-recorded'
    WHEN l.settled_as = 'returned' AND l.state = 'paid' AND l.transferred_on = l.paid_on THEN 'already-recorded'
    WHEN l.state = 'returned' AND l.settled_as IN ('sent', 'rejected') THEN 'transfer-not-paid'
    WHEN l.state = 'returned' AND l.doubled THEN 'transfer-doubled'
    WHEN l.settled_as <> CASE l.state WHEN 'returned' THEN 'paid' ELSE 'sent' END THEN 'contradicts'
    WHEN l.paid_on > $2 THEN 'date-in-future'
    WHEN l.paid_on < CASE WHEN state = 'returned' THEN transferred_on ELSE payable_on END THEN 'date-before-step'
  END AS code
FROM known l
"""  # noqa: S608 - our own text
_SETTLE: Final = """
UPDATE payment_instruction i SET state = l.state,
  settled_on = CASE WHEN l.state = 'returned' THEN i.settled_on ELSE l.paid_on END,
  return_file_id = CASE WHEN l.state = 'returned' THEN i.return_file_id ELSE $1 END,
  reason = CASE WHEN l.state = 'rejected' THEN l.reason END
FROM return_line l WHERE i.id = l.instruction_id AND l.code IS NULL
"""
_TAKE_BACK: Final = """
INSERT INTO returned_transfer (id, instruction_id, amount, returned_on, reason, return_file_id, recorded_by)
SELECT uuid7(), instruction_id, amount, paid_on, reason, $1, $2 FROM return_line
WHERE code IS NULL AND state = 'returned'
"""
_SUMS: Final = """
SELECT coalesce(sum(amount) FILTER (WHERE state = 'paid'), 0.00) AS paid,
  coalesce(sum(amount) FILTER (WHERE state = 'returned'), 0.00) AS returned,
  count(*) FILTER (WHERE state = 'returned')::int AS transfers,
  max(paid_on) FILTER (WHERE state = 'returned') AS last_returned_on
FROM return_line WHERE code IS NULL
"""
_LAST_PAID_ON: Final = "SELECT max(settled_on) FROM payment_instruction WHERE batch_id = $1 AND state = 'paid'"


async def classify(conn: Connection, run: Mapping[str, Any], today: date) -> None:
    """Say of each staged line by `code` why it is not taken; null: it is. Leaves the table `return_line`.

    The checks run in a fixed order; the first that fails names the line.
    """
    await conn.execute(_CLASSIFY, run["id"], today, await approved_on(conn, run["batch_id"]))
    await conn.execute("ANALYZE return_line")


async def take_lines(conn: Connection, batch: dict[str, Any], file_id: UUID | None, subject: str) -> None:
    """Settle the instructions of the lines that are taken, and book what was paid and what came back."""
    await conn.execute(_SETTLE, file_id)
    await conn.execute(_TAKE_BACK, file_id, subject)
    sums = await conn.fetchrow(_SUMS)
    if sums["transfers"]:
        came_back = (sums["transfers"], sums["returned"], sums["last_returned_on"])
        await _book_returned(conn, batch, *came_back)
        batch = {**batch, "state": str(BatchState.PAYING)}
    if sums["paid"]:
        await book_whole(conn, batch, sums["paid"])


async def _book_returned(conn: Connection, batch: dict[str, Any], transfers: int, amount: Decimal, on: date) -> None:
    event = SubsidyTransfersReturned(
        batch_id=batch["id"],
        county_code=batch["county_code"],
        transfers=transfers,
        amount=amount,
        last_returned_on=on,
    )
    await book_returned(conn, batch, event)


async def book_whole(conn: Connection, batch: dict[str, Any], amount: Decimal) -> None:
    """Book what was paid, in yuan; a batch that has nobody left to pay is settled on the day of its last payment."""
    complete = await book_paid(conn, batch, amount)
    if complete and batch["state"] == BatchState.PAYING:
        await settle_batch(conn, batch, await conn.fetchval(_LAST_PAID_ON, batch["id"]))
