"""Drawing up a repayment plan with the household, and the bank's signature under it (DZ-5c)."""

from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.accounts.queries import payoff_on
from services.lending.collections.queries import STATE, ensure_overdue, get_plan
from services.lending.collections.refusals import PlanDecided, PlanOnFile, PlanUnknown
from services.lending.collections.rules.plans import ensure_plan
from services.lending.collections.schemas import (
    CollectionWithdrawalIn,
    PlanDecisionIn,
    RepaymentPlanIn,
    RepaymentPlanOut,
)
from services.lending.loans.refusals import LoanUnknown
from services.lending.proposals.refusals import OnlyTheProposer
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT l.bank_code, l.disbursed_on,
  (SELECT id FROM repayment_plan p WHERE p.loan_id = l.id AND p.state = 'drawn') AS open_plan
FROM loan l WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
_DRAW: Final = """
INSERT INTO repayment_plan (id, loan_id, bank_code, agreed_on, arrears, office, person, paper_reference, note, drawn_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_INSTALLMENTS: Final = """
INSERT INTO plan_installment (plan_id, number, due_on, amount)
SELECT $1, number, due_on, amount FROM unnest($2::date[], $3::numeric[]) WITH ORDINALITY AS n (due_on, amount, number)
"""
_LOCK: Final = f"""
SELECT p.loan_id, {STATE} AS state, p.agreed_on, p.drawn_by, p.bank_code
FROM repayment_plan p JOIN loan l ON l.id = p.loan_id
WHERE p.id = $1 AND l.village_code ^@ ANY ($2::text[]) AND ($3::text IS NULL OR p.bank_code = $3) FOR UPDATE OF l, p
"""  # noqa: S608 - our own text
_REPLACE: Final = """
UPDATE repayment_plan SET state = 'replaced', replaced_on = $2 WHERE loan_id = $1 AND state = 'signed'
"""
_DECIDE: Final = """
UPDATE repayment_plan SET state = $2, signed_on = $3, signed_by = $4, reason = $5 WHERE id = $1
"""


async def draw_plan(conn: Connection, officer: Principal, loan_id: UUID, body: RepaymentPlanIn) -> RepaymentPlanOut:
    """Put down a plan that the household agreed to: all arrears of the day, by instalments.

    Raises:
        LoanUnknown, PlanOnFile, DateBeforeStep, LoanNotOverdue, PlanOutOfOrder, PlanBelowArrears, PlanAbovePayoff
    """
    regions = officer.regions_for(Right.COLLECTIONS_RECORD)
    await lock(conn, [loan_id])  # in a statement of its own, so that the next one sees what others drew
    loan = await conn.fetchrow(_LOAN, loan_id, regions)
    if loan is None:
        raise LoanUnknown
    if loan["open_plan"] is not None:
        raise PlanOnFile(loan["open_plan"])
    ensure_not_before("agreed_on", body.agreed_on, "disbursed_on", loan["disbursed_on"])
    books, account = await ensure_overdue(conn, loan_id, body.agreed_on)
    arrears = account.arrears(body.agreed_on)
    rows = [(each.due_on, each.amount) for each in body.installments]
    ensure_plan(body.agreed_on, rows, arrears, payoff_on(books, body.agreed_on, rows[-1][0]))
    plan_id = new_id()
    words = (body.office, body.person, body.paper_reference, body.note)
    bank = loan["bank_code"]
    await conn.execute(_DRAW, plan_id, loan_id, bank, body.agreed_on, arrears, *words, officer.subject)
    await conn.execute(_INSTALLMENTS, plan_id, [due_on for due_on, _ in rows], [amount for _, amount in rows])
    return await get_plan(conn, plan_id, Scope.within(regions), body.agreed_on)


async def sign_plan(conn: Connection, officer: Principal, plan_id: UUID, body: PlanDecisionIn) -> RepaymentPlanOut:
    """Sign or refuse a plan for the bank; signed, it takes the place of the one before.

    A plan whose arrears were paid meanwhile has lost its ground and is only refused.
    Raises: OrganisationMissing, PlanUnknown, PlanDecided, MakerIsChecker, LoanNotOverdue, DateBeforeStep.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.PLANS_SIGN)
    plan = await _drawn(conn, plan_id, regions, bank)
    if plan["drawn_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("signed_on", body.signed_on, "agreed_on", plan["agreed_on"])
    if body.decision == "sign":
        await ensure_overdue(conn, plan["loan_id"], body.signed_on)
        await conn.execute(_REPLACE, plan["loan_id"], body.signed_on)
    state = "signed" if body.decision == "sign" else "refused"
    await conn.execute(_DECIDE, plan_id, state, body.signed_on, officer.subject, body.reason)
    return await get_plan(conn, plan_id, Scope.within(regions, bank), body.signed_on)


async def withdraw_plan(
    conn: Connection, officer: Principal, plan_id: UUID, body: CollectionWithdrawalIn
) -> RepaymentPlanOut:
    """Withdraw a plan that one drew up oneself and the bank has not signed.

    Raises: PlanUnknown, PlanDecided, OnlyTheProposer, DateBeforeStep.
    """
    regions = officer.regions_for(Right.COLLECTIONS_RECORD)
    plan = await _drawn(conn, plan_id, regions, None)
    if plan["drawn_by"] != officer.subject:
        raise OnlyTheProposer(plan["drawn_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "agreed_on", plan["agreed_on"])
    await conn.execute(_DECIDE, plan_id, "withdrawn", body.withdrawn_on, officer.subject, body.reason)
    return await get_plan(conn, plan_id, Scope.within(regions), body.withdrawn_on)


async def _drawn(conn: Connection, plan_id: UUID, regions: list[str], bank: str | None) -> Any:
    plan = await conn.fetchrow(_LOCK, plan_id, regions, bank)
    if plan is None:
        raise PlanUnknown(plan_id)
    if plan["state"] != "drawn":
        raise PlanDecided(plan["state"])
    return plan
