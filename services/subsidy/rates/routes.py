"""Reference rates over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.subsidy.access import PublishRates, ReadRates
from services.subsidy.rates import actions, consequences, queries
from services.subsidy.rates.schemas import (
    ProposalState,
    RateConsequencesOut,
    RateDecisionIn,
    RateProposalIn,
    RateProposalOut,
    ReferenceRateOut,
)
from shared.policy.vocabulary import RateBasis
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["基准利率 Reference rates"])


@router.post("/reference-rate-proposals", status_code=201, response_model=RateProposalOut)
async def propose_reference_rates(body: RateProposalIn, officer: PublishRates, write: Write) -> Response:
    """Propose benchmark rates or LPR for the whole country, in percent a year; another officer publishes them.

    What is published wrongly is corrected by a publication that names it in `corrects`, with a reason; without rates it
    says that nothing was published for the day. What was published stays readable.

    What is published already with the same rates does no harm. A rate more than two points from its neighbours in the
    series needs `unusual_confirmed`.
    """
    return await write(lambda tx: actions.propose_rates(tx, officer, body))


@router.get("/reference-rate-proposals", status_code=200, response_model=PageOf[RateProposalOut])
async def list_reference_rate_proposals(
    officer: PublishRates,
    conn: Read,
    page: Page,
    state: ProposalState | None = None,
) -> Any:
    """List proposals in the order in which they were made; only those see them who may decide."""
    actions.ensure_national(officer)
    found = await queries.list_proposals(conn, state, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/reference-rate-proposals/{proposal_id}/decisions", status_code=201, response_model=RateProposalOut)
async def decide_reference_rate_proposal(
    request: Request, proposal_id: UUID, body: RateDecisionIn, officer: PublishRates, write: Write, today: Today
) -> Response:
    """Publish what another officer proposed, or reject it.

    Where loans follow it, `consequences` repeats how many, and their interest before and after, as shown by
    `GET /reference-rate-proposals/{proposal_id}/consequences`.
    """
    state = request.app.state
    shown = await consequences.summary(state.database, state.lending, officer, proposal_id, body, today)
    return await write(lambda tx: actions.decide_proposal(tx, officer, proposal_id, body, shown))


@router.get("/reference-rate-proposals/{proposal_id}/consequences", status_code=200, response_model=RateConsequencesOut)
async def get_reference_rate_consequences(
    request: Request, proposal_id: UUID, officer: PublishRates, page: Page, today: Today
) -> RateConsequencesOut:
    """Say what a proposal would do to loans if it were confirmed today: how many, which, and their interest."""
    state = request.app.state
    return await consequences.of_proposal(
        state.database, state.lending, officer, proposal_id, today, page.after_as(UUID), page.limit
    )


@router.get("/reference-rates", status_code=200, response_model=PageOf[ReferenceRateOut])
async def list_reference_rates(
    officer: ReadRates,
    conn: Read,
    page: Page,
    basis: RateBasis | None = None,
) -> Any:
    """List the publications of each series from the earliest day on."""
    return page_of(await queries.list_rates(conn, basis, page.after, page.limit + 1), page.limit, "place")
