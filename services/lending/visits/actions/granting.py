"""Grant a visit: the registry rates the household and gives its limit, then its application is filed (DY-4)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.applications.actions.filing import Answer, ask, file_for
from services.lending.applications.schemas.applications import ApplicationIn
from services.lending.visits import queries
from services.lending.visits.refusals import VisitNotOpen, VisitUnknown
from services.lending.visits.schemas import VisitGrantIn, VisitOut
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.regions import county_of
from shared.scope import scope_of, seen
from shared.web.writes import Writer

_SEEN: Final = f"SELECT * FROM visit v WHERE {seen('v.village_code', 'v.bank_code')} AND v.id = $3"  # noqa: S608
_GRANT: Final = """
UPDATE visit SET state = 'filed', granted_on = $2, granted_by = $3, granted_as = $4, score = $5, grade = $6,
  credit_limit = $7, application_id = $8
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class Granted:
    """The rating that the registry gave for a visit, and what it then said of the loan."""

    office: str
    score: Decimal
    grade: str
    credit_limit: Decimal
    answers: Sequence[Answer]


async def rate(registry: PeerClient, write: Writer, visit_id: UUID, body: VisitGrantIn) -> Granted | None:
    """Have the registry rate a visit's household, in the officer's own name, and judge the loan; None when answered.

    What fails afterwards is healed by sending the same request again: the registry rates a visit once.

    Raises:
        VisitUnknown, VisitNotOpen, MakerIsChecker, DateBeforeStep: nothing was asked.
        PeerRefused: the registry does not rate: the grade is not reached, or the officer's office may not.
        HouseholdUnknown, PeerUnavailable.
    """
    if await write.is_answered():
        return None
    async with write.database.connection() as conn:
        visit = await _open_visit(conn, write.caller, visit_id, body, lock="")
    asked = {
        "visit_id": str(visit_id),
        "household_id": str(visit["household_id"]),
        "surveyed_on": visit["visited_on"].isoformat(),
        "rated_on": body.granted_on.isoformat(),
        "bank_code": visit["bank_code"],
    }
    key = hashlib.sha256(f"{write.caller.subject}/{write.key}/{visit_id}".encode()).hexdigest()
    rated = await registry.post("/api/v1/visit-ratings", asked, key, write.caller)
    village, loan = visit["village_code"], _application(visit, body)
    answers = await ask(registry, write, county_of(village), loan, [loan], [village])
    return Granted(rated["office"], Decimal(rated["score"]), rated["grade"], Decimal(rated["credit_limit"]), answers)


async def grant_visit(
    conn: Connection, officer: Principal, visit_id: UUID, body: VisitGrantIn, granted: Granted | None
) -> VisitOut:
    """File the application of a visit that was rated, in the name of who took it: filed, or refused with reasons.

    Raises:
        VisitUnknown, VisitNotOpen, MakerIsChecker, DateBeforeStep.
        NoPackInForce, ConsentMissing, LenderNotRegistered, ChangedMeanwhile: as for any filing; the rating stands.
    """
    assert granted is not None
    visit = await _open_visit(conn, officer, visit_id, body, lock="FOR UPDATE")
    application_id = await file_for(conn, visit["opened_by"], _application(visit, body), granted.answers)
    who = (body.granted_on, officer.subject, granted.office)
    await conn.execute(_GRANT, visit_id, *who, granted.score, granted.grade, granted.credit_limit, application_id)
    return await queries.get_visit(conn, scope_of(officer, Right.RATINGS_FINALISE), visit_id)


async def _open_visit(
    conn: Connection, officer: Principal, visit_id: UUID, body: VisitGrantIn, *, lock: str
) -> Mapping[str, Any]:
    scope = scope_of(officer, Right.RATINGS_FINALISE)
    found: Mapping[str, Any] | None = await conn.fetchrow(f"{_SEEN} {lock}", scope.regions, scope.banks, visit_id)
    if found is None:
        raise VisitUnknown(visit_id)
    if found["state"] != "open":
        raise VisitNotOpen(found["state"])
    if found["opened_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("granted_on", body.granted_on, "visited_on", found["visited_on"])
    return found


def _application(visit: Mapping[str, Any], body: VisitGrantIn) -> ApplicationIn:
    return ApplicationIn.model_validate({**visit["loan_request"], "filed_on": body.granted_on})
