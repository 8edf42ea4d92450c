"""Supervision over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import (
    ApproveProjects,
    CorrectProjects,
    ReadProjects,
    ReimburseProjects,
    RunProjects,
    SuperviseProjects,
)
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut
from services.subsidy.supervision import queries
from services.subsidy.supervision.actions import findings, measures, reversing
from services.subsidy.supervision.schemas import (
    FindingAnswerIn,
    FindingDecisionIn,
    FindingIn,
    FindingOut,
    FindingState,
    ProjectMeasureDecisionIn,
    ProjectMeasureIn,
    ProjectMeasureOut,
    ProjectMeasureReversalIn,
    ProjectPerformance,
    ProjectReceiptIn,
)
from shared.access import Right
from shared.regions import CountyCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["项目监管 Supervision of projects"])


@router.post("/projects/{project_id}/findings", status_code=201, response_model=FindingOut)
async def record_finding(
    project_id: UUID, body: FindingIn, officer: SuperviseProjects, write: Write, today: Today
) -> Response:
    """Record what an office found on a project, or a villager reported, and by when it is put right (ZJ-3).

    A villager's report names nobody: its author is not asked for, and who took it down is not shown.
    """
    return await write(lambda tx: findings.record_finding(tx, officer, project_id, body, today))


@router.post("/agreements/{agreement_id}/findings", status_code=201, response_model=FindingOut)
async def record_agreement_finding(
    agreement_id: UUID, body: FindingIn, officer: SuperviseProjects, write: Write, today: Today
) -> Response:
    """Record what an office found on an agreement's dividends or income money (DZ-7); it is followed as a project's."""
    return await write(lambda tx: findings.record_agreement_finding(tx, officer, agreement_id, body, today))


@router.get("/findings", status_code=200, response_model=PageOf[FindingOut])
async def list_findings(
    officer: ReadProjects,
    conn: Read,
    page: Page,
    today: Today,
    project_id: UUID | None = None,
    agreement_id: UUID | None = None,
    state: FindingState | None = None,
    only_late: bool = False,
) -> Any:
    """List findings on projects and agreements with every answer; late are those that are not closed by their day."""
    found = await queries.list_findings(
        conn,
        officer.regions_for(Right.PROJECTS_READ),
        today,
        project_id=project_id,
        agreement_id=agreement_id,
        state=state,
        only_late=only_late,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/findings/{finding_id}/answers", status_code=201, response_model=FindingOut)
async def answer_finding(
    finding_id: UUID, body: FindingAnswerIn, officer: RunProjects, write: Write, today: Today
) -> Response:
    """Say what was done about a finding; the township answers for its projects."""
    return await write(lambda tx: findings.answer_finding(tx, officer, finding_id, body, today))


@router.post("/findings/{finding_id}/decisions", status_code=201, response_model=FindingOut)
async def decide_finding(
    finding_id: UUID, body: FindingDecisionIn, officer: SuperviseProjects, write: Write, today: Today
) -> Response:
    """Close a finding that is put right, or send it back with a new day; another person than who answered."""
    return await write(lambda tx: findings.decide_finding(tx, officer, finding_id, body, today))


@router.post("/projects/{project_id}/measures", status_code=201, response_model=ProjectMeasureOut)
async def propose_project_measure(
    project_id: UUID, body: ProjectMeasureIn, officer: RunProjects, write: Write
) -> Response:
    """Propose to take a violating project's money back, or to move it to another place or entity (ZJ-3)."""
    return await write(lambda tx: measures.propose_measure(tx, officer, project_id, body))


@router.get("/projects/{project_id}/measures", status_code=200, response_model=PageOf[ProjectMeasureOut])
async def list_project_measures(project_id: UUID, officer: ReadProjects, conn: Read, page: Page) -> Any:
    """List the measures against a project, with what came in on each take-back and what is owed."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    found = await queries.list_measures(conn, regions, project_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/project-measures", status_code=200, response_model=PageOf[ProjectMeasureOut])
async def list_measures_of_projects(officer: ReadProjects, conn: Read, page: Page, late_on: Day | None = None) -> Any:
    """List measures against projects; with a day, the take-backs that were due before it and owe money."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    found = await queries.list_measures(conn, regions, None, page.after_as(UUID), page.limit + 1, late_on)
    return page_of(found, page.limit, "id")


@router.post("/project-measures/{measure_id}/decisions", status_code=201, response_model=ProjectMeasureOut)
async def decide_project_measure(
    measure_id: UUID, body: ProjectMeasureDecisionIn, officer: ApproveProjects, write: Write
) -> Response:
    """Approve a measure or refuse it; a take-back stops the project and frees what is left of its money."""
    return await write(lambda tx: measures.decide_measure(tx, officer, measure_id, body))


@router.post("/project-measures/{measure_id}/receipts", status_code=201, response_model=ProjectMeasureOut)
async def receive_project_money(
    measure_id: UUID, body: ProjectReceiptIn, officer: ReimburseProjects, write: Write
) -> Response:
    """Book money that came in on a take-back; it returns to the programme that paid."""
    return await write(lambda tx: measures.receive_money(tx, officer, measure_id, body))


@router.post("/project-measures/{measure_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_project_measure_reversal(
    measure_id: UUID, body: ProjectMeasureReversalIn, officer: CorrectProjects, write: Write
) -> Response:
    """Propose to lower a take-back, or to end it by lowering it to what came in; another person decides.

    One that never was right is lowered to nothing, after its receipts were reversed; then the stop can be struck.
    """
    return await write(lambda tx: reversing.propose_lowering(tx, officer, measure_id, body))


@router.post("/project-receipts/{receipt_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_project_receipt_reversal(
    receipt_id: UUID, body: ReversalIn, officer: CorrectProjects, write: Write
) -> Response:
    """Propose to reverse a receipt on a take-back that was booked wrongly; another person decides."""
    return await write(lambda tx: reversing.propose_receipt_reversal(tx, officer, receipt_id, body))


@router.get("/project-performance", status_code=200, response_model=list[ProjectPerformance])
async def show_project_performance(
    officer: ReadProjects, conn: Read, today: Today, county_code: CountyCode, as_of: Day | None = None
) -> list[ProjectPerformance]:
    """Show what each leader's projects in each township show on a day, for the assessment (ZJ-10)."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    return await queries.list_performance(conn, regions, county_code, as_of or today)
