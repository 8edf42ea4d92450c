"""Testimonies over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import ReadHouseholds, RecordTestimonies, WithdrawTestimonies
from services.registry.standing.testimonies import actions, queries
from services.registry.standing.testimonies.schemas import (
    TestimoniesIn,
    TestimoniesOut,
    TestimonyOut,
    TestimonyWithdrawalIn,
)
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["村级证明 Testimonies"])


@router.post("/testimonies", status_code=201, response_model=TestimoniesOut)
async def record_testimonies(body: TestimoniesIn, officer: RecordTestimonies, write: Write) -> Response:
    """Record, as the village, who has a good name, good habits, a family in harmony, and can and will repay (MS-2)."""
    return await write(lambda tx: actions.record_testimonies(tx, officer, body))


@router.post("/testimonies/{testimony_id}/withdrawals", status_code=201, response_model=TestimonyOut)
async def withdraw_testimony(
    testimony_id: UUID, body: TestimonyWithdrawalIn, officer: WithdrawTestimonies, write: Write
) -> Response:
    """Withdraw, as the township, what the village recorded wrongly; it stays on file with the reason."""
    return await write(lambda tx: actions.withdraw_testimony(tx, officer, testimony_id, body))


@router.get("/households/{household_id}/testimonies", status_code=200, response_model=PageOf[TestimonyOut])
async def list_testimonies(household_id: UUID, officer: ReadHouseholds, conn: Read, page: Page) -> Any:
    """List what the village said of a household, what was withdrawn included."""
    found = await queries.list_testimonies(conn, officer, household_id, after=page.after_as(UUID), limit=page.limit + 1)
    return page_of(found, page.limit, "id")
