"""Projects over HTTP."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import (
    AcceptProjects,
    ApproveProjects,
    CorrectProjects,
    ReadProjects,
    ReimburseProjects,
    RunProjects,
)
from services.subsidy.projects import queries
from services.subsidy.projects.actions import planning, staffing, stepping, striking
from services.subsidy.projects.rules.life import ProjectState
from services.subsidy.projects.schemas import (
    ProjectAcceptanceIn,
    ProjectApprovalIn,
    ProjectDetail,
    ProjectHandOverIn,
    ProjectIn,
    ProjectOut,
    ProjectReimbursementIn,
    ProjectStepIn,
    ProjectStepReversalIn,
)
from services.subsidy.proposals.schemas import ReversalOut
from shared.access import Right
from shared.regions import CountyCode
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["扶贫项目 Projects"])


@router.post("/projects", status_code=201, response_model=ProjectDetail)
async def plan_project(body: ProjectIn, officer: RunProjects, write: Write) -> Response:
    """Open a project's file with what the planning meeting resolved: money, leader and team (ZJ-9, ZJ-10)."""
    return await write(lambda tx: planning.plan_project(tx, officer, body))


@router.get("/projects", status_code=200, response_model=PageOf[ProjectOut])
async def list_projects(
    officer: ReadProjects,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
    state: ProjectState | None = None,
    kind: Literal["scattered", "centralised"] | None = None,
) -> Any:
    """List projects with where each stands, who leads it and its money."""
    found = await queries.list_projects(
        conn,
        officer.regions_for(Right.PROJECTS_READ),
        county_code=county_code,
        state=state,
        kind=kind,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/projects/{project_id}", status_code=200, response_model=ProjectDetail)
async def show_project(project_id: UUID, officer: ReadProjects, conn: Read) -> ProjectDetail:
    """Show a project's file: every step with day, office and person, its money, its team, and the seven proofs."""
    return await queries.get_project(conn, officer.regions_for(Right.PROJECTS_READ), project_id)


@router.post("/projects/{project_id}/steps", status_code=201, response_model=ProjectDetail)
async def take_project_step(project_id: UUID, body: ProjectStepIn, officer: RunProjects, write: Write) -> Response:
    """Take the project's next step: application, entity and plan, works, completion, claim, or withdrawal (ZJ-9)."""
    return await write(lambda tx: stepping.take_step(tx, officer, project_id, body))


@router.post("/projects/{project_id}/approvals", status_code=201, response_model=ProjectDetail)
async def decide_project(project_id: UUID, body: ProjectApprovalIn, officer: ApproveProjects, write: Write) -> Response:
    """Approve a project's plan, which commits its money, return it, or refuse it; another person than its maker."""
    return await write(lambda tx: stepping.decide_project(tx, officer, project_id, body))


@router.post("/projects/{project_id}/acceptances", status_code=201, response_model=ProjectDetail)
async def accept_project(
    project_id: UUID, body: ProjectAcceptanceIn, officer: AcceptProjects, write: Write
) -> Response:
    """Accept a completed project, or send its works back; another person than who reported it complete."""
    return await write(lambda tx: stepping.accept_project(tx, officer, project_id, body))


@router.post("/projects/{project_id}/reimbursements", status_code=201, response_model=ProjectDetail)
async def reimburse_project(
    project_id: UUID, body: ProjectReimbursementIn, officer: ReimburseProjects, write: Write
) -> Response:
    """Pay what an accepted project claims and free the rest of its money, or return the claim."""
    return await write(lambda tx: stepping.reimburse_project(tx, officer, project_id, body))


@router.post("/projects/{project_id}/hand-overs", status_code=201, response_model=ProjectDetail)
async def hand_over_project_post(
    project_id: UUID, body: ProjectHandOverIn, officer: RunProjects, write: Write
) -> Response:
    """Let one person take over another's post in a project; the lead is never vacant (ZJ-10)."""
    return await write(lambda tx: staffing.hand_over_post(tx, officer, project_id, body))


@router.post("/projects/{project_id}/step-reversals", status_code=201, response_model=ReversalOut)
async def propose_project_step_reversal(
    project_id: UUID, body: ProjectStepReversalIn, officer: CorrectProjects, write: Write
) -> Response:
    """Propose to strike a project's last step because it was wrong; another person decides (`project-reversals`).

    The project then stands where it stood before; what the step committed or paid goes back. Later steps come first.
    """
    return await write(lambda tx: striking.propose_striking(tx, officer, project_id, body))
