"""Jobs over HTTP. The path is written out, so that the gateway tells it from other services' jobs."""

from fastapi import APIRouter, Response

from services.riskfund.access import RunJobs
from services.riskfund.jobs import actions
from services.riskfund.jobs.schemas import ExpiryRunOut
from shared.jobs import JobRunIn
from shared.web.writes import Write

router = APIRouter(tags=["定时任务 Jobs"])


@router.post("/jobs/expire-reservations/runs", status_code=201, response_model=ExpiryRunOut)
async def run_reservation_expiry(body: JobRunIn, officer: RunJobs, write: Write) -> Response:
    """End the county's reservations of cover whose last day lies before the business date."""
    return await write(lambda tx: actions.run_expiry(tx, officer, body))
