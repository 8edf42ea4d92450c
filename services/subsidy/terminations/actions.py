"""End a batch that is not paid whole: one person proposes it, another decides (DZ-7, SX-5)."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.subsidy.batches.actions.deciding import lock_batch, return_batch
from services.subsidy.batches.actions.paying import approved_on, record_event, reduce_batch, settle_batch
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.clawbacks.actions.deciding import lock_county
from services.subsidy.payments.actions.closing import close_rest
from services.subsidy.programmes.actions import money as programmes
from services.subsidy.terminations.queries import termination_out
from services.subsidy.terminations.refusals import (
    BatchNotEndable,
    PaymentsUnderWay,
    TerminationDecided,
    TerminationProposed,
    TerminationUnknown,
)
from services.subsidy.terminations.schemas import BatchTerminationDecisionIn, BatchTerminationIn, BatchTerminationOut
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import SubsidyBatchReturned
from shared.ids import new_id
from shared.offices import Step

ENDABLE: Final = {"return": BatchState.APPROVED, "close": BatchState.PAYING}
_PROPOSE: Final = """
INSERT INTO batch_termination (id, batch_id, kind, reason, proposed_on, proposed_by, proposed_as)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_FIND: Final = "SELECT * FROM batch_termination WHERE id = $1"
_DECIDE: Final = """
UPDATE batch_termination SET decision = $2, decided_on = $3, decided_by = $4, decided_as = $5, decided_at = now()
WHERE id = $1
"""
_SENT: Final = "SELECT count(*)::int FROM payment_instruction WHERE batch_id = $1 AND state = 'sent'"
_LAST_ON: Final = """
SELECT max(day) FROM (
  SELECT settled_on AS day FROM payment_instruction WHERE batch_id = $1
  UNION ALL
  SELECT t.returned_on FROM returned_transfer t JOIN payment_instruction i ON i.id = t.instruction_id
  WHERE i.batch_id = $1) d
"""


async def propose_termination(
    conn: Connection, officer: Principal, batch_id: UUID, body: BatchTerminationIn
) -> BatchTerminationOut:
    """Propose to return an approved batch, or to close what of it cannot be paid.

    Raises:
        BatchUnknown, OtherOffice, BatchNotEndable, PaymentsUnderWay, DateBeforeStep.
        TerminationProposed: another termination of the batch waits for its decision.
    """
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_REVIEW, batch_id)
    office = await acting_in(conn, officer, Step.SUBSIDY_REVIEW, batch["county_code"], body.proposed_on)
    await _ensure_endable(conn, batch, body.kind)
    ensure_not_before("proposed_on", body.proposed_on, "approved_on", await approved_on(conn, batch_id))
    termination_id = new_id()
    values = (body.kind, body.reason, body.proposed_on, officer.subject, str(office))
    try:
        async with conn.transaction():
            await conn.execute(_PROPOSE, termination_id, batch_id, *values)
    except asyncpg.UniqueViolationError:
        raise TerminationProposed(batch_id) from None
    return await termination_out(conn, termination_id)


async def decide_termination(
    conn: Connection, officer: Principal, termination_id: UUID, body: BatchTerminationDecisionIn
) -> BatchTerminationOut:
    """Decide a proposed termination; another person than who proposed it.

    Raises:
        TerminationUnknown, OtherOffice, TerminationDecided, MakerIsChecker, DateBeforeStep.
        BatchNotEndable, PaymentsUnderWay: the batch went on meanwhile.
    """
    found = await conn.fetchrow(_FIND, termination_id)
    if found is None:
        raise TerminationUnknown(termination_id)
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_APPROVE, found["batch_id"])
    termination = await conn.fetchrow(_FIND, termination_id)
    office = await acting_in(conn, officer, Step.SUBSIDY_APPROVAL, batch["county_code"], body.decided_on)
    if termination["decision"] is not None:
        raise TerminationDecided(termination_id, termination["decided_on"])
    if termination["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", termination["proposed_on"])
    await conn.execute(_DECIDE, termination_id, body.decision, body.decided_on, officer.subject, str(office))
    if body.decision == "approve":
        await _ensure_endable(conn, batch, termination["kind"])
        end = _return if termination["kind"] == "return" else _close
        await end(conn, batch, termination_id, body.decided_on)
    return await termination_out(conn, termination_id)


async def _ensure_endable(conn: Connection, batch: dict[str, Any], kind: str) -> None:
    if batch["state"] != ENDABLE[kind]:
        raise BatchNotEndable(batch["id"], kind, batch["state"])
    sent = await conn.fetchval(_SENT, batch["id"])
    if sent:
        raise PaymentsUnderWay(batch["id"], sent)


async def _return(conn: Connection, batch: dict[str, Any], _termination_id: UUID, on: date) -> None:
    """Give the batch's money back to its programme and its interest to a batch that is prepared anew."""
    await return_batch(conn, batch["id"])
    await programmes.release(conn, batch["programme_id"], batch["amount"])
    event = SubsidyBatchReturned(
        batch_id=batch["id"], county_code=batch["county_code"], amount=batch["amount"], returned_on=on
    )
    await record_event(conn, batch, event)


async def _close(conn: Connection, batch: dict[str, Any], termination_id: UUID, on: date) -> None:
    """Let what is unpaid be paid by no later run; a later batch supplements what is still due."""
    last_on = await conn.fetchval(_LAST_ON, batch["id"])
    if last_on is not None:
        ensure_not_before("decided_on", on, "settled_on", last_on)
    await lock_county(conn, batch["county_code"])
    closed = await close_rest(conn, batch["id"], termination_id)
    if await reduce_batch(conn, batch, closed):
        await settle_batch(conn, batch, on)
