"""Take the next step of a project, or decide on the one before."""

from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.actions.funding import ensure_funded
from services.subsidy.projects.actions.money import commit_money, ensure_claimable, reimburse
from services.subsidy.projects.actions.recording import Taken, lock_project, record_step
from services.subsidy.projects.queries import get_project
from services.subsidy.projects.refusals import EntityMissing
from services.subsidy.projects.rules.life import (
    ProjectState,
    ProjectStep,
    StepOutcome,
    ensure_step_follows,
    next_state,
    order_of,
)
from services.subsidy.projects.schemas import (
    ProjectAcceptanceIn,
    ProjectApprovalIn,
    ProjectDetail,
    ProjectReimbursementIn,
    ProjectStepIn,
)
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.copies import find_current_pack

_LAST: Final = """
SELECT happened_on, recorded_by, amount FROM project_step WHERE project_id = $1 AND NOT struck
ORDER BY number DESC LIMIT 1
"""
_CHOOSE: Final = "UPDATE project SET entity_code = $2, entity_name = $3 WHERE id = $1"


async def take_step(conn: Connection, officer: Principal, project_id: UUID, body: ProjectStepIn) -> ProjectDetail:
    """Take a step of the township's: application, entity and plan, works, completion, claim, or withdrawal (ZJ-9).

    Raises:
        ProjectUnknown, ProjectInWrongState, StepNotOfCounty, DateBeforeStep.
        EntityMissing: a centralised project has no entity.
        AboveProjectMoney: more is claimed than is left.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_RUN, project_id)
    step = ProjectStep(body.step)
    works = body.progress_percent, body.quality_in_order
    what = *works, body.amount, body.entity_code, body.entity_name
    taken = Taken(step, StepOutcome.DONE, body.happened_on, body.note, body.documents, *what)
    before, after, _ = await _moved(conn, officer, project, taken)
    if step is ProjectStep.ENTITY:
        if body.entity_code is None and project["kind"] == "centralised":
            raise EntityMissing
        await conn.execute(_CHOOSE, project_id, body.entity_code, body.entity_name)
    if body.amount is not None:
        await ensure_claimable(conn, project_id, body.amount)
    await record_step(conn, officer, Right.PROJECTS_RUN, project, taken, before, after)
    return await get_project(conn, [project["region_code"]], project_id)


async def decide_project(
    conn: Connection, officer: Principal, project_id: UUID, body: ProjectApprovalIn
) -> ProjectDetail:
    """Approve a plan, which commits its money; return it for correction; or refuse it (ZJ-9).

    Raises:
        ProjectUnknown, ProjectInWrongState, DateBeforeStep, MakerIsChecker.
        ProgrammeOfOtherDays: a programme does not run on the day of the approval.
        BudgetExceeded, SourceExceeded: a programme, or a source of it, has less left than the project gets from it.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_APPROVE, project_id)
    taken = _taken(ProjectStep.APPROVAL, body)
    before, after, _ = await _moved(conn, officer, project, taken)
    if taken.outcome is StepOutcome.APPROVE:
        await ensure_funded(conn, project_id, body.happened_on)
        await commit_money(conn, project_id)
    await record_step(conn, officer, Right.PROJECTS_APPROVE, project, taken, before, after)
    return await get_project(conn, [project["region_code"]], project_id)


async def accept_project(
    conn: Connection, officer: Principal, project_id: UUID, body: ProjectAcceptanceIn
) -> ProjectDetail:
    """Accept a completed project, or send its works back (验收, ZJ-9).

    Raises:
        ProjectUnknown, ProjectInWrongState, DateBeforeStep, MakerIsChecker.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_ACCEPT, project_id)
    taken = _taken(ProjectStep.ACCEPTANCE, body)
    before, after, _ = await _moved(conn, officer, project, taken)
    await record_step(conn, officer, Right.PROJECTS_ACCEPT, project, taken, before, after)
    return await get_project(conn, [project["region_code"]], project_id)


async def reimburse_project(
    conn: Connection, officer: Principal, project_id: UUID, body: ProjectReimbursementIn
) -> ProjectDetail:
    """Pay what was claimed and free what is left of the project's money, or return the claim (报账, ZJ-9).

    Raises:
        ProjectUnknown, ProjectInWrongState, DateBeforeStep, MakerIsChecker, AboveProjectMoney.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_REIMBURSE, project_id)
    taken = _taken(ProjectStep.REIMBURSEMENT, body)
    before, after, last = await _moved(conn, officer, project, taken)
    if taken.outcome is StepOutcome.APPROVE:
        await reimburse(conn, project_id, last["amount"])
    await record_step(conn, officer, Right.PROJECTS_REIMBURSE, project, taken, before, after)
    return await get_project(conn, [project["region_code"]], project_id)


def _taken(step: ProjectStep, body: ProjectApprovalIn | ProjectAcceptanceIn | ProjectReimbursementIn) -> Taken:
    return Taken(step, StepOutcome(body.decision), body.happened_on, body.note, body.documents)


async def _moved(
    conn: Connection, officer: Principal, project: dict[str, Any], taken: Taken
) -> tuple[ProjectState, ProjectState, Any]:
    """Return the states before and after a step, and the step that it follows."""
    found = await find_current_pack(conn, project["county_code"], taken.on)
    supervision = found.pack.supervision if found else None
    named = supervision.project_steps if supervision else None
    order = order_of(None if named is None else [each.code for each in named.value])
    before = ProjectState(project["state"])
    after = next_state(order, before, taken.step, taken.outcome)
    last: Any = await conn.fetchrow(_LAST, project["id"])
    ensure_step_follows(taken.on, last["happened_on"], officer.subject, last["recorded_by"], taken.outcome)
    return before, after, last
