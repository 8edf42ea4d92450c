"""Running jobs over HTTP, for any business date up to today."""

from fastapi import APIRouter, Response

from services.lending.access import RunJobs
from services.lending.jobs import actions
from services.lending.jobs.schemas import OverdueRunOut
from shared.jobs import JobRunIn
from shared.web.writes import Write

router = APIRouter(tags=["定时任务 Jobs"])


@router.post("/jobs/mark-overdue/runs", status_code=201, response_model=OverdueRunOut)
async def run_mark_overdue(body: JobRunIn, officer: RunJobs, write: Write) -> Response:
    """Let floating contracts take the rate of the day, and mark overdue loans (逾期认定) of a county as of a day.

    Every day that was missed is caught up. Running a date again answers what its first run found and changes nothing.
    """
    return await write(lambda tx: actions.mark_overdue(tx, officer, body))
