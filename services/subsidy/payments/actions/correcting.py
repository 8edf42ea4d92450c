"""A transfer that was recorded as rejected and had been paid: one person proposes to correct it, another decides."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.deciding import lock_batch
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.clawbacks.actions.deciding import lock_county
from services.subsidy.clawbacks.actions.doubling import owe_second_payment
from services.subsidy.payments.actions.lines import book_whole
from services.subsidy.payments.queries import OWED, visible_run
from services.subsidy.payments.refusals import InstructionUnknown, TransferNotRejected, TransferUnderWay
from services.subsidy.payments.schemas import RejectionCorrectionIn
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut, Subject
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_INSTRUCTION: Final = """
SELECT i.*, r.paid_on AS planned_on, b.county_code FROM payment_instruction i
JOIN payment_run r ON r.id = i.run_id JOIN subsidy_batch b ON b.id = i.batch_id WHERE i.id = $1
"""
# The later transfer to the household, and what the batch still owes it.
_SINCE: Final = f"""
SELECT (SELECT state FROM payment_instruction
    WHERE batch_id = $1 AND household_id = $2 AND state IN ('sent', 'paid')) AS later,
  (SELECT amount FROM ({OWED}) o WHERE household_id = $2) AS owed
"""  # noqa: S608 - our own text
_PAID: Final = "UPDATE payment_instruction SET state = $2, settled_on = $3, reason = NULL WHERE id = $1"
# Whose word of the bank two persons are looking at: nobody pays it meanwhile.
_IN_DOUBT: Final = """
SELECT i.household_id, r.id FROM reversal r JOIN payment_instruction i ON i.id = r.subject_id
WHERE i.batch_id = $1 AND r.subject = 'rejected_transfer' AND r.state = 'proposed'
"""


async def lock_rejected(conn: Connection, officer: Principal, right: Right, instruction_id: UUID) -> dict[str, Any]:
    """Return an instruction that stands as rejected, with its batch locked.

    Raises:
        InstructionUnknown, PaymentRunUnknown, BatchUnknown: it does not exist for the officer.
        TransferNotRejected: the bank said something else of it.
        TransferUnderWay: its household was sent the money again, and the bank has not answered yet.
    """
    found = await conn.fetchrow(_INSTRUCTION, instruction_id)
    if found is None:
        raise InstructionUnknown({"instruction_id": instruction_id})
    await visible_run(conn, officer, found["run_id"])
    batch = await lock_batch(conn, officer, right, found["batch_id"])
    row: Any = await conn.fetchrow(_INSTRUCTION, instruction_id)
    if row["state"] != "rejected":
        raise TransferNotRejected(instruction_id, row["state"])
    since: Any = await conn.fetchrow(_SINCE, row["batch_id"], row["household_id"])
    if since["later"] == "sent":
        raise TransferUnderWay(instruction_id)
    return {**dict(row), "batch": batch, "later": since["later"], "owed": since["owed"]}


async def propose_correction(
    conn: Connection, officer: Principal, instruction_id: UUID, body: RejectionCorrectionIn
) -> ReversalOut:
    """Propose that a transfer recorded as rejected was paid; until it is decided no run pays its household.

    Raises:
        InstructionUnknown, PaymentRunUnknown, BatchUnknown, TransferNotRejected, TransferUnderWay, ReversalProposed.
        DateBeforeStep: it was paid before it was sent.
    """
    found = await lock_rejected(conn, officer, Right.SUBSIDIES_CONFIRM, instruction_id)
    ensure_not_before("paid_on", body.paid_on, "planned_on", found["planned_on"])
    ensure_not_before("proposed_on", body.proposed_on, "paid_on", body.paid_on)
    wrong = Wrong(
        Subject.REJECTED_TRANSFER,
        instruction_id,
        found["county_code"],
        amount=found["amount"],
        reference=body.bank_reference,
        happened_on=body.paid_on,
    )
    why = ReversalIn(reason=body.reason, document=body.document, proposed_on=body.proposed_on)
    return await propose(conn, officer, wrong, why)


async def accept_paid(conn: Connection, found: dict[str, Any], proposal: dict[str, Any], by: str, on: date) -> None:
    """Count a transfer as paid after all; one that the household was not owed any more it owes back (DZ-7).

    It is owed back where the household was paid again, its rest was closed or its line was lowered meanwhile. The
    programme pays once: what went out twice is no part of it, and neither is what comes back of it.
    """
    is_owed = found["later"] is None and found["owed"] == found["amount"]
    await conn.execute(_PAID, found["id"], "paid" if is_owed else "doubled", proposal["happened_on"])
    if not is_owed:
        await owe_second_payment(conn, found, proposal, by, on)
        return
    amount: Decimal = found["amount"]
    await lock_county(conn, found["county_code"])
    await book_whole(conn, {**found["batch"], "state": str(BatchState.PAYING)}, amount)


async def households_in_doubt(conn: Connection, batch_id: UUID) -> dict[UUID, UUID]:
    """Return whom a batch pays nothing while it is being looked into whether they were paid, each with the proposal."""
    return {row["household_id"]: row["id"] for row in await conn.fetch(_IN_DOUBT, batch_id)}
