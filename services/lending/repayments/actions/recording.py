"""Recording one repayment: the bank's clerk says what came, the ledger says what it paid."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from services.lending.loans.refusals import LoanChanging, LoanUnknown
from services.lending.repayments import recording_sql
from services.lending.repayments.actions.prepaying import plan_partial_prepayment
from services.lending.repayments.refusals import refusal_of
from services.lending.repayments.schemas import RepaymentIn, RepaymentKind, RepaymentOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.outbox import current_traceparent
from shared.scope import organisation_of

# The second look is made under the lock, so it can only be stale by a fault of ours.
LOOKS_MAX = 3


async def record_repayment(conn: Connection, officer: Principal, loan_id: UUID, body: RepaymentIn) -> RepaymentOut:
    """Record one repayment: penalty accrued to the day, allocation, ledger, the loan's balance, the facts.

    The same repayment sent again, with its loan, kind, day and amount, answers the recorded one.
    Raises: one of `repayments.refusals`, LoanChanging. Clauses: SX-5, FJ-11.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_RECORD)
    line = (loan_id, body.bank_reference, str(body.kind), body.paid_on, body.amount)
    if body.kind is RepaymentKind.PREPAYMENT:
        await _plan_prepayment(conn, bank, regions, line)
    for _ in range(LOOKS_MAX):
        row = await _record(conn, bank, regions, officer.subject, line)
        if row["refusal"] is None:
            return _recorded(loan_id, body, row)
        if row["refusal"] == "already-recorded":
            return await _already_recorded(conn, row["earlier_id"])
        if row["refusal"] != "stale":
            raise refusal_of(row["refusal"], row)
    raise LoanChanging


async def _record(conn: Connection, bank: str, regions: list[str], subject: str, line: tuple[Any, ...]) -> Any:
    try:
        row = await conn.fetchrow(recording_sql.RECORD_ONE, bank, regions, subject, current_traceparent(), None, *line)
    except asyncpg.UniqueViolationError:
        # The same reference for another loan is being recorded at the same moment.
        raise LoanChanging from None
    if row is None:
        raise LoanUnknown
    return row


async def _plan_prepayment(conn: Connection, bank: str, regions: list[str], line: tuple[Any, ...]) -> None:
    for _ in range(LOOKS_MAX):
        figure = await conn.fetchrow(recording_sql.REPLAN_ONE, bank, regions, *line)
        if figure is None:
            raise LoanUnknown
        match figure["ruling"]:
            case "full" | "already-recorded":
                return
            case "partial":
                return await plan_partial_prepayment(conn, figure)
            case "stale":
                continue
            case code:
                raise refusal_of(code, figure)
    raise LoanChanging


def _recorded(loan_id: UUID, body: RepaymentIn, row: Mapping[str, Any]) -> RepaymentOut:
    return RepaymentOut(
        id=row["repayment_id"],
        loan_id=loan_id,
        bank_reference=body.bank_reference,
        kind=body.kind,
        paid_on=body.paid_on,
        amount=body.amount,
        penalty=row["penalty"],
        interest=row["interest"],
        principal=row["principal"],
        principal_outstanding=row["left_outstanding"],
        loan_closed=row["closes"],
        already_recorded=False,
    )


_EARLIER = """
SELECT r.*, l.state = 'closed' AND r.loan_version = l.version - 1 AS loan_closed
FROM repayment r JOIN loan l ON l.id = r.loan_id WHERE r.id = $1
"""


async def _already_recorded(conn: Connection, repayment_id: UUID) -> RepaymentOut:
    row = await conn.fetchrow(_EARLIER, repayment_id)
    return RepaymentOut(
        id=row["id"],
        loan_id=row["loan_id"],
        bank_reference=row["bank_reference"],
        kind=row["kind"],
        paid_on=row["paid_on"],
        amount=row["amount"],
        penalty=row["penalty"],
        interest=row["interest"],
        principal=row["principal"],
        principal_outstanding=row["principal_outstanding"],
        loan_closed=row["loan_closed"],
        already_recorded=True,
    )
