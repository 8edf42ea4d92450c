"""Explanations over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ExplainRefusals, ReadApplications, WithdrawExplanations
from services.lending.explanations import actions, queries
from services.lending.explanations.schemas import (
    ExplanationIn,
    ExplanationOut,
    ExplanationWithdrawalIn,
    UnexplainedRefusal,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["告知 Explanations"])


@router.post("/applications/{application_id}/explanations", response_model=ExplanationOut, status_code=201)
async def explain_refusal(
    application_id: UUID, body: ExplanationIn, officer: ExplainRefusals, write: Write
) -> Response:
    """Record that the bank or the township explained to the household why its application was refused (DZ-4)."""
    return await write(lambda conn: actions.explain_refusal(conn, officer, application_id, body))


@router.post("/explanations/{explanation_id}/withdrawals", response_model=ExplanationOut, status_code=201)
async def withdraw_explanation(
    explanation_id: UUID, body: ExplanationWithdrawalIn, officer: WithdrawExplanations, write: Write
) -> Response:
    """Take back, as the county, an explanation that was recorded wrongly; the refusal waits for one again."""
    return await write(lambda conn: actions.withdraw_explanation(conn, officer, explanation_id, body))


@router.get("/applications/{application_id}/explanations", response_model=PageOf[ExplanationOut])
async def list_explanations(application_id: UUID, officer: ReadApplications, conn: Read, page: Page) -> Any:
    """List what was explained to a household about its refused application, withdrawn explanations included."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    return page_of(await queries.list_explanations(conn, scope, application_id, page), page.limit, "id")


@router.get("/unexplained-refusals", response_model=PageOf[UnexplainedRefusal])
async def list_unexplained_refusals(
    officer: ReadApplications,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    as_of: Day | None = None,
) -> Any:
    """List refused applications that nobody has explained by a day, with the days that they wait (DZ-4)."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    found = await queries.list_unexplained(conn, scope, page, as_of or today, region_code)
    return page_of(found, page.limit, "id")
