"""Classifying a county's loans month by month: what was missed is caught up in order, each month once (LG-43)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.held_money import use_held_money
from services.lending.classes import classes_sql
from services.lending.classes.queries import Bands, bands_of, class_figures
from services.lending.classes.rules.months import months_over
from services.lending.classes.schemas import ClassRunsOut
from shared.access import Principal
from shared.db import Connection
from shared.events.lending import ClassFigures, LoansClassified
from shared.ids import new_id
from shared.jobs import JobRunIn, run_once
from shared.outbox import record

JOB: Final = "classify-loans"
_SINCE: Final = """
SELECT coalesce((SELECT max(classified_on) FROM class_run WHERE county_code = $1),
  (SELECT date_trunc('month', min(disbursed_on))::date - 1 FROM loan WHERE county_code = $1))
"""
_SETTINGS: Final = "SELECT set_config('work_mem', '64MB', true)"
_SIGNED: Final = "SELECT DISTINCT pack_id, product_code FROM loan WHERE county_code = $1"


async def classify_loans(conn: Connection, officer: Principal, body: JobRunIn) -> ClassRunsOut:
    """Classify a county's loans as of the end of every month that is over and was not classified, in order.

    Raises: OutsideRegion, PackNotReplicated. Clause: LG-43.
    """
    found = await run_once(conn, officer, JOB, body, lambda: _catch_up(conn, officer.subject, body))
    return ClassRunsOut(job=JOB, county_code=body.county_code, as_of=body.as_of, **found)


async def _catch_up(conn: Connection, subject: str, body: JobRunIn) -> dict[str, Any]:
    since: date | None = await conn.fetchval(_SINCE, body.county_code)
    months = [] if since is None else months_over(since, body.as_of)
    signed = [(row["pack_id"], row["product_code"]) for row in await conn.fetch(_SIGNED, body.county_code)]
    for month in months:
        await use_held_money(conn, body.county_code, month)
        await _classify(conn, subject, body, month, await bands_of(conn, signed, month))
    return {"months": [month.isoformat() for month in months]}


async def _classify(conn: Connection, subject: str, body: JobRunIn, month: date, bands: Bands) -> None:
    run_id = new_id()
    await conn.fetchval(_SETTINGS)
    run = await conn.fetchrow(
        classes_sql.RUN, month, *bands, body.county_code, run_id, body.as_of, subject, timeout=RUN_SECONDS
    )
    await _publish(conn, run_id, body.county_code, month, run)


RUN_SECONDS: Final = timedelta(minutes=10).total_seconds()  # a million loans take about one


async def _publish(conn: Connection, run_id: UUID, county_code: str, month: date, run: Mapping[str, Any]) -> None:
    event = LoansClassified(
        class_run_id=run_id,
        county_code=county_code,
        classified_on=month,
        loans=run["loans"],
        principal_outstanding=run["principal_outstanding"],
        classes=[
            ClassFigures(loan_class=each.loan_class, loans=each.loans, principal_outstanding=each.principal_outstanding)
            for each in class_figures(run["classes"])
        ],
    )
    await record(conn, event, aggregate_id=run_id, aggregate_version=1, region_code=county_code)
