"""A single transfer that came back after it had been confirmed as paid (退汇), and a notice of one that was wrong."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.deciding import lock_batch
from services.subsidy.batches.actions.paying import record_event, restore_batch
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.clawbacks.actions.deciding import lock_county
from services.subsidy.payments.actions.lines import book_whole, classify, take_lines
from services.subsidy.payments.file import FILE
from services.subsidy.payments.queries import OWED, returned_transfer_out, visible_run
from services.subsidy.payments.refusals import (
    InstructionUnknown,
    ReturnedTransferUnknown,
    ReturnOvertaken,
    ReturnWithdrawn,
    refusal_of,
)
from services.subsidy.payments.schemas import ReturnedTransferIn, ReturnedTransferOut, ReturnWithdrawalIn
from shared.access import Principal, Right
from shared.csv_files.staging import stage_line
from shared.dates import DateBeforeStep, ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import SubsidyReturnWithdrawn

_RUN_OF: Final = "SELECT run_id FROM payment_instruction WHERE id = $1"
_LINE: Final = "SELECT * FROM return_line"
_HOLDS: Final = "SELECT id FROM returned_transfer WHERE instruction_id = $1 AND withdrawn_on IS NULL"
_NOTICE: Final = """
SELECT t.*, i.run_id, i.batch_id, i.household_id
FROM returned_transfer t JOIN payment_instruction i ON i.id = t.instruction_id WHERE t.id = $1
"""
# Nothing was sent to the household since, and it is still owed what came back.
_STILL_OWED: Final = f"""
SELECT NOT EXISTS (SELECT FROM payment_instruction WHERE batch_id = $1 AND household_id = $2
    AND state IN ('sent', 'paid'))
  AND $3 = coalesce((SELECT amount FROM ({OWED}) o WHERE household_id = $2), 0)
"""  # noqa: S608 - our own text
# The household's rest was closed meanwhile, nothing was sent to it since and no later batch gives it the same: what was
# closed is owed again. $3 the transfer, $4 its amount.
_REOPEN: Final = """
WITH closed AS (
  SELECT l.id, l.loan_id, l.repayment_id, l.installment_number, sum(r.amount) AS amount
  FROM subsidy_line l JOIN payment_reduction r ON r.line_id = l.id AND r.run_id IS NULL
  WHERE l.batch_id = $1 AND l.household_id = $2 GROUP BY l.id HAVING sum(r.amount) > 0
), added AS (
  INSERT INTO payment_reduction (id, withdrawn_return_id, line_id, loan_id, amount)
  SELECT uuid7(), $3, id, loan_id, -amount FROM closed
  WHERE $4 = (SELECT sum(amount) FROM closed)
    AND NOT EXISTS (SELECT FROM payment_instruction i WHERE i.batch_id = $1 AND i.household_id = $2
      AND i.state IN ('sent', 'paid'))
    AND NOT EXISTS (SELECT FROM closed c JOIN subsidy_line s ON s.repayment_id = c.repayment_id
      AND s.installment_number = c.installment_number AND s.live AND s.batch_id > $1)
  RETURNING amount
)
SELECT count(*) > 0 FROM added
"""
_WITHDRAW: Final = """
UPDATE returned_transfer SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4, withdrawn_at = now()
WHERE id = $1
"""
_PAID_AFTER_ALL: Final = "UPDATE payment_instruction SET state = 'paid' WHERE id = $1"


async def take_back(
    conn: Connection, officer: Principal, instruction_id: UUID, body: ReturnedTransferIn, today: date
) -> ReturnedTransferOut:
    """Record that a transfer came back: its household is unpaid, and its money is to be paid again.

    The same notice sent again answers the same.

    Raises:
        InstructionUnknown: it does not exist for the officer.
        TransferNotPaid, AmountDiffers, InstructionSettled, DateBeforeStep: what a line of a file is refused for.
    """
    run_id = await conn.fetchval(_RUN_OF, instruction_id)
    if run_id is None:
        raise InstructionUnknown({"instruction_id": instruction_id})
    run = await visible_run(conn, officer, run_id)
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_CONFIRM, run["batch_id"])
    values = (str(instruction_id), "returned", f"{body.amount:.2f}", body.returned_on.isoformat(), body.reason)
    await stage_line(conn, FILE, values)
    await classify(conn, run, today)
    line = await conn.fetchrow(_LINE)
    if line["code"] is None:
        await take_lines(conn, batch, None, officer.subject)
    elif line["code"] != "already-recorded":
        if line["code"] == DateBeforeStep.code:
            raise DateBeforeStep("returned_on", body.returned_on, line["earlier_field"], line["earlier_on"])
        raise refusal_of(line["code"], line)
    return await returned_transfer_out(conn, await conn.fetchval(_HOLDS, instruction_id))


async def withdraw_return(
    conn: Connection, officer: Principal, transfer_id: UUID, body: ReturnWithdrawalIn
) -> ReturnedTransferOut:
    """Take back a wrong notice: the household was paid after all. Another person than who recorded it.

    Raises:
        ReturnedTransferUnknown: it does not exist for the officer.
        ReturnWithdrawn: somebody withdrew it before.
        MakerIsChecker, DateBeforeStep.
        ReturnOvertaken: the household was sent money again, is owed another amount, or a later batch gives it the same.
        BudgetExceeded: its rest was closed, and the programme has spent the money elsewhere.
    """
    notice = await conn.fetchrow(_NOTICE, transfer_id)
    if notice is None:
        raise ReturnedTransferUnknown(transfer_id)
    await visible_run(conn, officer, notice["run_id"])
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_CONFIRM, notice["batch_id"])
    notice = await conn.fetchrow(_NOTICE, transfer_id)
    if notice["withdrawn_on"] is not None:
        raise ReturnWithdrawn(transfer_id, notice["withdrawn_on"])
    if notice["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "returned_on", notice["returned_on"])
    batch = await _owing_again(conn, batch, notice)
    await conn.execute(_WITHDRAW, transfer_id, body.withdrawn_on, officer.subject, body.reason)
    await conn.execute(_PAID_AFTER_ALL, notice["instruction_id"])
    await record_event(conn, batch, _withdrawn(batch, notice, body))
    await book_whole(conn, batch, notice["amount"])
    return await returned_transfer_out(conn, transfer_id)


async def _owing_again(conn: Connection, batch: dict[str, Any], notice: Any) -> dict[str, Any]:
    """Return the batch as it owes the household what the notice says, a rest that was closed taken back."""
    household = (notice["batch_id"], notice["household_id"])
    if await conn.fetchval(_STILL_OWED, *household, notice["amount"]):
        return batch
    await lock_county(conn, batch["county_code"])
    if not await conn.fetchval(_REOPEN, *household, notice["id"], notice["amount"]):
        raise ReturnOvertaken(notice["id"])
    await restore_batch(conn, batch, notice["amount"])
    return {**batch, "state": str(BatchState.PAYING)}


def _withdrawn(batch: dict[str, Any], notice: Any, body: ReturnWithdrawalIn) -> SubsidyReturnWithdrawn:
    return SubsidyReturnWithdrawn(
        batch_id=batch["id"],
        county_code=batch["county_code"],
        amount=notice["amount"],
        withdrawn_on=body.withdrawn_on,
    )
