"""Take a bank's return file: each instruction settles exactly once; what was paid may come back (退汇)."""

import asyncio
import hashlib
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.subsidy.batches.actions.deciding import lock_batch
from services.subsidy.payments.actions.lines import SHOWN, classify, take_lines
from services.subsidy.payments.file import FILE
from services.subsidy.payments.queries import return_file_out, transfers_of, visible_run
from services.subsidy.payments.refusals import PaidToOthers, PaymentFileAltered, refusal_of
from services.subsidy.payments.schemas import ReturnFileOut
from services.subsidy.payments.sheet import digest_of_transfers, is_sheet, returned_sheet, rows_of_others
from shared.access import Principal, Right
from shared.csv_files.staging import stage_file, stage_rows
from shared.db import Connection
from shared.ids import new_id
from shared.pii import PiiCipher

_KNOWN: Final = "SELECT id FROM return_file WHERE run_id = $1 AND sha256 = $2"
_REFUSED: Final = "SELECT * FROM return_line WHERE code <> 'already-recorded' ORDER BY line_number"

# The file's own row comes first, because instructions and refusals point to it; its figures are those of its lines.
_TAKE: Final = f"""
WITH file AS (
  INSERT INTO return_file (id, run_id, sha256, lines, total, paid, amount_paid, rejected, amount_rejected,
    returned, amount_returned, already_recorded, refused, received_by)
  SELECT $1, $2, $3, $4, $5,
    count(*) FILTER (WHERE code IS NULL AND state = 'paid'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'paid'), 0),
    count(*) FILTER (WHERE code IS NULL AND state = 'rejected'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'rejected'), 0),
    count(*) FILTER (WHERE code IS NULL AND state = 'returned'),
    coalesce(sum(amount) FILTER (WHERE code IS NULL AND state = 'returned'), 0),
    count(*) FILTER (WHERE code = 'already-recorded'),
    count(*) FILTER (WHERE code <> 'already-recorded'), $6
  FROM return_line
  RETURNING id
)
INSERT INTO return_file_refusal (file_id, line_number, instruction_id, code, reason)
SELECT file.id, line_number, {SHOWN % ("coalesce(f.instruction_id, '')", "''", 64)}, r.code, r.reason
FROM file CROSS JOIN unnest($7::int[], $8::text[], $9::text[]) AS r (line_number, code, reason)
JOIN {FILE.table} f USING (line_number)
"""  # noqa: S608 - our own text


async def take_return_file(
    conn: Connection,
    officer: Principal,
    cipher: PiiCipher,
    run_id: UUID,
    body: bytes,
    lines: int,
    total: Decimal,
    today: date,
) -> ReturnFileOut:
    """Settle a run's instructions by the paying bank's file; what is wrong in one line is refused beside it.

    The file is the bank's own CSV file, or the run's payment file filled in; `lines` and `total` count what has a
    result.

    A file that was taken before answers what it answered then. No line counts that is dated after today or before the
    step it follows. Households whose money was rejected or came back can be paid by the next run. When the whole batch
    is paid it is settled, and its money counts as paid in the programme; what comes back opens it again.

    Raises:
        PaymentRunUnknown: it does not exist for the officer.
        PaidToOthers: a row names another holder, bank or account than its instruction.
        PaymentFileAltered: the payment file came back with other accounts or amounts.
        FileRefused: nothing was taken, by name (`stage_file`).
    """
    run = await visible_run(conn, officer, run_id)
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_CONFIRM, run["batch_id"])
    digest = hashlib.sha256(body).digest()
    known = await conn.fetchval(_KNOWN, run_id, digest)
    if known is not None:
        return await return_file_out(conn, known)
    if is_sheet(body):
        await _stage_sheet(conn, cipher, run_id, body, lines, total)
    else:
        await stage_file(conn, FILE, body, lines, total)
    await classify(conn, run, today)
    refused = [(row["line_number"], refusal_of(row["code"], row)) for row in await conn.fetch(_REFUSED)]
    file_id = new_id()
    await conn.execute(
        _TAKE,
        *(file_id, run_id, digest, lines, total, officer.subject),
        [line for line, _ in refused],
        [refusal.code for _, refusal in refused],
        [refusal.detail for _, refusal in refused],
    )
    await take_lines(conn, batch, file_id, officer.subject)
    return await return_file_out(conn, file_id)


async def _stage_sheet(
    conn: Connection, cipher: PiiCipher, run_id: UUID, body: bytes, lines: int, total: Decimal
) -> None:
    sheet = await asyncio.to_thread(returned_sheet, body)
    transfers = await transfers_of(conn, cipher, run_id)
    if rows := rows_of_others(sheet, transfers):
        raise PaidToOthers(run_id, rows)
    sent = digest_of_transfers(transfers)
    if sheet.digest is not None and (sheet.digest, sheet.said) != (sent, sent):
        raise PaymentFileAltered(run_id)
    await stage_rows(conn, FILE, sheet.lines, lines, total)
