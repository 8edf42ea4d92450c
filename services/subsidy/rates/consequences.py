"""What a proposal would do to loans: asked of lending before a second officer confirms it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.clients import ask_rate_consequences
from services.subsidy.rates import queries
from services.subsidy.rates.actions import ensure_national, may_change_loans
from services.subsidy.rates.schemas import RateConsequencesOut, RateDecisionIn, RateProposalOut, RateSummaryOut
from shared.access import Principal
from shared.clients import PeerClient
from shared.db import Database

_OF_PUBLICATION: Final = ("basis", "effective_from", "up_to_1y", "over_1y_to_5y", "over_5y")


async def summary(
    database: Database, lending: PeerClient, officer: Principal, proposal_id: UUID, body: RateDecisionIn, today: date
) -> RateSummaryOut | None:
    """Return what confirming a proposal does to loans, or None: nothing, or there is nothing to confirm.

    Raises: RatesAreNational, RateProposalUnknown, PeerUnavailable.
    """
    ensure_national(officer)
    async with database.connection() as conn:
        proposal = await queries.get_proposal(conn, proposal_id)
    if proposal.state != "proposed" or body.decision != "confirm" or not may_change_loans(proposal, today):
        return None
    answer = await _ask(lending, proposal, today, None, 0)
    return RateSummaryOut(**{name: answer[name] for name in RateSummaryOut.model_fields})


async def of_proposal(
    database: Database,
    lending: PeerClient,
    officer: Principal,
    proposal_id: UUID,
    today: date,
    after: UUID | None,
    limit: int,
) -> RateConsequencesOut:
    """Return what a proposal would do to loans if it were confirmed today, with a page of the loans by id.

    Raises: RatesAreNational, RateProposalUnknown, PeerUnavailable.
    """
    ensure_national(officer)
    async with database.connection() as conn:
        proposal = await queries.get_proposal(conn, proposal_id)
    return RateConsequencesOut.model_validate(await _ask(lending, proposal, today, after, limit))


async def _ask(
    lending: PeerClient, proposal: RateProposalOut, today: date, after: UUID | None, limit: int
) -> dict[str, Any]:
    publications = [rate.model_dump(mode="json", include=set(_OF_PUBLICATION)) for rate in proposal.rates]
    return await ask_rate_consequences(lending, publications, today, after, limit)
