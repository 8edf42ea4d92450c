"""Take a bank's return file: each instruction settles exactly once, as paid or as rejected."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.deciding import approved_on, book_paid, lock_batch, settle_batch
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.payments.file import FILE
from services.subsidy.payments.queries import return_file_out, visible_run
from services.subsidy.payments.refusals import refusal_of
from services.subsidy.payments.schemas import ReturnFileOut
from shared.access import Principal, Right
from shared.csv_files.staging import stage_file
from shared.db import Connection
from shared.ids import new_id

_KNOWN: Final = "SELECT id FROM return_file WHERE run_id = $1 AND sha256 = $2"
_SHOWN: Final = "left(regexp_replace(%s, '[\\x01-\\x1f\\x7f]', %s, 'g'), %s)"  # free text: no control characters
# $1 run, $2 today, $3 day of approval. The checks run in this order; the first that fails names the line.
_CLASSIFY: Final = f"""
CREATE TEMP TABLE return_line ON COMMIT DROP AS
WITH {FILE.read}, spoken AS (
  SELECT line_number, unreadable, instruction_id, state, amount, paid_on,
    trim({_SHOWN % ("coalesce(reason, '')", "' '", 200)}) AS reason
  FROM read
), counted AS (
  SELECT *, unreadable IS NULL AND state = 'rejected' AND reason = '' AS reason_missing,
    count(*) FILTER (WHERE state = 'paid' OR reason <> '')
      OVER (PARTITION BY instruction_id ORDER BY line_number) AS of_instruction
  FROM spoken
)
SELECT l.*, i.amount AS instructed, i.state AS settled_as, i.settled_on, $2::date AS today, $3::date AS approved_on,
  CASE
    WHEN l.unreadable IS NOT NULL THEN 'line-malformed'
    WHEN l.reason_missing THEN 'reason-missing'
    WHEN l.of_instruction > 1 THEN 'repeated-in-file'
    WHEN i.run_id IS DISTINCT FROM $1::uuid THEN 'instruction-unknown'
    WHEN i.amount <> l.amount THEN 'amount-differs'
    WHEN i.state = l.state AND i.settled_on = l.paid_on THEN 'already-recorded'
    WHEN i.state <> 'sent' THEN 'contradicts'
    WHEN l.paid_on > $2 THEN 'date-in-future'
    WHEN l.paid_on < $3 THEN 'date-before-step'
  END AS code
FROM counted l LEFT JOIN payment_instruction i ON i.id = l.instruction_id
"""  # noqa: S608 - our own text
_REFUSED: Final = "SELECT * FROM return_line WHERE code <> 'already-recorded' ORDER BY line_number"

# The file's own row comes first, because instructions and refusals point to it; its figures are those of its lines.
_TAKE: Final = f"""
WITH file AS (
  INSERT INTO return_file (id, run_id, sha256, lines, total, paid, amount_paid, rejected, amount_rejected,
    already_recorded, refused, received_by)
  SELECT $1, $2, $3, $4, $5,
    count(*) FILTER (WHERE code IS NULL AND state = 'paid'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'paid'), 0),
    count(*) FILTER (WHERE code IS NULL AND state = 'rejected'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'rejected'), 0),
    count(*) FILTER (WHERE code = 'already-recorded'),
    count(*) FILTER (WHERE code <> 'already-recorded'), $6
  FROM return_line
  RETURNING id, amount_paid
), settled AS (
  UPDATE payment_instruction i SET state = l.state, settled_on = l.paid_on, return_file_id = $1,
    reason = CASE WHEN l.state = 'rejected' THEN l.reason END
  FROM return_line l WHERE i.id = l.instruction_id AND l.code IS NULL AND i.state = 'sent'
), refused AS (
  INSERT INTO return_file_refusal (file_id, line_number, instruction_id, code, reason)
  SELECT $1, line_number, {_SHOWN % ("coalesce(f.instruction_id, '')", "''", 64)}, r.code, r.reason
  FROM unnest($7::int[], $8::text[], $9::text[]) AS r (line_number, code, reason)
  JOIN {FILE.table} f USING (line_number)
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
        FileRefused: nothing was taken, by name (`stage_file`).
    """
    run = await visible_run(conn, officer, run_id)
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_CONFIRM, run["batch_id"])
    digest = hashlib.sha256(body).digest()
    known = await conn.fetchval(_KNOWN, run_id, digest)
    if known is not None:
        return await return_file_out(conn, known)
    await stage_file(conn, FILE, body, lines, total)
    await conn.execute(_CLASSIFY, run_id, today, await approved_on(conn, batch["id"]))
    await conn.execute("ANALYZE return_line")
    refused = [(row["line_number"], refusal_of(row["code"], row)) for row in await conn.fetch(_REFUSED)]
    file_id = new_id()
    taken = await conn.fetchrow(
        _TAKE,
        *(file_id, run_id, digest, lines, total, officer.subject),
        [line for line, _ in refused],
        [refusal.code for _, refusal in refused],
        [refusal.detail for _, refusal in refused],
    )
    if taken["amount_paid"]:
        await _book(conn, batch, taken["amount_paid"])
    return await return_file_out(conn, file_id)


async def _book(conn: Connection, batch: dict[str, Any], amount: Decimal) -> None:
    complete = await book_paid(conn, batch, amount)
    if complete and batch["state"] == BatchState.PAYING:
        await settle_batch(conn, batch, await conn.fetchval(_LAST_PAID_ON, batch["id"]))
