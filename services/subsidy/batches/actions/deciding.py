"""Review and approve a batch, and close it when everything is paid."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.paying import record_event, settle_batch
from services.subsidy.batches.actions.preparing import LINES_HASH
from services.subsidy.batches.actions.recomputing import ensure_unchanged
from services.subsidy.batches.queries import get_batch
from services.subsidy.batches.refusals import BatchAltered, BatchUnknown
from services.subsidy.batches.rules import states
from services.subsidy.batches.rules.states import BatchState, Decision, Step
from services.subsidy.batches.schemas import ApprovalIn, BatchOut, ReviewIn
from services.subsidy.clawbacks.actions import deciding as clawbacks
from services.subsidy.programmes.actions import money as programmes
from shared import offices
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.subsidy import SubsidyBatchApproved
from shared.ids import new_id
from shared.scope import Scope

_LOCK: Final = "SELECT * FROM subsidy_batch WHERE id = $1 AND county_code ^@ ANY ($2::text[]) FOR UPDATE"
_ACTED: Final = "SELECT decided_by, decided_on FROM batch_decision WHERE batch_id = $1"
_DAY_OF: Final[dict[Step, str]] = {"review": "reviewed_on", "approval": "approved_on"}
_WHOSE: Final = {"review": offices.Step.SUBSIDY_REVIEW, "approval": offices.Step.SUBSIDY_APPROVAL}
_DECIDE: Final = """
INSERT INTO batch_decision (id, batch_id, step, decision, note, decided_on, decided_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_MOVE: Final = "UPDATE subsidy_batch SET state = $2 WHERE id = $1"
_FREE_LINES: Final = "UPDATE subsidy_line SET live = false WHERE batch_id = $1"


async def lock_batch(conn: Connection, officer: Principal, right: Right, batch_id: UUID) -> dict[str, Any]:
    """Return a batch's row, locked until the transaction ends.

    Raises:
        BatchUnknown: it does not exist in the officer's region.
    """
    row = await conn.fetchrow(_LOCK, batch_id, officer.regions_for(right))
    if row is None:
        raise BatchUnknown(batch_id)
    return dict(row)


async def review_batch(conn: Connection, officer: Principal, batch_id: UUID, body: ReviewIn) -> BatchOut:
    """Pass a prepared batch on to the approver, or return it.

    Raises:
        BatchUnknown, OtherOffice, BatchInWrongState, MakerIsChecker, DateBeforeStep, BatchAltered, LinesTooHigh,
        LinesTooLow.
    """
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_REVIEW, batch_id)
    await _decide(conn, officer, batch, "review", body.decision, body.note, body.reviewed_on)
    return await get_batch(conn, Scope.within([batch["county_code"]]), batch_id)


async def approve_batch(conn: Connection, officer: Principal, batch_id: UUID, body: ApprovalIn) -> BatchOut:
    """Commit the programme's money to a reviewed batch, or return it. A batch of nothing is settled at once.

    Raises:
        BatchUnknown, OtherOffice, BatchInWrongState, MakerIsChecker, DateBeforeStep, BatchAltered, LinesTooHigh,
        LinesTooLow, BudgetExceeded, ProgrammeUnconfirmed, ProgrammeClosed.
    """
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_APPROVE, batch_id)
    await _decide(conn, officer, batch, "approval", body.decision, body.note, body.approved_on)
    if body.decision == "approve":
        await programmes.commit(conn, batch["programme_id"], batch["amount"])
        approved = SubsidyBatchApproved(
            batch_id=batch_id,
            county_code=batch["county_code"],
            period_from=batch["period_from"],
            period_until=batch["period_until"],
            lines=batch["lines"],
            amount=batch["amount"],
            approved_on=body.approved_on,
        )
        await record_event(conn, batch, approved)
        if not batch["amount"]:
            await settle_batch(conn, batch, body.approved_on)
    return await get_batch(conn, Scope.within([batch["county_code"]]), batch_id)


async def _decide(
    conn: Connection, officer: Principal, batch: dict[str, Any], step: Step, decision: Decision, note: str, on: date
) -> None:
    office = await acting_in(conn, officer, _WHOSE[step], batch["county_code"], on)
    moved = states.next_state(batch["id"], batch["state"], step, decision)
    acted = await conn.fetch(_ACTED, batch["id"])
    states.ensure_other_person(officer.subject, [batch["prepared_by"], *(row["decided_by"] for row in acted)])
    ensure_not_before(_DAY_OF[step], on, "prepared_on", batch["prepared_on"])
    for earlier in acted:
        ensure_not_before(_DAY_OF[step], on, "reviewed_on", earlier["decided_on"])
    if decision == "approve" and await conn.fetchval(LINES_HASH, batch["id"]) != batch["lines_hash"]:
        raise BatchAltered(batch["id"])
    if decision == "approve":
        await ensure_unchanged(conn, batch, on)
    await conn.execute(_DECIDE, new_id(), batch["id"], step, decision, note, on, officer.subject, str(office))
    await conn.execute(_MOVE, batch["id"], moved)
    if moved is BatchState.RETURNED:
        await free_lines(conn, batch["id"])


async def return_batch(conn: Connection, batch_id: UUID) -> None:
    """Take an approved batch back, as two persons decided: its interest may come into another one."""
    await conn.execute(_MOVE, batch_id, BatchState.RETURNED)
    await free_lines(conn, batch_id)


async def free_lines(conn: Connection, batch_id: UUID) -> None:
    """Let the interest of a returned batch's lines come into another one, and what it offset be owed again."""
    await clawbacks.owe_again(conn, batch_id)
    await conn.execute(_FREE_LINES, batch_id)
