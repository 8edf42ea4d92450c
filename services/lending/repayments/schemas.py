"""Bodies of the repayment API; amounts are yuan as decimal strings."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.lending.repayments.file import PAYER_NAME_LONGEST
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import Payer
from shared.web.bodies import Answer, Body, HappenedOn, Reference, Text

BankReference = Reference
PayerName = Annotated[Text, Field(max_length=PAYER_NAME_LONGEST)]
UNNAMED: Final = frozenset({Payer.BORROWER, Payer.ENTITY})  # the loan names both


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
    payer: Payer = Payer.BORROWER
    payer_name: PayerName | None = None

    @model_validator(mode="after")
    def _others_are_named(self) -> Self:
        if self.payer_name is None and self.payer not in UNNAMED:
            raise WrongValue(
                zh="非借款人付款时须填写 payer_name（付款人姓名或名称）。",
                en="payer_name says who paid when it was not the borrower",
            )
        if self.payer_name is not None and self.payer is Payer.BORROWER:
            raise WrongValue(
                zh="借款人本人付款时不填 payer_name，请删去或更改 payer（付款人身份）。",
                en="payer_name belongs to another payer than the borrower; leave it out or change payer",
            )
        return self


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
