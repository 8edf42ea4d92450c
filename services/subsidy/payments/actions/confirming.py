"""Take a bank's return file: each instruction settles exactly once, as paid or as rejected."""

import asyncio
import hashlib
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.deciding import approved_on, book_paid, lock_batch, settle_batch
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.payments.queries import return_file_out, visible_run
from services.subsidy.payments.return_lines import ReturnLines, read_return_file
from services.subsidy.payments.schemas import ReturnFileOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id

_KNOWN: Final = "SELECT id FROM return_file WHERE run_id = $1 AND sha256 = $2"
_CLASSIFIED: Final = """
classified AS MATERIALIZED (
  SELECT line.*,
    CASE
      WHEN i.run_id IS DISTINCT FROM $1 THEN 'instruction-unknown'
      WHEN i.amount <> line.amount THEN 'amount-differs'
      WHEN i.state = line.state AND i.settled_on = line.paid_on THEN 'already-recorded'
      WHEN i.state <> 'sent' THEN 'contradicts'
      WHEN line.paid_on > $17 THEN 'date-in-future'
      WHEN line.paid_on < $18 THEN 'date-before-step'
    END AS code,
    CASE
      WHEN i.run_id IS DISTINCT FROM $1 THEN 'this run has no such instruction'
      WHEN i.amount <> line.amount THEN 'the instruction is over ' || i.amount || ' yuan, not ' || line.amount
      WHEN i.state <> 'sent' THEN 'it was recorded before as ' || i.state || ' on ' || i.settled_on
      WHEN line.paid_on > $17 THEN 'paid_on ' || line.paid_on || ' lies after today, ' || $17::date
      WHEN line.paid_on < $18 THEN 'paid_on ' || line.paid_on || ' lies before the approval on ' || $18::date
    END AS explanation
  FROM unnest($2::int[], $3::uuid[], $4::text[], $5::numeric[], $6::date[], $7::text[])
    AS line (line_number, instruction_id, state, amount, paid_on, reason)
  LEFT JOIN payment_instruction i ON i.id = line.instruction_id
)"""

# The file's own row comes first, because instructions and refusals point to it; its figures are those of `classified`.
_TAKE: Final = f"""
WITH {_CLASSIFIED.strip()}, file AS (
  INSERT INTO return_file (id, run_id, sha256, lines, total, paid, amount_paid, rejected, amount_rejected,
    already_recorded, refused, received_by)
  SELECT $8, $1, $9, $10, $11,
    count(*) FILTER (WHERE code IS NULL AND state = 'paid'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'paid'), 0),
    count(*) FILTER (WHERE code IS NULL AND state = 'rejected'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'rejected'), 0),
    count(*) FILTER (WHERE code = 'already-recorded'),
    count(*) FILTER (WHERE code <> 'already-recorded') + cardinality($12::int[]), $13
  FROM classified
  RETURNING id, amount_paid
), settled AS (
  UPDATE payment_instruction i SET state = c.state, settled_on = c.paid_on, return_file_id = $8,
    reason = CASE WHEN c.state = 'rejected' THEN c.reason END
  FROM classified c WHERE i.id = c.instruction_id AND c.code IS NULL AND i.state = 'sent'
), refused AS (
  INSERT INTO return_file_refusal (file_id, line_number, instruction_id, code, reason)
  SELECT $8, line_number, instruction_id::text, code, explanation FROM classified WHERE code <> 'already-recorded'
  UNION ALL
  SELECT $8, f.* FROM unnest($12::int[], $14::text[], $15::text[], $16::text[])
    AS f (line_number, instruction_id, code, reason)
)
SELECT amount_paid FROM file
"""  # noqa: S608 - our own text
_LAST_PAID_ON: Final = "SELECT max(settled_on) FROM payment_instruction WHERE batch_id = $1 AND state = 'paid'"


async def take_return_file(
    conn: Connection, officer: Principal, run_id: UUID, body: bytes, lines: int, total: Decimal, today: date
) -> ReturnFileOut:
    """Settle a run's instructions by the paying bank's file; what is wrong in one line is refused beside it.

    A file that was taken before answers what it answered then. No line counts that is dated after today or before the
    batch was approved. Rejected households can be paid by the next run. When
    the whole batch is paid it is settled, and its money counts as paid in the programme.

    Raises:
        PaymentRunUnknown: it does not exist for the officer.
        ReturnFileUnreadable, ReturnFileHeaderUnknown, ReturnFileTotalsDiffer: nothing was taken.
    """
    run = await visible_run(conn, officer, run_id)
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_CONFIRM, run["batch_id"])
    digest = hashlib.sha256(body).digest()
    known = await conn.fetchval(_KNOWN, run_id, digest)
    if known is not None:
        return await return_file_out(conn, known)
    found = await asyncio.to_thread(read_return_file, body, lines, total)
    file_id = new_id()
    arguments = _arguments(found, file_id, digest, lines, total, officer)
    taken = await conn.fetchrow(_TAKE, run_id, *arguments, today, await approved_on(conn, batch["id"]))
    if taken["amount_paid"]:
        await _book(conn, batch, taken["amount_paid"])
    return await return_file_out(conn, file_id)


def _arguments(
    found: ReturnLines, file_id: UUID, digest: bytes, lines: int, total: Decimal, officer: Principal
) -> tuple[Any, ...]:
    return (
        [line.line_number for line in found.lines],
        [line.instruction_id for line in found.lines],
        [line.state for line in found.lines],
        [line.amount for line in found.lines],
        [line.paid_on for line in found.lines],
        [line.reason for line in found.lines],
        file_id,
        digest,
        lines,
        total,
        [line.line_number for line in found.faulty],
        officer.subject,
        [line.instruction_id for line in found.faulty],
        [line.code for line in found.faulty],
        [line.reason for line in found.faulty],
    )


async def _book(conn: Connection, batch: dict[str, Any], amount: Decimal) -> None:
    complete = await book_paid(conn, batch, amount)
    if complete and batch["state"] == BatchState.PAYING:
        await settle_batch(conn, batch, await conn.fetchval(_LAST_PAID_ON, batch["id"]))
