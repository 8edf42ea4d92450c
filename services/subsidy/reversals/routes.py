"""What two persons take back, over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import (
    ApproveDividends,
    ApproveProjects,
    ConfirmSubsidies,
    ReadAgreements,
    ReadProjects,
    ReadSubsidies,
)
from services.subsidy.proposals import queries
from services.subsidy.proposals.schemas import ReversalDecisionIn, ReversalOut, ReversalState
from services.subsidy.reversals import actions
from shared.access import Right
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["撤销 Taken back by two"])


@router.get("/project-reversals", status_code=200, response_model=PageOf[ReversalOut])
async def list_project_reversals(
    officer: ReadProjects, conn: Read, page: Page, state: ReversalState | None = None, subject_id: UUID | None = None
) -> Any:
    """List what was proposed to be taken back of projects, their measures and grants; `proposed` waits for a person."""
    found = await queries.list_reversals(
        conn,
        officer.regions_for(Right.PROJECTS_READ),
        actions.OF_PROJECTS,
        state=state,
        subject_id=subject_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/project-reversals/{reversal_id}/decisions", status_code=201, response_model=ReversalOut)
async def decide_project_reversal(
    reversal_id: UUID, body: ReversalDecisionIn, officer: ApproveProjects, write: Write
) -> Response:
    """Take back what another person proposed of a project, its measures or its grants, or let it stand (ZJ-9)."""
    return await write(lambda tx: actions.decide_of_projects(tx, officer, reversal_id, body))


@router.get("/agreement-reversals", status_code=200, response_model=PageOf[ReversalOut])
async def list_agreement_reversals(
    officer: ReadAgreements, conn: Read, page: Page, state: ReversalState | None = None, subject_id: UUID | None = None
) -> Any:
    """List what was proposed to be taken back of agreements: principal, dividends that came back, leases, security."""
    found = await queries.list_reversals(
        conn,
        officer.regions_for(Right.AGREEMENTS_READ),
        actions.OF_AGREEMENTS,
        state=state,
        subject_id=subject_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/agreement-reversals/{reversal_id}/decisions", status_code=201, response_model=ReversalOut)
async def decide_agreement_reversal(
    reversal_id: UUID, body: ReversalDecisionIn, officer: ApproveDividends, write: Write
) -> Response:
    """Take back what another person proposed of an agreement, or let it stand (ZJ-4, ZJ-5)."""
    return await write(lambda tx: actions.decide_of_agreements(tx, officer, reversal_id, body))


@router.get("/subsidy-reversals", status_code=200, response_model=PageOf[ReversalOut])
async def list_subsidy_reversals(
    officer: ReadSubsidies, conn: Read, page: Page, state: ReversalState | None = None, subject_id: UUID | None = None
) -> Any:
    """List corrections proposed of subsidies' payments: transfers recorded as rejected that had been paid."""
    found = await queries.list_reversals(
        conn,
        officer.regions_for(Right.SUBSIDIES_READ),
        actions.OF_SUBSIDIES,
        state=state,
        subject_id=subject_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/subsidy-reversals/{reversal_id}/decisions", status_code=201, response_model=ReversalOut)
async def decide_subsidy_reversal(
    reversal_id: UUID, body: ReversalDecisionIn, officer: ConfirmSubsidies, write: Write
) -> Response:
    """Correct what another person proposed of a subsidy's payment, or let it stand (DZ-7)."""
    return await write(lambda tx: actions.decide_of_subsidies(tx, officer, reversal_id, body))
