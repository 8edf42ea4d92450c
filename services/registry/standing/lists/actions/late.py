"""The day's run of the dishonesty list: who has been late for as long as the pack says, and still is (FJ-12)."""

from typing import Any, Final

from services.registry.standing.lists.actions import entries
from services.registry.standing.lists.actions.automatic import list_rules
from services.registry.standing.lists.rules import is_listed_for_lateness
from services.registry.standing.lists.schemas import LateRunOut
from shared.access import Principal
from shared.db import Connection
from shared.jobs import JobRunIn, run_once

JOB: Final = "list-late-borrowers"
# One that was listed since it is late this time, and left the list again by an appeal or a removal, is not listed anew.
_LATE: Final = """
SELECT k.loan_id, k.household_id, k.village_code, k.late_since FROM household_loan k
WHERE k.village_code ^@ $1 AND k.late_since <= $2 AND NOT EXISTS (
  SELECT FROM listing l WHERE l.loan_id = k.loan_id AND l.list_name = 'dishonesty'
    AND (l.state <> 'cleared' OR l.listed_on >= k.late_since))
ORDER BY k.loan_id
"""


async def list_late(conn: Connection, officer: Principal, body: JobRunIn) -> LateRunOut:
    """Put on the dishonesty list who has been late long enough on a business date.

    Raises:
        OutsideRegion: the county is not the officer's.
    """
    found = await run_once(conn, officer, JOB, body, lambda: _list(conn, body))
    return LateRunOut(job=JOB, county_code=body.county_code, as_of=body.as_of, **found)


async def _list(conn: Connection, body: JobRunIn) -> dict[str, Any]:
    rows = await conn.fetch(_LATE, body.county_code, body.as_of)
    rules = await list_rules(conn, [(row["village_code"], body.as_of) for row in rows])
    late = [
        (row["loan_id"], row["household_id"], row["village_code"], body.as_of)
        for row in rows
        if is_listed_for_lateness(rules[row["village_code"], body.as_of], row["late_since"], body.as_of)
    ]
    await entries.enter(conn, late, "dishonesty", "overdue")
    return {"listed_count": len(late)}
