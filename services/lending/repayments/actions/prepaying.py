"""A partial prepayment (部分提前还款): the engine plans what remains, loan by loan, since such loans are few."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.lending.loans.postings_sql import CANCEL, CHARGE, PLAN
from services.lending.loans.rules.day_count import RuleRefused, days
from services.lending.loans.rules.prepayment import Prepayment, prepay
from services.lending.loans.rules.schedule import Installment
from services.lending.repayments.refusals import PrepaymentImpossible
from shared.db import Connection
from shared.policy.vocabulary import DayCount, RepaymentMethod, Rounding

_COMING = """
SELECT number, period_from, due_on, days, principal_due, interest_due,
  sum(principal_due) OVER (ORDER BY due_on DESC, number DESC) - principal_due AS balance
FROM installment WHERE loan_id = $1 AND cancelled_on IS NULL AND due_on > $2
ORDER BY due_on, number
"""


async def plan_partial_prepayment(conn: Connection, figure: Mapping[str, Any]) -> None:
    """Replace what is not yet due by one instalment for the prepayment and the engine's plan for the rest.

    `figure` is a row of the prepayment's figures; the loan is locked and what was due before is paid by the same money.
    The maturity stays (期限不变). Raises: PrepaymentImpossible.
    """
    coming = [_installment(row) for row in await conn.fetch(_COMING, figure["loan_id"], figure["paid_on"])]
    day_count = DayCount(figure["day_count"])
    try:
        plan = prepay(
            coming,
            figure["amount"] - figure["arrears"],
            figure["paid_on"],
            figure["annual_rate"],
            day_count,
            RepaymentMethod(figure["repayment_method"]),
            Rounding(figure["rounding"]),
        )
    except RuleRefused as refused:
        raise PrepaymentImpossible({"reason": refused.sentence}) from None
    rows = [_paid_now(plan, coming[0], day_count), *plan.installments]
    await conn.execute(CANCEL, figure["loan_id"], figure["paid_on"])
    await _store(conn, figure, rows)


async def _store(conn: Connection, figure: Mapping[str, Any], rows: Sequence[Installment]) -> None:
    first = figure["last_number"] + 1
    await conn.execute(
        PLAN,
        figure["loan_id"],
        list(range(first, first + len(rows))),
        [row.period_from for row in rows],
        [row.due_on for row in rows],
        [row.days for row in rows],
        [row.principal for row in rows],
        [row.interest for row in rows],
    )
    await conn.execute(CHARGE, figure["loan_id"])


def _installment(row: Mapping[str, Any]) -> Installment:
    principal: Decimal = row["principal_due"]
    interest: Decimal = row["interest_due"]
    total = principal + interest
    return Installment(
        row["number"], row["due_on"], row["days"], principal, interest, total, row["balance"], row["period_from"]
    )


def _paid_now(plan: Prepayment, current: Installment, day_count: DayCount) -> Installment:
    counted = days(day_count, current.period_from, plan.paid_on)
    total = plan.interest + plan.principal
    return Installment(
        0, plan.paid_on, counted, plan.principal, plan.interest, total, plan.balance, current.period_from
    )
