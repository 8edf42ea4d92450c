"""Take a violating project's money back, or move the project: proposed by the township, decided by the county."""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.actions.money import ensure_takeable, free_rest, take_in
from services.subsidy.projects.actions.recording import lock_project
from services.subsidy.projects.actions.stopping import move_project, stop_project
from services.subsidy.projects.refusals import AboveWhatWasPaid
from services.subsidy.projects.rules.life import ProjectState
from services.subsidy.supervision.queries import get_measure
from services.subsidy.supervision.refusals import (
    FindingUnknown,
    MeasureIncomplete,
    MeasureInWrongState,
    MeasureUnknown,
    ProjectNotRunning,
    ReceiptBookedBefore,
)
from services.subsidy.supervision.schemas import (
    ProjectMeasureDecisionIn,
    ProjectMeasureIn,
    ProjectMeasureOut,
    ProjectReceiptIn,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker, OutsideRegion
from shared.ids import new_id

RUNNING: Final = frozenset(
    {
        ProjectState.APPROVED,
        ProjectState.UNDER_WAY,
        ProjectState.COMPLETED,
        ProjectState.ACCEPTED,
        ProjectState.CLAIMED,
        ProjectState.REIMBURSED,
    }
)
_FINDING: Final = "SELECT found_on FROM project_finding WHERE id = $1 AND project_id = $2"
_PROPOSE: Final = """
INSERT INTO project_measure (id, project_id, finding_id, kind, reason, amount, due_on, new_region_code, entity_code,
  entity_name, proposed_by, proposed_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (project_id) WHERE state = 'proposed' DO NOTHING RETURNING id
"""
_PROJECT_OF: Final = "SELECT project_id FROM project_measure WHERE id = $1"
_LOCK: Final = "SELECT * FROM project_measure WHERE id = $1 FOR UPDATE"
_DECIDE: Final = "UPDATE project_measure SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1"
_RECEIVE: Final = """
INSERT INTO project_receipt (id, measure_id, amount, bank_reference, received_on, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bank_reference) WHERE reversed_on IS NULL DO NOTHING RETURNING id
"""
_PART: Final = "INSERT INTO project_receipt_part (receipt_id, programme_id, amount) VALUES ($1, $2, $3)"


async def propose_measure(
    conn: Connection, officer: Principal, project_id: UUID, body: ProjectMeasureIn
) -> ProjectMeasureOut:
    """Propose to take a violating project's money back, or to move it, because of a finding (ZJ-3(b)).

    Raises:
        ProjectUnknown, FindingUnknown, MeasureIncomplete, ProjectNotRunning, DateBeforeStep, OutsideRegion.
        AboveWhatWasPaid: less was paid to the project.
        MeasureInWrongState: another one waits for its decision.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_RUN, project_id)
    _ensure_whole(body)
    found_on = await conn.fetchval(_FINDING, body.finding_id, project_id)
    if found_on is None:
        raise FindingUnknown(body.finding_id)
    ensure_not_before("proposed_on", body.proposed_on, "found_on", found_on)
    await _ensure_possible(conn, project, body.amount, body.new_region_code)
    measure_id = new_id()
    where = body.new_region_code, body.entity_code, body.entity_name
    proposed = await conn.fetchval(
        _PROPOSE,
        *(measure_id, project_id, body.finding_id, body.kind, body.reason, body.amount, body.due_on, *where),
        *(officer.subject, body.proposed_on),
    )
    if proposed is None:
        raise MeasureInWrongState("proposed")
    return await get_measure(conn, [project["region_code"]], measure_id)


def _ensure_whole(body: ProjectMeasureIn) -> None:
    is_take_back = body.kind == "take_back"
    money = body.amount is not None, body.due_on is not None
    entity = body.entity_code is not None, body.entity_name is not None
    moves = body.new_region_code is not None or any(entity)
    if money != (is_take_back, is_take_back) or entity[0] != entity[1] or moves == is_take_back:
        raise MeasureIncomplete


async def _ensure_possible(
    conn: Connection, project: dict[str, Any], amount: Decimal | None, region_code: str | None
) -> None:
    taken_from = {*RUNNING, ProjectState.STOPPED} if amount is not None else RUNNING
    if project["state"] not in taken_from:
        raise ProjectNotRunning(project["state"])
    if region_code is not None and not region_code.startswith(project["county_code"]):
        raise OutsideRegion(region_code)
    if amount is not None:
        await ensure_takeable(conn, project["id"], amount)


async def decide_measure(
    conn: Connection, officer: Principal, measure_id: UUID, body: ProjectMeasureDecisionIn
) -> ProjectMeasureOut:
    """Approve a measure, or refuse it: a take-back stops the project and frees what is left of its money (ZJ-3(b)).

    Raises:
        MeasureUnknown, ProjectUnknown, MeasureInWrongState, MakerIsChecker, DateBeforeStep.
        ProjectNotRunning, AboveWhatWasPaid: things changed since it was proposed.
    """
    project, row = await lock_measure(conn, officer, Right.PROJECTS_APPROVE, measure_id)
    if row["state"] != "proposed":
        raise MeasureInWrongState(row["state"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    approved = body.decision == "approve"
    state = "approved" if approved else "refused"
    if approved:
        await _ensure_possible(conn, project, row["amount"], row["new_region_code"])
    await conn.execute(_DECIDE, measure_id, state, officer.subject, body.decided_on)
    if approved:
        if row["kind"] == "take_back" and project["state"] != ProjectState.STOPPED:
            await stop_project(conn, officer, project, body.decided_on, row["reason"])
        elif row["kind"] == "move":
            where = row["new_region_code"], row["entity_code"], row["entity_name"]
            await move_project(conn, project["id"], *where)
    return await get_measure(conn, [project["county_code"]], measure_id)


async def receive_money(
    conn: Connection, officer: Principal, measure_id: UUID, body: ProjectReceiptIn
) -> ProjectMeasureOut:
    """Book what came in on a take-back; it returns to the programme that paid (ZJ-3(b)).

    Raises:
        MeasureUnknown, ProjectUnknown, DateBeforeStep.
        MeasureInWrongState: it is no approved take-back.
        AboveWhatWasPaid: less is owed.
        ReceiptBookedBefore: the bank's reference is on file.
    """
    project, row = await lock_measure(conn, officer, Right.PROJECTS_REIMBURSE, measure_id)
    if row["state"] != "approved" or row["kind"] != "take_back":
        raise MeasureInWrongState(row["state"])
    ensure_not_before("received_on", body.received_on, "decided_on", row["decided_on"])
    owed = (await get_measure(conn, [project["region_code"]], measure_id)).owed
    if body.amount > owed:
        raise AboveWhatWasPaid(f"{body.amount:.2f}", f"{owed:.2f}")
    said = measure_id, body.amount, body.bank_reference, body.received_on, officer.subject
    receipt_id = await conn.fetchval(_RECEIVE, new_id(), *said)
    if receipt_id is None:
        raise ReceiptBookedBefore(body.bank_reference)
    parts = await take_in(conn, project["id"], body.amount)
    await conn.executemany(_PART, [(receipt_id, *part) for part in parts])
    await free_rest(conn, project["id"])
    return await get_measure(conn, [project["region_code"]], measure_id)


async def lock_measure(
    conn: Connection, officer: Principal, right: Right, measure_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the project of a measure and the measure, both locked.

    Raises:
        MeasureUnknown, ProjectUnknown.
    """
    project_id = await conn.fetchval(_PROJECT_OF, measure_id)
    if project_id is None:
        raise MeasureUnknown(measure_id)
    project = await lock_project(conn, officer, right, project_id)
    row: Any = await conn.fetchrow(_LOCK, measure_id)
    return project, dict(row)
