"""Request and response bodies of claims. Money is a decimal string in yuan, dates are business dates."""

from datetime import date
from uuid import UUID

from pydantic import model_validator

from services.riskfund.claims.rules.approval import Decision, State
from services.riskfund.claims.rules.ground import Gone, Outcome
from services.riskfund.insurance.schemas import InsuranceRequestOut
from shared.errors import WrongValue
from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Reference


class ClaimIn(Body):
    """A bank asks for compensation of a defaulted loan.

    Since when the operating entity behind a loan was pursued comes from lending's log of pursuit (LG-20b).
    `guarantor_code` says who guarantees the loan; needed where a guarantor carries a share of the loss (DZ-3).
    """

    loan_id: UUID
    filed_on: HappenedOn
    guarantor_code: Reference | None = None


class DecisionIn(Body):
    """One committee member's decision."""

    decision: Decision
    decided_on: HappenedOn
    reason: LongText


class ReviewAnswerIn(Body):
    """What one member of the committee says of a claim under review: `void`, `stands` or `return_due`."""

    outcome: Outcome
    answered_on: HappenedOn
    reason: LongText


class PaymentIn(Body):
    """The transfer of the fund's share to the bank."""

    paid_on: HappenedOn
    bank_reference: Reference


class ClaimOut(Answer):
    """A claim: `amount` = `principal` + `interest` = insurance, fund, bank and guarantor amounts together."""

    id: UUID
    loan_id: UUID
    default_id: UUID
    fund_id: UUID
    county_code: str
    village_code: str
    bank_code: str
    cause: str
    state: State
    filed_on: date
    filed_by: str
    pursued_from: date | None
    principal: Money
    interest: Money
    late_interest: Money
    amount: Money
    insurance_amount: Money
    fund_amount: Money | None
    bank_amount: Money | None
    guarantor_code: str | None
    guarantor_amount: Money | None
    guarantor_due_on: date | None
    approved_on: date | None
    paid_on: date | None
    voided_on: date | None
    void_cause: Gone | None
    version: int


class DecisionOut(Answer):
    """A decision on file."""

    person: str
    decision: Decision
    decided_on: date
    reason: str


class PaymentOut(Answer):
    """The payment on file; `entry_id` is null when insurance bore the whole loss."""

    amount: Money
    paid_on: date
    bank_reference: str
    paid_by: str
    entry_id: UUID | None


class ReviewAnswerOut(Answer):
    """What one person said of a claim under review."""

    person: str
    outcome: Outcome
    answered_on: date
    reason: str


class ReviewOut(Answer):
    """Why two persons look at a claim, what each said, and the outcome; null while they have not agreed."""

    cause: Gone
    raised_on: date
    answers: list[ReviewAnswerOut]
    outcome: Outcome | None
    concluded_on: date | None


class ClaimDetail(ClaimOut):
    """A claim with everything on file: who was asked, who decided, what was paid, what was reviewed (SX-6)."""

    insurance_requests: list[InsuranceRequestOut]
    decisions: list[DecisionOut]
    payment: PaymentOut | None
    reviews: list[ReviewOut]


class InsuranceAnswerIn(Body):
    """An insurer's answer; name the policy when several of yours were asked about the claim."""

    accepted: bool
    amount_paid: Money
    answered_on: HappenedOn
    reference: Reference
    policy_number: Reference | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "InsuranceAnswerIn":
        if self.accepted != (self.amount_paid > 0):
            raise WrongValue(
                zh="同意理赔的金额须大于 0.00，拒绝理赔的金额须为 0.00。",
                en="an accepted request pays more than 0.00, a declined one exactly 0.00",
            )
        return self
