"""Bodies of the repayment API; amounts are yuan as decimal strings."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, Reference

BankReference = Reference


class RepaymentKind(StrEnum):
    """Paying what is due, or repaying early."""

    REPAYMENT = "repayment"
    PREPAYMENT = "prepayment"


class RepaymentIn(Body):
    """One repayment as the bank received it."""

    bank_reference: BankReference
    kind: RepaymentKind = RepaymentKind.REPAYMENT
    paid_on: HappenedOn
    amount: PositiveMoney


class RepaymentOut(Answer):
    """A recorded repayment; amount = penalty + interest + principal + held, or nothing of it once it is reversed."""

    id: UUID
    loan_id: UUID
    bank_reference: str
    kind: RepaymentKind
    paid_on: date
    amount: Money
    penalty: Money
    interest: Money
    principal: Money
    held: Money
    principal_outstanding: Money
    loan_closed: bool
    already_recorded: bool
    reversed: bool


class RepaymentPartOut(Answer):
    """What one instalment received."""

    installment_number: int
    penalty: Money
    interest: Money
    principal: Money


class RepaymentListed(Answer):
    """A repayment in the loan's ledger; amount = penalty + interest + principal + held + refunded while it counts."""

    id: UUID
    bank_reference: str
    kind: RepaymentKind
    paid_on: date
    amount: Money
    penalty: Money
    interest: Money
    principal: Money
    held: Money
    refunded: Money
    reversed_on: date | None
    principal_outstanding: Money
    parts: list[RepaymentPartOut]


class LoanRepayments(Answer):
    """All repayments of one loan, in the order of the days they count for."""

    items: list[RepaymentListed]


class RejectedLine(Answer):
    """A line of a file that was not recorded, and why."""

    line_number: int
    code: str
    reason: str


class RepaymentFileOut(Answer):
    """What became of a repayment file."""

    id: UUID
    line_count: int
    total_amount: Money
    recorded_count: int
    already_recorded_count: int
    rejected_count: int
    amount_recorded: Money
    penalty: Money
    interest: Money
    principal: Money
    held: Money
    loans_closed: int
    rejections: list[RejectedLine]
