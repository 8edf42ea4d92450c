"""Bodies of the repayment API; amounts are yuan as decimal strings."""

from datetime import date
from uuid import UUID

from services.lending.accounts.schemas import ReceiptIn, RepaymentKind
from shared.money import Money
from shared.policy.vocabulary import Payer
from shared.web.bodies import Answer


class RepaymentIn(ReceiptIn):
    """One repayment as the bank received it."""


class RepaymentOut(Answer):
    """A recorded repayment; amount = penalty + interest + principal + held, or nothing of it once it is reversed.

    `remitted` is what of the dues of its day is owed no more, as it was within the contract's tolerance.
    """

    id: UUID
    loan_id: UUID
    bank_reference: str
    kind: RepaymentKind
    paid_on: date
    amount: Money
    payer: Payer
    payer_name: str | None
    penalty: Money
    surcharge: Money
    interest: Money
    principal: Money
    held: Money
    remitted: Money
    principal_outstanding: Money
    loan_closed: bool
    after_write_off: bool
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
    payer: Payer
    payer_name: str | None
    penalty: Money
    surcharge: Money
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
    remitted: Money
    loans_closed: int
    rejections: list[RejectedLine]
