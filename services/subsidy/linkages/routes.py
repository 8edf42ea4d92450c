"""Leases and jobs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.subsidy.access import ReadAgreements, RecordDividends
from services.subsidy.linkages import queries
from services.subsidy.linkages.actions import booking, reversing
from services.subsidy.linkages.schemas import (
    JobOfferIn,
    JobOffersOut,
    LeaseEntryIn,
    LeaseServiceIn,
    LeaseStatementOut,
)
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut
from shared.access import Right
from shared.scope import scope_of
from shared.web.edge import Read
from shared.web.writes import Write

router = APIRouter(tags=["利益联结 Linkages"])


@router.post("/agreements/{agreement_id}/lease-entries", status_code=201, response_model=LeaseStatementOut)
async def book_lease_entry(agreement_id: UUID, body: LeaseEntryIn, officer: RecordDividends, write: Write) -> Response:
    """Record rent that a household paid, or crop that the company bought at the floor price or above (FJ-9d)."""
    return await write(lambda tx: booking.book_entry(tx, officer, agreement_id, body))


@router.post("/lease-entries/{entry_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_lease_entry_reversal(
    entry_id: UUID, body: ReversalIn, officer: RecordDividends, write: Write
) -> Response:
    """Propose to take a wrong rent or sale back by a counter-entry; another person decides (`agreement-reversals`)."""
    return await write(lambda tx: reversing.propose_entry_reversal(tx, officer, entry_id, body))


@router.post("/agreements/{agreement_id}/lease-services", status_code=201, response_model=LeaseStatementOut)
async def record_lease_service(
    agreement_id: UUID, body: LeaseServiceIn, officer: RecordDividends, write: Write
) -> Response:
    """Record what the company did in a year for the households that lease from it (FJ-9d).

    A service that was promised and is not recorded once the year is over is a duty (`agreement-duties`).
    """
    return await write(lambda tx: booking.record_service(tx, officer, agreement_id, body))


@router.post("/lease-services/{service_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_lease_service_reversal(
    service_id: UUID, body: ReversalIn, officer: RecordDividends, write: Write
) -> Response:
    """Propose to take the record of a service back that was not done; another person decides."""
    return await write(lambda tx: reversing.propose_service_reversal(tx, officer, service_id, body))


@router.get("/agreements/{agreement_id}/lease-statements", status_code=200, response_model=LeaseStatementOut)
async def show_lease_statement(
    agreement_id: UUID, officer: ReadAgreements, conn: Read, year_number: Annotated[int, Query(ge=1, le=50)]
) -> LeaseStatementOut:
    """Show a year of a lease: rent, sales, what is left to each household and what the document expects (FJ-9d)."""
    regions = scope_of(officer, Right.AGREEMENTS_READ).regions
    return await queries.get_statement(conn, regions, agreement_id, year_number)


@router.post("/agreements/{agreement_id}/job-offers", status_code=201, response_model=JobOffersOut)
async def offer_job(agreement_id: UUID, body: JobOfferIn, officer: RecordDividends, write: Write) -> Response:
    """Record a post that was offered; partners are asked before anybody else where the pack says so (FJ-9c)."""
    return await write(lambda tx: booking.offer_job(tx, officer, agreement_id, body))


@router.get("/agreements/{agreement_id}/job-offers", status_code=200, response_model=JobOffersOut)
async def list_job_offers(agreement_id: UUID, officer: ReadAgreements, conn: Read) -> JobOffersOut:
    """List the posts that were offered under an agreement."""
    return await queries.list_offers(conn, scope_of(officer, Right.AGREEMENTS_READ).regions, agreement_id)
