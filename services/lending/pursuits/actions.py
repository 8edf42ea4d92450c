"""Record how a debtor is pursued, step by step, and withdraw what was recorded wrongly (FJ-12, LG-22)."""

from datetime import date
from typing import Final
from uuid import UUID

from services.lending.accounts.loading import books_of
from services.lending.accounts.queries import account_as_of
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.pursuits.queries import get_step
from services.lending.pursuits.refusals import (
    NoEntityBehindLoan,
    NothingToPursue,
    PursuedDebtPaid,
    PursuitStepUnknown,
    PursuitStepWithdrawn,
)
from services.lending.pursuits.rules.order import Step, ensure_in_order, ensure_nothing_rests_on, pursued_since
from services.lending.pursuits.schemas import PursuitStepIn, PursuitStepOut, PursuitStepWithdrawalIn
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.lending import PursuitStepRecorded
from shared.ids import new_id
from shared.policy.vocabulary import OWN_USE
from shared.scope import organisation_of

RECORDED: Final = 1  # versions of a step: it is recorded, and perhaps withdrawn
WITHDRAWN: Final = 2
_LOCK_LOAN: Final = """
SELECT l.bank_code, l.mode, l.village_code, l.closed_on, min(r.reported_on) AS reported_on, (
    SELECT min(i.due_on) FROM installment i WHERE i.loan_id = l.id AND i.cancelled_on IS NULL
      AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due)) AS due_from,
  min(c.confirmed_on) FILTER (WHERE r.malicious) AS malicious_from
FROM (SELECT id, bank_code, mode, village_code, closed_on FROM loan
  WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR NO KEY UPDATE) l
LEFT JOIN default_report r ON r.loan_id = l.id AND r.withdrawn_on IS NULL
LEFT JOIN default_confirmation c ON c.report_id = r.id
GROUP BY l.id, l.bank_code, l.mode, l.village_code, l.closed_on
"""
_STANDING: Final = """
SELECT kind, happened_on, debtor FROM pursuit_step
WHERE loan_id = $1 AND debtor = $2 AND withdrawn_on IS NULL AND id <> $3 ORDER BY happened_on, id
"""
_RECORD: Final = """
INSERT INTO pursuit_step (id, loan_id, bank_code, debtor, kind, happened_on, reference, note, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_LOCK_STEP: Final = """
SELECT s.loan_id, s.debtor, s.kind, s.happened_on, s.recorded_by, s.withdrawn_on, s.bank_code, l.village_code
FROM pursuit_step s JOIN loan l ON l.id = s.loan_id
WHERE s.id = $1 AND s.bank_code = $2 AND l.village_code ^@ ANY ($3::text[]) FOR UPDATE
"""
_WITHDRAW: Final = """
UPDATE pursuit_step SET withdrawn_on = $2, withdraw_reason = $3, withdrawn_by = $4 WHERE id = $1
"""


async def record_step(conn: Connection, officer: Principal, loan_id: UUID, body: PursuitStepIn) -> PursuitStepOut:
    """Record a step against a loan's household or operating entity.

    Raises:
        OrganisationMissing, LoanUnknown, LoanOfAnotherBank, NothingToPursue, PursuedDebtPaid, NoEntityBehindLoan,
        StepNeedsAnother, DefaultNotMalicious
    """
    bank = organisation_of(officer)
    loan = await conn.fetchrow(_LOCK_LOAN, loan_id, officer.regions_for(Right.PURSUITS_RECORD))
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    if body.debtor == "entity" and loan["mode"] in OWN_USE:
        raise NoEntityBehindLoan
    since = pursued_since(body.debtor, body.kind, loan["due_from"], loan["reported_on"])
    if since is None or since > body.happened_on:
        raise NothingToPursue(body.happened_on)
    await _ensure_owed(conn, loan_id, loan["closed_on"], body.happened_on)
    step_id = new_id()
    earlier = await _standing(conn, loan_id, body.debtor, step_id)
    ensure_in_order(Step(body.kind, body.happened_on, body.debtor), earlier, loan["malicious_from"])
    words = (body.debtor, body.kind, body.happened_on, body.reference, body.note)
    await conn.execute(_RECORD, step_id, loan_id, bank, *words, officer.subject)
    recorded = await get_step(conn, step_id)
    await _publish(conn, recorded, bank, loan["village_code"], RECORDED)
    return recorded


async def _ensure_owed(conn: Connection, loan_id: UUID, closed_on: date | None, on: date) -> None:
    """Refuse a step on a day on which nothing that had fallen due was owed any more, by what is posted now."""
    (books,) = await books_of(conn, [loan_id])
    if (closed_on is not None and closed_on <= on) or account_as_of(books, on).arrears(on) == 0:
        raise PursuedDebtPaid(on)


async def withdraw_step(
    conn: Connection, officer: Principal, step_id: UUID, body: PursuitStepWithdrawalIn
) -> PursuitStepOut:
    """Withdraw a step that was recorded wrongly; by another person of the bank, and it stays on file.

    Raises:
        OrganisationMissing, PursuitStepUnknown, PursuitStepWithdrawn, MakerIsChecker, DateBeforeStep,
        LaterStepRestsOnIt
    """
    regions = officer.regions_for(Right.PURSUITS_RECORD)
    step = await conn.fetchrow(_LOCK_STEP, step_id, organisation_of(officer), regions)
    if step is None:
        raise PursuitStepUnknown(step_id)
    if step["withdrawn_on"] is not None:
        raise PursuitStepWithdrawn(step["withdrawn_on"])
    if step["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "happened_on", step["happened_on"])
    others = await _standing(conn, step["loan_id"], step["debtor"], step_id)
    ensure_nothing_rests_on(Step(step["kind"], step["happened_on"], step["debtor"]), others)
    await conn.execute(_WITHDRAW, step_id, body.withdrawn_on, body.reason, officer.subject)
    withdrawn = await get_step(conn, step_id)
    await _publish(conn, withdrawn, step["bank_code"], step["village_code"], WITHDRAWN)
    return withdrawn


async def _publish(conn: Connection, step: PursuitStepOut, bank_code: str, village_code: str, version: int) -> None:
    event = PursuitStepRecorded(
        pursuit_step_id=step.id,
        loan_id=step.loan_id,
        village_code=village_code,
        bank_code=bank_code,
        debtor=step.debtor,
        kind=step.kind,
        happened_on=step.happened_on,
        withdrawn_on=step.withdrawn_on,
    )
    await outbox.record(conn, event, aggregate_id=step.id, aggregate_version=version, region_code=village_code)


async def _standing(conn: Connection, loan_id: UUID, debtor: str, apart_from: UUID) -> list[Step]:
    return [Step(**row) for row in await conn.fetch(_STANDING, loan_id, debtor, apart_from)]
