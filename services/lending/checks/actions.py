"""Record that an application was looked at before or during its procedure, and take back what is wrong (JN-5)."""

from typing import Final
from uuid import UUID

from services.lending.checks.refusals import CheckNotAsked, CheckTooLate, CheckUnknown, CheckWithdrawn
from services.lending.checks.rules import checks_before_hand_over
from services.lending.checks.schemas import CheckIn, CheckOut, CheckWithdrawalIn
from services.lending.loans.refusals import ApplicationUnknown
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.policy.copies import pack_for
from shared.scope import scope_of, seen

_OVER: Final = frozenset({"handed_over", "disbursed", "refused", "withdrawn"})
_IN_SCOPE: Final = seen("a.village_code", "a.bank_code")
_APPLICATION: Final = f"""
SELECT a.state, a.filed_on, a.village_code, a.pack_id, a.product_code FROM application a
WHERE {_IN_SCOPE} AND a.id = $3 FOR NO KEY UPDATE
"""  # noqa: S608 - our own text
_RECORD: Final = """
INSERT INTO application_check (id, application_id, check_code, checked_on, checked_by, outcome, words, recorded_by,
  recorded_as)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *
"""
_FIND: Final = f"""
SELECT c.*, a.state AS application_state FROM application_check c JOIN application a ON a.id = c.application_id
WHERE {_IN_SCOPE} AND c.id = $3 FOR UPDATE OF c, a
"""  # noqa: S608 - our own text
_WITHDRAW: Final = """
UPDATE application_check SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1 RETURNING *
"""


async def record_check(conn: Connection, officer: Principal, application_id: UUID, body: CheckIn) -> CheckOut:
    """Record one of the checks that the pack asks for before the hand-over, with person and day (JN-5).

    Raises: ApplicationUnknown, CheckTooLate, CheckNotAsked.
    """
    scope = scope_of(officer, Right.DUTIES_RECORD)
    found = await conn.fetchrow(_APPLICATION, scope.regions, scope.banks, application_id)
    if found is None:
        raise ApplicationUnknown(application_id)
    if found["state"] in _OVER:
        raise CheckTooLate(found["state"])
    pack = await pack_for(conn, found["pack_id"], found["product_code"])
    asked = checks_before_hand_over(pack.pack.follow_up)
    if body.check_code not in asked:
        raise CheckNotAsked(body.check_code, asked)
    recorded_as = officer.roles_for(Right.DUTIES_RECORD, found["village_code"])[0]
    said = (body.check_code, body.checked_on, body.checked_by, body.outcome, body.words)
    row = await conn.fetchrow(_RECORD, new_id(), application_id, *said, officer.subject, str(recorded_as))
    return CheckOut.model_validate(dict(row))


async def withdraw_check(conn: Connection, officer: Principal, check_id: UUID, body: CheckWithdrawalIn) -> CheckOut:
    """Take a check back, as another person, while the application is under way; it is then owed again.

    Raises: CheckUnknown, MakerIsChecker, CheckWithdrawn, CheckTooLate, DateBeforeStep.
    """
    scope = scope_of(officer, Right.DUTIES_RECORD)
    found = await conn.fetchrow(_FIND, scope.regions, scope.banks, check_id)
    if found is None:
        raise CheckUnknown(check_id)
    if found["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if found["withdrawn_on"] is not None:
        raise CheckWithdrawn(found["withdrawn_on"], found["withdrawn_by"])
    if found["application_state"] in _OVER:
        raise CheckTooLate(found["application_state"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "checked_on", found["checked_on"])
    row = await conn.fetchrow(_WITHDRAW, check_id, body.withdrawn_on, officer.subject, body.reason)
    return CheckOut.model_validate(dict(row))
