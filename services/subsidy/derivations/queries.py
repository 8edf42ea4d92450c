"""Read what an amount was worked out from, of a line as it was kept, of a loan by the facts known now."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.comparison_sql import COMPARED
from services.subsidy.batches.due_sql import LEFT
from services.subsidy.batches.refusals import CapRateMissing
from services.subsidy.batches.rules.due import FIGURES
from services.subsidy.derivations.refusals import AccountUnknown, DerivationMissing, LineUnknown
from services.subsidy.derivations.rules.steps import ZERO, Figures, Left, steps_of
from services.subsidy.derivations.schemas import DerivationOut, DerivationStep, LoanDerivation
from shared.db import Connection
from shared.scope import Scope, seen

_LINE: Final = f"""
SELECT s.*, s.amount AS to_grant, {LEFT}
FROM (
  SELECT l.id AS line_id, l.kind AS line_kind, l.amount, l.reasons, l.days, l.eligible_days, l.cap_rate, a.principal,
    a.pack_version, {", ".join(f"l.{name}" for name in FIGURES)}, p.repayment_id, p.installment_number,
    p.amount AS interest, p.paid_on, p.payer, p.bank_reference, p.period_from, p.period_until
  FROM subsidy_line l
  JOIN subsidy_account a ON a.loan_id = l.loan_id
  LEFT JOIN interest_payment p
    ON (p.repayment_id, p.installment_number, p.loan_version) = (l.repayment_id, l.installment_number, l.part_version)
  WHERE l.id = $1 AND {seen("l.village_code", "a.bank_code", regions="$2", banks="$3")}) s
"""  # noqa: S608 - our own text
_ACCOUNT: Final = f"""
SELECT a.loan_id, a.contract_number, a.household_id, a.county_code FROM subsidy_account a
WHERE a.loan_id = $1 AND {seen("a.village_code", "a.bank_code", regions="$2", banks="$3")}
"""  # noqa: S608 - our own text
_LOAN: Final = f"""
WITH concerned AS MATERIALIZED (SELECT $3::uuid AS loan_id), {COMPARED}
SELECT s.*, {LEFT}
FROM (
  SELECT NULL::uuid AS line_id, c.repayment_id, c.installment_number, c.reasons, c.days, c.eligible_days, c.cap_rate,
    c.cap_missing, c.cap_basis, c.disbursed_on, a.principal, a.pack_version, {", ".join(f"c.{n}" for n in FIGURES)},
    c.interest, p.paid_on, p.payer, p.bank_reference, p.period_from, p.period_until, c.difference AS to_grant
  FROM compared c
  JOIN subsidy_account a ON a.loan_id = c.loan_id
  JOIN interest_payment p ON p.repayment_id = c.repayment_id AND p.installment_number = c.installment_number
    AND p.superseded_by IS NULL
  WHERE c.counts AND ($4::date IS NULL OR p.paid_on >= $4) AND ($5::date IS NULL OR p.paid_on < $5)) s
ORDER BY paid_on, installment_number, repayment_id
"""  # noqa: S608 - our own text
_KEPT: Final = tuple(each.name for each in fields(Figures) if each.name not in ("subsidised_days", "why_not"))


async def derive_line(conn: Connection, scope: Scope, line_id: UUID) -> DerivationOut:
    """Return how a line's amount came about, by what was known when it was prepared.

    Raises:
        LineUnknown: there is none in the caller's scope.
        DerivationMissing: it offsets a claw-back, or is older than derivations.
    """
    row = await conn.fetchrow(_LINE, line_id, scope.regions, scope.banks)
    if row is None:
        raise LineUnknown(line_id)
    if row["covered"] is None:
        raise DerivationMissing(line_id, row["line_kind"])
    return _derived(row)


async def derive_loan(
    conn: Connection, scope: Scope, loan_id: UUID, today: date, period: tuple[date | None, date | None]
) -> LoanDerivation:
    """Return what interest of a loan, paid on days of a period, is due by the facts known now, before any batch.

    Raises:
        AccountUnknown: no such loan in the caller's scope.
        CapRateMissing: the pack caps the rate by a series that is not published for the loan's first day.
        PackNotReplicated: the loan's pack version has not arrived here.
    """
    account = await conn.fetchrow(_ACCOUNT, loan_id, scope.regions, scope.banks)
    if account is None:
        raise AccountUnknown(loan_id)
    rules = await rules_of_county(conn, account["county_code"])
    rows = await conn.fetch(_LOAN, rules, today, loan_id, *period)
    missing = next((row for row in rows if row["cap_missing"]), None)
    if missing is not None:
        raise CapRateMissing(1, missing["cap_basis"], missing["disbursed_on"])
    items = [_derived(row) for row in rows]
    due, granted = sum((each.due for each in items), ZERO), sum((each.granted_before for each in items), ZERO)
    return LoanDerivation(
        loan_id=account["loan_id"],
        contract_number=account["contract_number"],
        household_id=account["household_id"],
        as_of=today,
        interest=sum((each.interest for each in items), ZERO),
        due=due,
        granted_before=granted,
        amount=str(due - granted),
        items=items,
    )


def _derived(row: Mapping[str, Any]) -> DerivationOut:
    left = Left(**{each.name: row[each.name] for each in fields(Left)})
    granted_before = left.due - row["to_grant"]
    figures = Figures(
        **{name: row[name] for name in _KEPT},
        subsidised_days=[(each.lower, each.upper) for each in row["subsidised_days"]],
        why_not=row["reasons"][0] if row["covered"] < row["interest"] else None,
    )
    steps = steps_of(figures, left, granted_before)
    written = {"withheld", "left"}
    return DerivationOut(
        **{name: row[name] for name in ("line_id", "repayment_id", "installment_number", "bank_reference", "days",
           "period_from", "period_until", "eligible_days", "pack_version", "interest")},
        interest_paid_on=row["paid_on"],
        due=left.due,
        granted_before=granted_before,
        amount=str(row["to_grant"]),
        steps=[DerivationStep(**{k: str(v) if k in written else v for k, v in asdict(step).items()}) for step in steps],
    )  # fmt: skip
