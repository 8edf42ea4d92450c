"""Request and response bodies of insurance. Money is a decimal string in yuan, dates are business dates."""

from datetime import date
from uuid import UUID

from pydantic import model_validator

from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, Code, Day, Reference


class InsurancePolicyIn(Body):
    """A policy on a loan; it holds from `valid_from` up to, not including, `valid_until`."""

    loan_id: UUID
    insurer_code: Reference
    kind: Code
    policy_number: Reference
    sum_insured: PositiveMoney
    valid_from: Day
    valid_until: Day

    @model_validator(mode="after")
    def _lasts(self) -> "InsurancePolicyIn":
        if self.valid_until <= self.valid_from:
            raise WrongValue(zh="valid_until 须晚于 valid_from。", en="valid_until must lie after valid_from")
        return self


class InsurancePolicyOut(Answer):
    """A policy on file."""

    id: UUID
    loan_id: UUID
    insurer_code: str
    kind: str
    policy_number: str
    sum_insured: Money
    valid_from: date
    valid_until: date
    recorded_by: str


class UninsuredLoanOut(Answer):
    """An open loan that the county's rules have insured and that no policy covers on the day asked about."""

    loan_id: UUID
    household_id: UUID
    village_code: str
    bank_code: str
    contract_number: str
    principal: Money
    disbursed_on: date
    insured_until: date | None


class InsuranceRequestOut(Answer):
    """What an insurer was asked and answered; the answer's fields are null until it came.

    `ended_on`: the claim was voided before the insurer answered, and no answer is awaited.
    """

    id: UUID
    claim_id: UUID
    insurer_code: str
    policy_number: str
    kind: str
    amount: Money
    requested_on: date
    answer_due_on: date
    accepted: bool | None
    amount_paid: Money | None
    answered_on: date | None
    reference: str | None
    answered_by: str | None
    ended_on: date | None
