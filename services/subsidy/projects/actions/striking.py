"""Strike a step that was wrong: proposed by one person, confirmed by another; later steps first (ZJ-9)."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.actions.money import commit_money, free_rest, take_in
from services.subsidy.projects.actions.recording import lock_project
from services.subsidy.projects.refusals import (
    ProjectExists,
    ProjectHasGrants,
    ProjectMoneyWanted,
    StepNotLast,
    StepStays,
    StepUnknown,
    TransferBackMissing,
)
from services.subsidy.projects.rules.life import ProjectState, ProjectStep, StepOutcome, carries_grants
from services.subsidy.projects.schemas import ProjectStepReversalIn
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalOut, Subject
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.subsidy import ProjectStepStruck

_LATER: Final = """
SELECT * FROM project_step WHERE project_id = $1 AND NOT struck AND number >= $2 ORDER BY number
"""
_CLAIMED: Final = """
SELECT amount FROM project_step WHERE project_id = $1 AND NOT struck ORDER BY number DESC LIMIT 1
"""
_GRANTS: Final = """
SELECT EXISTS (SELECT FROM household_grant WHERE project_id = $1 AND state IN ('approved', 'paid'))
"""
_WANTED: Final = """
SELECT EXISTS (SELECT FROM project_measure
  WHERE project_id = $1 AND kind = 'take_back' AND state = 'approved' AND amount > waived)
"""
_NAME_TAKEN: Final = """
SELECT EXISTS (SELECT FROM project WHERE county_code = $1 AND name = $2 AND id <> $3
  AND state NOT IN ('refused', 'withdrawn'))
"""
_STRIKE: Final = "UPDATE project_step SET struck = true WHERE project_id = $1 AND number = $2"
_MOVE: Final = "UPDATE project SET state = $2, version = version + 1 WHERE id = $1 RETURNING version"
_CHOOSE_BEFORE: Final = """
UPDATE project p SET entity_code = e.entity_code, entity_name = e.entity_name
FROM (SELECT max(s.number) AS number FROM project_step s
  WHERE s.project_id = $1 AND s.step = 'entity' AND NOT s.struck) l
LEFT JOIN project_step e ON e.project_id = $1 AND e.number = l.number
WHERE p.id = $1
"""


async def propose_striking(
    conn: Connection, officer: Principal, project_id: UUID, body: ProjectStepReversalIn
) -> ReversalOut:
    """Propose that the last step of a project be struck, because it was wrong.

    Raises:
        ProjectUnknown, StepUnknown, StepNotLast, StepStays, DateBeforeStep, ReversalProposed.
        TransferBackMissing: what was reimbursed was transferred, and came back by a transfer of its own.
        ProjectHasGrants, ProjectMoneyWanted, ProjectExists: something rests on the step.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_CORRECT, project_id)
    step = await _last_step(conn, project, body.number)
    ensure_not_before("proposed_on", body.proposed_on, "happened_on", step["happened_on"])
    paid = (step["step"], step["outcome"]) == (ProjectStep.REIMBURSEMENT, StepOutcome.APPROVE)
    if paid != (body.bank_reference is not None):
        raise TransferBackMissing
    if body.returned_on is not None:
        ensure_not_before("returned_on", body.returned_on, "happened_on", step["happened_on"])
        ensure_not_before("proposed_on", body.proposed_on, "returned_on", body.returned_on)
    transfer = None, body.bank_reference, body.returned_on
    wrong = Wrong(Subject.PROJECT_STEP, project_id, project["region_code"], body.number, *transfer)
    return await propose(conn, officer, wrong, body)


async def strike(conn: Connection, project: dict[str, Any], number: int, on: date) -> None:
    """Strike a step: the project stands where it stood before it, and its money goes back where it came from.

    Raises:
        StepNotLast, StepStays, ProjectHasGrants, ProjectMoneyWanted, ProjectExists.
        BudgetExceeded: a programme has promised to others what the project had.
    """
    step = await _last_step(conn, project, number)
    await conn.execute(_STRIKE, project["id"], number)
    match ProjectStep(step["step"]), StepOutcome(step["outcome"]):
        case ProjectStep.APPROVAL, StepOutcome.APPROVE:
            await free_rest(conn, project["id"])
        case ProjectStep.REIMBURSEMENT, StepOutcome.APPROVE:
            await take_in(conn, project["id"], await conn.fetchval(_CLAIMED, project["id"]))
            await commit_money(conn, project["id"])
        case ProjectStep.STOP, _ if step["state_before"] != ProjectState.REIMBURSED:
            await commit_money(conn, project["id"])
        case ProjectStep.ENTITY, _:
            await conn.execute(_CHOOSE_BEFORE, project["id"])
    version = await conn.fetchval(_MOVE, project["id"], step["state_before"])
    event = ProjectStepStruck(
        project_id=project["id"],
        county_code=project["county_code"],
        step=step["step"],
        outcome=step["outcome"],
        state=step["state_before"],
        struck_on=on,
    )
    await outbox.record(
        conn, event, aggregate_id=project["id"], aggregate_version=version, region_code=project["region_code"]
    )


async def _last_step(conn: Connection, project: dict[str, Any], number: int) -> Any:
    steps = await conn.fetch(_LATER, project["id"], number)
    if not steps or steps[0]["number"] != number:
        raise StepUnknown(number)
    if len(steps) > 1:
        raise StepNotLast(number, [each["number"] for each in steps[:0:-1]])
    step, outcome = ProjectStep(steps[0]["step"]), StepOutcome(steps[0]["outcome"])
    if step is ProjectStep.PLANNING:
        raise StepStays(step)
    if carries_grants(step, outcome) and await conn.fetchval(_GRANTS, project["id"]):
        raise ProjectHasGrants
    if step is ProjectStep.STOP and await conn.fetchval(_WANTED, project["id"]):
        raise ProjectMoneyWanted
    lives_again = ProjectState(project["state"]) in {ProjectState.REFUSED, ProjectState.WITHDRAWN}
    if lives_again and await conn.fetchval(_NAME_TAKEN, project["county_code"], project["name"], project["id"]):
        raise ProjectExists(project["county_code"], project["name"])
    return steps[0]
