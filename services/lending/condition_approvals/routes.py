"""HTTP of another office's approval."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadApplications
from services.lending.applications.schemas.applications import ApplicationDetail
from services.lending.condition_approvals import actions, queries
from services.lending.condition_approvals.schemas import ConditionApprovalOut, ConditionDecisionIn
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款申请 Applications"])


@router.post("/applications/{application_id}/condition-decisions", response_model=ApplicationDetail, status_code=201)
async def decide_application_condition(
    application_id: UUID, body: ConditionDecisionIn, officer: ReadApplications, write: Write
) -> Response:
    """Decide, for an office that the county's pack asks, on an application that misses a condition of borrowing.

    `conditions:approve` is needed besides. With the approval of the last office asked it is approved.
    """
    return await write(lambda conn: actions.decide_condition(conn, officer, application_id, body))


@router.get("/condition-approvals", response_model=PageOf[ConditionApprovalOut])
async def list_condition_approvals(
    officer: ReadApplications,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    as_of: Day | None = None,
) -> dict[str, Any]:
    """List the applications that wait for another office's approval, with the last day for it; late ones are marked."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    found = await queries.list_condition_approvals(conn, scope, page, region_code, as_of or today)
    return page_of(found, page.limit, "application_id")
