"""What two persons take back, over HTTP."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import (
    ApproveDividends,
    ApproveProjects,
    ApproveSubsidies,
    ConfirmSubsidies,
    ReadAgreements,
    ReadProjects,
    ReadSubsidies,
)
from services.subsidy.proposals import queries
from services.subsidy.proposals.schemas import ReversalDecisionIn, ReversalOut, ReversalState, Subject
from services.subsidy.reversals import actions
from shared.access import Right
from shared.db import Connection
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, PageRequest, page_of
from shared.web.writes import Write

router = APIRouter(tags=["撤销 Taken back by two"])


async def _listed(
    conn: Connection,
    regions: Sequence[str],
    kinds: Collection[Subject],
    state: ReversalState | None,
    subject_id: UUID | None,
    page: PageRequest,
) -> Any:
    asked: dict[str, Any] = {"state": state, "subject_id": subject_id, "after": page.after_as(UUID)}
    found = await queries.list_reversals(conn, regions, kinds, **asked, limit=page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/project-reversals", status_code=200, response_model=PageOf[ReversalOut])
async def list_project_reversals(
    officer: ReadProjects, conn: Read, page: Page, state: ReversalState | None = None, subject_id: UUID | None = None
) -> Any:
    """List what was proposed to be taken back of projects, their measures and grants; `proposed` waits for a person."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    return await _listed(conn, regions, actions.OF_PROJECTS, state, subject_id, page)


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
    regions = officer.regions_for(Right.AGREEMENTS_READ)
    return await _listed(conn, regions, actions.OF_AGREEMENTS, state, subject_id, page)


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
    regions = officer.regions_for(Right.SUBSIDIES_READ)
    return await _listed(conn, regions, actions.OF_SUBSIDIES, state, subject_id, page)


@router.post("/subsidy-reversals/{reversal_id}/decisions", status_code=201, response_model=ReversalOut)
async def decide_subsidy_reversal(
    reversal_id: UUID, body: ReversalDecisionIn, officer: ConfirmSubsidies, write: Write
) -> Response:
    """Correct what another person proposed of a subsidy's payment, or let it stand (DZ-7)."""
    return await write(lambda tx: actions.decide_of_subsidies(tx, officer, reversal_id, body))


@router.get("/subsidy-payee-reversals", status_code=200, response_model=PageOf[ReversalOut])
async def list_subsidy_payee_reversals(
    officer: ReadSubsidies, conn: Read, page: Page, state: ReversalState | None = None, subject_id: UUID | None = None
) -> Any:
    """List proposals to let a payee receive no more; until one is decided no run pays its household."""
    regions = officer.regions_for(Right.SUBSIDIES_READ)
    return await _listed(conn, regions, actions.OF_PAYEES, state, subject_id, page)


@router.post("/subsidy-payee-reversals/{reversal_id}/decisions", status_code=201, response_model=ReversalOut)
async def decide_subsidy_payee_reversal(
    reversal_id: UUID, body: ReversalDecisionIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Let a payee receive no more, as another person proposed, or go on."""
    return await write(lambda tx: actions.decide_of_payees(tx, officer, reversal_id, body))
