"""Recording one repayment: the bank's clerk says what came, the ledger says what it paid."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from services.lending.accounts.actions.restating import Change, NewRepayment, RestatementCause, restate
from services.lending.loans.refusals import LoanChanging, LoanUnknown
from services.lending.repayments import recording_sql
from services.lending.repayments.refusals import refusal_of
from services.lending.repayments.schemas import RepaymentIn, RepaymentOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.outbox import current_traceparent
from shared.scope import organisation_of

# The second look is made under the lock, so it can only be stale by a fault of ours.
LOOKS_MAX = 3


async def record_repayment(conn: Connection, officer: Principal, loan_id: UUID, body: RepaymentIn) -> RepaymentOut:
    """Record one repayment: penalty accrued to the day, allocation, ledger, the loan's balance, the facts.

    What comes in order takes one statement; anything else replays the loan. The same repayment sent again, with its
    loan, kind, day and amount, answers the recorded one.
    Raises: one of `repayments.refusals`, LoanChanging. Clauses: SX-5, FJ-11.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_RECORD)
    line = (loan_id, body.bank_reference, body.kind, body.paid_on, body.amount, body.payer, body.payer_name)
    for _ in range(LOOKS_MAX):
        row = await _record(conn, bank, regions, officer.subject, line)
        match row["refusal"]:
            case None:
                return _recorded(loan_id, body, row)
            case "already-recorded":
                return await _answer(conn, row["earlier_id"], already_recorded=True)
            case "replay":
                return await _replay(conn, bank, officer.subject, loan_id, body)
            case "stale":
                continue
            case code:
                raise refusal_of(code, row)
    raise LoanChanging


async def _replay(conn: Connection, bank: str, subject: str, loan_id: UUID, body: RepaymentIn) -> RepaymentOut:
    one = NewRepayment(
        new_id(),
        loan_id,
        bank,
        body.bank_reference,
        str(body.kind),
        body.paid_on,
        body.amount,
        subject,
        payer=body.payer,
        payer_name=body.payer_name,
    )
    change = Change(loan_id, RestatementCause.REPAYMENT, body.paid_on, (one,))
    try:
        await restate(conn, [change])
    except asyncpg.UniqueViolationError:
        raise LoanChanging from None
    return await _answer(conn, one.id, already_recorded=False)


async def _record(conn: Connection, bank: str, regions: list[str], subject: str, line: tuple[Any, ...]) -> Any:
    try:
        row = await conn.fetchrow(recording_sql.RECORD_ONE, bank, regions, subject, current_traceparent(), None, *line)
    except asyncpg.UniqueViolationError:
        # The same reference for another loan is being recorded at the same moment.
        raise LoanChanging from None
    if row is None:
        raise LoanUnknown
    return row


def _recorded(loan_id: UUID, body: RepaymentIn, row: Mapping[str, Any]) -> RepaymentOut:
    return RepaymentOut(
        id=row["repayment_id"],
        loan_id=loan_id,
        bank_reference=body.bank_reference,
        kind=body.kind,
        paid_on=body.paid_on,
        amount=body.amount,
        payer=body.payer,
        payer_name=body.payer_name,
        penalty=row["penalty"],
        surcharge=row["surcharge"],
        interest=row["interest"],
        principal=row["principal"],
        principal_outstanding=row["left_outstanding"],
        held=ZERO,
        remitted=ZERO,
        loan_closed=row["closes"],
        after_write_off=False,
        already_recorded=False,
        reversed=False,
    )


# Whether it closed the loan: the loan is closed since its day.
_BOOKED = """
SELECT r.*, coalesce(l.closed_on = r.paid_on AND r.reversed_on IS NULL, false) AS loan_closed,
  coalesce(r.paid_on >= l.written_off_on, false) AS after_write_off,
  (SELECT coalesce(sum(m.penalty + m.interest + m.principal), 0.00) FROM remission_part m
    WHERE m.loan_id = r.loan_id AND m.remission_id IS NULL AND m.remitted_on = r.paid_on AND r.reversed_on IS NULL)
    AS remitted
FROM repayment r JOIN loan l ON l.id = r.loan_id WHERE r.id = $1
"""


async def _answer(conn: Connection, repayment_id: UUID, *, already_recorded: bool) -> RepaymentOut:
    row = await conn.fetchrow(_BOOKED, repayment_id)
    return RepaymentOut(
        id=row["id"],
        loan_id=row["loan_id"],
        bank_reference=row["bank_reference"],
        kind=row["kind"],
        paid_on=row["paid_on"],
        amount=row["amount"],
        payer=row["payer"],
        payer_name=row["payer_name"],
        penalty=row["penalty"],
        surcharge=row["surcharge"],
        interest=row["interest"],
        principal=row["principal"],
        held=row["held"],
        remitted=row["remitted"],
        principal_outstanding=row["principal_outstanding"],
        loan_closed=row["loan_closed"],
        after_write_off=row["after_write_off"],
        already_recorded=already_recorded,
        reversed=row["reversed_on"] is not None,
    )
