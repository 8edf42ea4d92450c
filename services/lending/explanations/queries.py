"""Named reads of explanations, and of the refusals that nobody has explained yet."""

from datetime import date
from typing import Final
from uuid import UUID

from services.lending.explanations.schemas import ExplanationOut, UnexplainedRefusal
from services.lending.loans.refusals import ApplicationUnknown
from shared.db import Connection
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

_IN_SCOPE: Final = seen("village_code", "bank_code")
_SEEN: Final = f"SELECT EXISTS (SELECT FROM application WHERE {_IN_SCOPE} AND id = $3)"  # noqa: S608 - our own text
_OF_APPLICATION: Final = """
SELECT * FROM explanation WHERE application_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
_UNEXPLAINED: Final = f"""
SELECT id, household_number, village_code, bank_code, amount, state_from AS refused_on,
       $3::date - state_from AS days_waiting
FROM application a
WHERE {_IN_SCOPE} AND state = 'refused' AND state_from <= $3 AND ($4::text IS NULL OR village_code ^@ $4)
  AND NOT EXISTS (SELECT FROM explanation x WHERE x.application_id = a.id AND x.explained_on <= $3
                    AND coalesce(x.withdrawn_on > $3, true))
  AND ($5::uuid IS NULL OR id > $5)
ORDER BY id LIMIT $6
"""  # noqa: S608 - our own text


async def list_explanations(
    conn: Connection, scope: Scope, application_id: UUID, page: PageRequest
) -> list[ExplanationOut]:
    """Return up to one row more than a page of what was explained to a household, the first first.

    Raises:
        ApplicationUnknown: there is none in the caller's scope.
    """
    if not await conn.fetchval(_SEEN, scope.regions, scope.banks, application_id):
        raise ApplicationUnknown(application_id)
    rows = await conn.fetch(_OF_APPLICATION, application_id, page.after_as(UUID), page.limit + 1)
    return [ExplanationOut.model_validate(dict(row)) for row in rows]


async def list_unexplained(
    conn: Connection, scope: Scope, page: PageRequest, as_of: date, region: str | None
) -> list[UnexplainedRefusal]:
    """Return up to one row more than a page of refusals that nobody explained by a day, oldest first (DZ-4)."""
    after = page.after_as(UUID)
    rows = await conn.fetch(_UNEXPLAINED, scope.regions, scope.banks, as_of, region, after, page.limit + 1)
    return [UnexplainedRefusal.model_validate(dict(row)) for row in rows]
