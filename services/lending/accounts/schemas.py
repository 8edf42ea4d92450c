"""Bodies of the loan account, reversals and refunds; amounts are yuan as decimal strings."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.lending.loans.schemas import AccountReference, LoanState, Rate
from services.lending.proposals.schemas import DecisionIn, ProposalOut
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import Payer
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Reference, Text

ReversalCause = Literal["wrong_loan", "wrong_amount", "wrong_day", "returned", "doubled", "other"]


class AccountDueOut(Answer):
    """One instalment on a day: what fell due on it, what it received, what was remitted, its penalty up to the day."""

    number: int
    period_from: date
    due_on: date
    met_on: date
    principal_due: Money
    interest_due: Money
    penalty_due: Money
    principal_paid: Money
    interest_paid: Money
    penalty_paid: Money
    principal_remitted: Money
    interest_remitted: Money
    penalty_remitted: Money
    surcharge_due: Money
    surcharge_paid: Money
    of_misuse: bool
    cancelled_on: date | None


class PaidByOut(Answer):
    """What one payer paid on a loan."""

    payer: Payer
    amount: Money


class ComingRateOut(Answer):
    """The rate that a floating contract takes next, if nothing else is published by its day; percent a year."""

    from_on: date
    annual_rate: Rate
    spread: Rate


class LoanAccountOut(Answer):
    """A loan on a day, computed from what is posted up to it.

    `payoff_amount` is what ends the loan that day, money held taken off; `payoff_per_day` what each further day adds.
    """

    loan_id: UUID
    as_of: date
    known_at: datetime | None
    state: LoanState
    principal_outstanding: Money
    interest_overdue: Money
    interest_accrued: Money
    penalty: Money
    surcharge: Money
    arrears: Money
    held: Money
    refund_missing: Money
    remitted: Money
    recovered: Money
    overdue_from: date | None
    days_past_due: int
    closed_on: date | None
    written_off_on: date | None
    payoff_amount: Money
    payoff_per_day: Money
    coming_rate: ComingRateOut | None
    paid_by: list[PaidByOut]
    dues: list[AccountDueOut]


class LoanStatementLineOut(Answer):
    """One posting of a loan; what a repayment pays, or a remission remits, as of the statement's last day."""

    value_on: date
    kind: Literal[
        "disbursement",
        "repayment",
        "prepayment",
        "refund",
        "default",
        "recovery",
        "remission",
        "small_difference",
        "write_off",
        "misuse",
        "misuse_ended",
    ]
    bank_reference: str | None
    amount: Money
    penalty: Money
    surcharge: Money
    interest: Money
    principal: Money
    held: Money
    principal_outstanding: Money
    reversed_on: date | None
    payer: Payer | None
    payer_name: str | None


PAYER_NAME_LONGEST: Final = 100
PayerName = Annotated[Text, Field(max_length=PAYER_NAME_LONGEST)]
UNNAMED: Final = frozenset({Payer.BORROWER, Payer.ENTITY})  # the loan names both


class RepaymentKind(StrEnum):
    """Paying what is due, or repaying early."""

    REPAYMENT = "repayment"
    PREPAYMENT = "prepayment"


class ReceiptIn(Body):
    """Money as the bank received it."""

    bank_reference: Reference
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


class ReplacementIn(ReceiptIn):
    """What the bank received in truth, under a reference of its own; on the same loan unless another is named."""

    loan_id: UUID | None = None


class ReversalIn(Body):
    """Why a repayment is to be taken back (冲正), and what is booked in its place in the same step, if anything is."""

    cause: ReversalCause
    reason: LongText
    proposed_on: HappenedOn
    replacement: ReplacementIn | None = None


class RefundDecisionIn(DecisionIn):
    """What another person decides on a refund; confirming it names the transfer that paid it."""

    bank_reference: Reference | None = None

    @model_validator(mode="after")
    def _paid_by_a_transfer(self) -> Self:
        if (self.decision == "confirm") != (self.bank_reference is not None):
            raise WrongValue(
                zh="确认退款时须填写 bank_reference（退款流水号），驳回时不填。",
                en="bank_reference names the transfer of a confirmed refund, and belongs to no refusal",
            )
        return self


class AccountFiguresOut(Answer):
    """How a loan stands."""

    state: LoanState
    principal_outstanding: Money
    interest_paid: Money
    penalty_paid: Money
    principal_remitted: Money
    interest_remitted: Money
    penalty_remitted: Money
    held: Money
    overdue_from: date | None
    closed_on: date | None


class ReplacementOut(Answer):
    """What is booked in the place of a repayment taken back; `repayment_id` once it is.

    `before` and `after` show another loan's figures, where it goes to another.
    """

    loan_id: UUID
    bank_reference: str
    kind: RepaymentKind
    paid_on: date
    amount: Money
    payer: Payer
    payer_name: str | None
    repayment_id: UUID | None
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None


class ReversalOut(ProposalOut):
    """A reversal, who proposed and who decided it; `before` and `after` show what it does to the loan."""

    repayment_id: UUID
    bank_reference: str
    paid_on: date
    amount: Money
    cause: ReversalCause
    replacement: ReplacementOut | None
    before: AccountFiguresOut | None = None
    after: AccountFiguresOut | None = None


class RefundIn(Body):
    """Money held that goes back to who paid it."""

    amount: PositiveMoney
    payee: Payer
    account_reference: AccountReference
    reason: LongText
    proposed_on: HappenedOn


class RefundOut(ProposalOut):
    """A refund, who proposed and who decided it."""

    amount: Money
    payee: Payer
    account_reference: str
    bank_reference: str | None


class HeldMoneyOut(Answer):
    """Money held on a loan: since when, and on which due day it will be used; null: it is to be refunded."""

    loan_id: UUID
    contract_number: str
    household_number: str
    village_code: str
    bank_code: str
    held: Money
    held_since: date
    used_on: date | None
    refund_missing: Money
