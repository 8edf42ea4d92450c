"""Named reads of checks of applications."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from services.lending.checks.refusals import ChecksMissing
from services.lending.checks.rules import checks_before_hand_over, lacking
from services.lending.checks.schemas import CheckOut
from services.lending.loans.refusals import ApplicationUnknown
from shared.db import Connection
from shared.policy.sections import FollowUpSection
from shared.scope import Scope, seen
from shared.web.pages import PageRequest

_SEEN: Final = f"""
SELECT EXISTS (SELECT FROM application WHERE {seen("village_code", "bank_code")} AND id = $3)
"""  # noqa: S608 - our own text
_OF_APPLICATION: Final = """
SELECT * FROM application_check WHERE application_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
_CHECKED: Final = """
SELECT DISTINCT ON (application_id, check_code) application_id, check_code, outcome FROM application_check
WHERE application_id = ANY ($1::uuid[]) AND withdrawn_on IS NULL AND checked_on <= $2
ORDER BY application_id, check_code, checked_on DESC, id DESC
"""


async def list_checks(conn: Connection, scope: Scope, application_id: UUID, page: PageRequest) -> list[CheckOut]:
    """Return up to one row more than a page of an application's checks, withdrawn ones too.

    Raises:
        ApplicationUnknown: there is none in the caller's scope.
    """
    if not await conn.fetchval(_SEEN, scope.regions, scope.banks, application_id):
        raise ApplicationUnknown(application_id)
    rows = await conn.fetch(_OF_APPLICATION, application_id, page.after_as(UUID), page.limit + 1)
    return [CheckOut.model_validate(dict(row)) for row in rows]


async def ensure_checked(conn: Connection, rule: FollowUpSection, application_ids: Sequence[UUID], on: date) -> None:
    """Refuse what was not looked at as the county's pack asks, or was found unfit when it was last (JN-5).

    Raises: ChecksMissing.
    """
    asked = checks_before_hand_over(rule)
    if not asked:
        return
    outcomes: dict[UUID, dict[str, str]] = {number: {} for number in application_ids}
    for each in await conn.fetch(_CHECKED, list(outcomes), on):
        outcomes[each["application_id"]][each["check_code"]] = each["outcome"]
    missing = {number: codes for number, found in outcomes.items() if (codes := lacking(asked, found))}
    if missing:
        raise ChecksMissing(missing)
