"""Named reads: who pressed for repayment, and how plans are kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.queries import account_as_of
from services.lending.accounts.rules.account import Account
from services.lending.collections.refusals import CollectionRecordUnknown, LoanNotOverdue, PlanUnknown
from services.lending.collections.rules.plans import Instalment, PlanProgress, kept
from services.lending.collections.schemas import (
    CollectionRecordOut,
    CollectionRecords,
    PlanInstallmentOut,
    PlanState,
    RepaymentPlanOut,
)
from services.lending.loans.refusals import LoanUnknown
from services.lending.loans.rest_days_sql import timeliness
from shared.db import Connection
from shared.money import ZERO
from shared.scope import Scope, seen

RECORDS_MAX: Final = 1_000  # of one loan
PLANS_AT_ONCE: Final = 500
_SEEN: Final = seen("l.village_code", "l.bank_code")
_RECORDS: Final = """
SELECT id, loan_id, office, person, pressed_on, result, promised_on, note, recorded_by, withdrawn_on, withdraw_reason,
  withdrawn_by
FROM collection_record
"""
_OF_LOAN: Final = f"{_RECORDS} WHERE loan_id = $1 ORDER BY pressed_on, id LIMIT $2"
_ONE: Final = f"{_RECORDS} WHERE id = $1"
_VISIBLE: Final = f"SELECT EXISTS (SELECT FROM loan l WHERE l.id = $3 AND {_SEEN})"  # noqa: S608 - our own text
# A plan on a loan that never stood has lapsed: nobody signs it, withdraws it or follows it.
STATE: Final = """CASE WHEN l.cancelled_on IS NOT NULL AND p.state IN ('drawn', 'signed') THEN 'lapsed'
  ELSE p.state END"""
_PLANS: Final = f"""
SELECT p.id, p.loan_id, l.contract_number, l.household_number, l.village_code, l.bank_code, p.agreed_on, p.arrears,
  p.office, p.person, p.paper_reference, p.note, p.drawn_by, {STATE} AS state, p.signed_on, p.signed_by, p.reason,
  p.replaced_on, CASE WHEN l.state = 'closed' THEN l.closed_on END AS settled_on,
  (SELECT array_agg((i.number, i.due_on, timely.met_on, i.amount) ORDER BY i.number)
    FROM plan_installment i {timeliness("0", "l.county_code")} WHERE i.plan_id = p.id) AS installments,
  (SELECT array_agg((r.paid_on, r.amount - r.refunded)) FROM repayment r
    WHERE r.loan_id = p.loan_id AND r.reversed_on IS NULL AND r.paid_on > p.agreed_on) AS receipts,
  (SELECT array_agg((greatest(m.remitted_on, p.agreed_on), m.penalty + m.interest + m.principal))
    FROM remission_part m LEFT JOIN remission d ON d.id = m.remission_id WHERE m.loan_id = p.loan_id
      AND (m.remitted_on > p.agreed_on OR d.decided_at > p.drawn_at)) AS remissions
FROM repayment_plan p JOIN loan l ON l.id = p.loan_id
WHERE {_SEEN} AND ($3::uuid IS NULL OR p.id = $3) AND ($4::text IS NULL OR {STATE} = $4)
  AND ($5::uuid IS NULL OR p.loan_id = $5) AND ($6::uuid IS NULL OR p.id > $6)
ORDER BY p.id LIMIT $7
"""  # noqa: S608 - our own text


async def ensure_overdue(conn: Connection, loan_id: UUID, on: date) -> tuple[Books, Account]:
    """Return the books of a loan and its account on a day on which something is overdue. Raises: LoanNotOverdue."""
    (books,) = await books_of(conn, [loan_id])
    account, closed_on = account_as_of(books, on), books.loan["closed_on"]
    if account.overdue_from(on) is None or (closed_on is not None and closed_on <= on):  # closed: all came back
        raise LoanNotOverdue(on)
    return books, account


async def list_records(conn: Connection, loan_id: UUID, scope: Scope) -> CollectionRecords:
    """Return who pressed for repayment of a loan, withdrawn records too. Raises: LoanUnknown."""
    if not await conn.fetchval(_VISIBLE, scope.regions, scope.banks, loan_id):
        raise LoanUnknown
    rows = await conn.fetch(_OF_LOAN, loan_id, RECORDS_MAX)
    return CollectionRecords(items=[CollectionRecordOut(**row) for row in rows])


async def get_record(conn: Connection, record_id: UUID) -> CollectionRecordOut:
    """Return one record. Raises: CollectionRecordUnknown."""
    row = await conn.fetchrow(_ONE, record_id)
    if row is None:
        raise CollectionRecordUnknown(record_id)
    return CollectionRecordOut(**row)


async def list_plans(
    conn: Connection,
    scope: Scope,
    as_of: date,
    *,
    state: PlanState | None,
    progress: PlanProgress | None,
    loan_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[RepaymentPlanOut]:
    """Return up to `limit` plans after one id, by id, as they are kept on a day; `progress`: signed ones like that."""
    found: list[RepaymentPlanOut] = []
    asked = state if progress is None else PlanState.SIGNED
    while len(found) < limit:
        rows = await conn.fetch(_PLANS, scope.regions, scope.banks, None, asked, loan_id, after, PLANS_AT_ONCE)
        plans = [_plan_out(row, as_of) for row in rows]
        found += [plan for plan in plans if progress is None or plan.progress is progress]
        if len(rows) < PLANS_AT_ONCE:
            break
        after = rows[-1]["id"]
    return found[:limit]


async def get_plan(conn: Connection, plan_id: UUID, scope: Scope, as_of: date) -> RepaymentPlanOut:
    """Return one plan as it is kept on a day. Raises: PlanUnknown."""
    row = await conn.fetchrow(_PLANS, scope.regions, scope.banks, plan_id, None, None, None, 1)
    if row is None:
        raise PlanUnknown(plan_id)
    return _plan_out(row, as_of)


def _plan_out(row: Mapping[str, Any], as_of: date) -> RepaymentPlanOut:
    items = [
        PlanInstallmentOut(number=number, due_on=due_on, met_on=met_on, amount=amount)
        for number, due_on, met_on, amount in row["installments"]
    ]
    receipts, remissions = [[tuple(each) for each in row[name] or ()] for name in ("receipts", "remissions")]
    planned = [Instalment(each.due_on, each.met_on, each.amount) for each in items]
    found = kept(planned, receipts, as_of, row["settled_on"], remissions)
    signed = row["state"] == PlanState.SIGNED
    said = {name: row[name] for name in RepaymentPlanOut.model_fields.keys() & set(row.keys()) - {"installments"}}
    return RepaymentPlanOut(
        **said,
        total=sum((each.amount for each in items), ZERO),
        as_of=as_of,
        progress=found.progress if signed else None,
        received=found.received,
        remitted=found.remitted,
        missing=found.missing if signed else ZERO,
        broken_since=found.broken_since if signed else None,
        installments=items,
    )
