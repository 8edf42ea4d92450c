"""Applications taken back, over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import FileApplications
from services.lending.applications import queries
from services.lending.applications.schemas.applications import ApplicationDetail
from services.lending.withdrawals import actions
from services.lending.withdrawals.schemas import WithdrawalIn
from shared.access import Right
from shared.db import Connection
from shared.scope import scope_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款申请 Applications"])


@router.post("/applications/{application_id}/withdrawals", response_model=ApplicationDetail, status_code=201)
async def withdraw_application(
    application_id: UUID, body: WithdrawalIn, officer: FileApplications, write: Write
) -> Response:
    """Take an application back before the money is paid out; cover that was reserved for it is released.

    One that is approved or handed over is asked for by the first person (`withdrawal_asked`) and taken back when a
    second sends it as well; until then it goes on.
    """

    async def withdrawn(conn: Connection) -> ApplicationDetail:
        await actions.withdraw(conn, officer, application_id, body)
        scope = scope_of(officer, Right.APPLICATIONS_FILE)
        return await queries.get_application(conn, scope, application_id)

    return await write(withdrawn)
