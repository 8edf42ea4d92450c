"""Record that a refusal was explained to the household, and take back what was recorded wrongly (DZ-4)."""

from typing import Final
from uuid import UUID

from services.lending.explanations.refusals import ExplanationUnknown, ExplanationWithdrawn, NotRefused
from services.lending.explanations.schemas import ExplanationIn, ExplanationOut, ExplanationWithdrawalIn
from services.lending.loans.refusals import ApplicationUnknown
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.scope import scope_of, seen

_IN_SCOPE: Final = seen("village_code", "bank_code")
_APPLICATION: Final = (
    f"SELECT state, state_from, village_code FROM application WHERE {_IN_SCOPE} AND id = $3 FOR UPDATE"  # noqa: S608 - our own text
)
_RECORD: Final = """
INSERT INTO explanation (id, application_id, explained_on, explained_by, explained_as, channel, words)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *
"""
_FIND: Final = f"""
SELECT x.* FROM explanation x JOIN application a ON a.id = x.application_id WHERE {_IN_SCOPE} AND x.id = $3
FOR UPDATE OF x
"""  # noqa: S608 - our own text
_WITHDRAW: Final = """
UPDATE explanation SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1 RETURNING *
"""


async def explain_refusal(
    conn: Connection, officer: Principal, application_id: UUID, body: ExplanationIn
) -> ExplanationOut:
    """Record that the bank or the township explained to the household why its application was refused (DZ-4).

    Raises:
        ApplicationUnknown: there is none in the officer's regions.
        NotRefused: the application was not refused.
        DateBeforeStep: it was explained before it was refused.
    """
    scope = scope_of(officer, Right.REFUSALS_EXPLAIN)
    found = await conn.fetchrow(_APPLICATION, scope.regions, scope.banks, application_id)
    if found is None:
        raise ApplicationUnknown(application_id)
    if found["state"] != "refused":
        raise NotRefused(found["state"])
    ensure_not_before("explained_on", body.explained_on, "refused_on", found["state_from"])
    explained_as = officer.roles_for(Right.REFUSALS_EXPLAIN, found["village_code"])[0]
    said = (body.explained_on, officer.subject, explained_as, body.channel, body.words)
    row = await conn.fetchrow(_RECORD, new_id(), application_id, *said)
    return ExplanationOut.model_validate(dict(row))


async def withdraw_explanation(
    conn: Connection, officer: Principal, explanation_id: UUID, body: ExplanationWithdrawalIn
) -> ExplanationOut:
    """Take an explanation back, as another person than the one who recorded it; the household is then untold again.

    Raises:
        ExplanationUnknown: there is none in the officer's regions.
        MakerIsChecker: the officer recorded it.
        ExplanationWithdrawn: it was taken back before.
        DateBeforeStep: it was explained later.
    """
    scope = scope_of(officer, Right.EXPLANATIONS_WITHDRAW)
    found = await conn.fetchrow(_FIND, scope.regions, scope.banks, explanation_id)
    if found is None:
        raise ExplanationUnknown(explanation_id)
    if found["explained_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if found["withdrawn_on"] is not None:
        raise ExplanationWithdrawn(found["withdrawn_on"], found["withdrawn_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "explained_on", found["explained_on"])
    row = await conn.fetchrow(_WITHDRAW, explanation_id, body.withdrawn_on, officer.subject, body.reason)
    return ExplanationOut.model_validate(dict(row))
