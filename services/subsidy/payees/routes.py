"""Payees over HTTP."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ApproveSubsidies, ReadSubsidies, ReviewSubsidies
from services.subsidy.payees import actions, queries
from services.subsidy.payees.schemas import PayeeDecisionIn, PayeeIn, PayeeOut
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut
from shared.access import Right
from shared.web.edge import Cipher, Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贴息发放 Payment runs"])


@router.post("/subsidy-payees", status_code=201, response_model=PayeeOut)
async def propose_subsidy_payee(body: PayeeIn, officer: ReviewSubsidies, cipher: Cipher, write: Write) -> Response:
    """Propose who receives the subsidy of a household that died out, for its heirs (代领人); another decides."""
    return await write(lambda tx: actions.propose_payee(tx, officer, cipher, body))


@router.get("/subsidy-payees", status_code=200, response_model=PageOf[PayeeOut])
async def list_subsidy_payees(
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    household_id: UUID | None = None,
    state: Literal["proposed", "in_force", "refused", "replaced", "withdrawn"] | None = None,
) -> Any:
    """List payees in the order of their proposal, without names and numbers."""
    regions = officer.regions_for(Right.SUBSIDIES_READ)
    found = await queries.list_payees(conn, regions, household_id, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/subsidy-payees/{payee_id}/decisions", status_code=201, response_model=PayeeOut)
async def decide_subsidy_payee(
    payee_id: UUID, body: PayeeDecisionIn, officer: ApproveSubsidies, write: Write
) -> Response:
    """Let a payee receive from the next run on, or drop it; another person than the proposer."""
    return await write(lambda tx: actions.decide_payee(tx, officer, payee_id, body))


@router.post("/subsidy-payees/{payee_id}/withdrawals", status_code=201, response_model=ReversalOut)
async def propose_subsidy_payee_withdrawal(
    payee_id: UUID, body: ReversalIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Propose that a payee receives no more, and nobody in its place; another decides (`subsidy-payee-reversals`).

    From the proposal on no run pays the household, until it is refused or another payee is confirmed.
    """
    return await write(lambda tx: actions.propose_withdrawal(tx, officer, payee_id, body))
