"""The county's list of projects with grant standards: proposed by one person, confirmed by another."""

from typing import Any, Final
from uuid import UUID

from services.subsidy.grants.refusals import GrantStandardDecided, GrantStandardExists, GrantStandardUnknown
from services.subsidy.grants.schemas import GrantDecisionIn, GrantStandardIn, GrantStandardOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_PROPOSE: Final = """
INSERT INTO grant_standard (id, county_code, year, code, name, unit, amount, document, state, proposed_by, proposed_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'proposed', $9, $10)
ON CONFLICT (county_code, year, code) WHERE state NOT IN ('refused', 'withdrawn') DO NOTHING RETURNING *
"""
_LOCK: Final = "SELECT * FROM grant_standard WHERE id = $1 AND county_code ^@ ANY ($2::text[]) FOR UPDATE"
_DECIDE: Final = """
UPDATE grant_standard SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1 RETURNING *
"""


async def propose_standard(conn: Connection, officer: Principal, body: GrantStandardIn) -> GrantStandardOut:
    """Propose what one unit of a project is granted in a year (DY-7(a)).

    Raises:
        OutsideRegion.
        GrantStandardExists: the year's list has it.
    """
    officer.ensure_region(Right.PROJECTS_APPROVE, body.county_code)
    row = await conn.fetchrow(
        _PROPOSE,
        *(new_id(), body.county_code, body.year, body.code, body.name, body.unit, body.amount, body.document),
        *(officer.subject, body.proposed_on),
    )
    if row is None:
        raise GrantStandardExists(body.year, body.code)
    return GrantStandardOut(**row)


async def decide_standard(
    conn: Connection, officer: Principal, standard_id: UUID, body: GrantDecisionIn
) -> GrantStandardOut:
    """Confirm a standard, or refuse it; another person than who proposed it.

    Raises:
        GrantStandardUnknown, GrantStandardDecided, MakerIsChecker, DateBeforeStep.
    """
    row = await conn.fetchrow(_LOCK, standard_id, officer.regions_for(Right.PROJECTS_APPROVE))
    if row is None:
        raise GrantStandardUnknown(standard_id)
    if row["state"] != "proposed":
        raise GrantStandardDecided(row["state"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    state = "confirmed" if body.decision == "approve" else "refused"
    decided: Any = await conn.fetchrow(_DECIDE, standard_id, state, officer.subject, body.decided_on)
    return GrantStandardOut(**decided)
