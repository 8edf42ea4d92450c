"""Request and response bodies of insurance. Money is a decimal string in yuan, dates are business dates."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import model_validator

from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import PremiumPayer
from shared.web.bodies import Answer, Body, Code, Day, HappenedOn, LongText, Reference


class PolicyState(StrEnum):
    """Where a policy stands: its insurer confirms it, or says that it is none of its own."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Beneficiary(StrEnum):
    """Whom the insurer pays: the bank, and the loss is smaller by it, or the household."""

    BANK = "bank"
    HOUSEHOLD = "household"


class InsurancePolicyIn(Body):
    """A policy on a loan; it holds from `valid_from` up to, not including, `valid_until`.

    The premium has a payer; what the household bought of its own will has the day on which it said so in writing.
    """

    loan_id: UUID
    insurer_code: Reference
    kind: Code
    policy_number: Reference
    sum_insured: PositiveMoney
    valid_from: Day
    valid_until: Day
    beneficiary: Beneficiary = Beneficiary.BANK
    premium: Money | None = None
    premium_payer: PremiumPayer | None = None
    premium_paid_on: HappenedOn | None = None
    consented_on: HappenedOn | None = None

    @model_validator(mode="after")
    def _lasts(self) -> "InsurancePolicyIn":
        if self.valid_until <= self.valid_from:
            raise WrongValue(zh="valid_until 须晚于 valid_from。", en="valid_until must lie after valid_from")
        if (self.premium is None) != (self.premium_payer is None):
            raise WrongValue(
                zh="premium 与 premium_payer 须同时填写或同时留空。",
                en="premium and premium_payer go together: give both or neither",
            )
        if self.premium_paid_on is not None and self.premium is None:
            raise WrongValue(zh="填写 premium_paid_on 须同时填写 premium。", en="premium_paid_on needs a premium")
        if self.premium is not None and self.premium > self.sum_insured:
            raise WrongValue(
                zh="premium 不得高于 sum_insured。",
                en="premium must not be above sum_insured; look whether they are swapped",
            )
        return self


class PolicyAnswerIn(Body):
    """What the insurer says of a policy that stands in its name; a policy that is none of its own has a reason."""

    confirmed: bool
    answered_on: HappenedOn
    reason: LongText | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "PolicyAnswerIn":
        if self.confirmed == (self.reason is not None):
            raise WrongValue(
                zh="不认可保单须填写 reason，认可的不填。",
                en="reason says why a policy is not confirmed, and only then",
            )
        return self


class PolicyCancellationIn(Body):
    """From which day a policy no longer holds, and why."""

    cancelled_on: HappenedOn
    reason: LongText


class PledgeIn(Body):
    """A policy secures the loan it stands on, by a contract of pledge."""

    pledged_on: HappenedOn
    contract_reference: Reference


class PledgeReleaseIn(Body):
    """Why a pledge ends."""

    released_on: HappenedOn
    reason: LongText


class InsurancePolicyOut(Answer):
    """A policy on file with the insurer's word on it, and the pledge that stands on it, if any."""

    id: UUID
    loan_id: UUID
    insurer_code: str
    kind: str
    policy_number: str
    sum_insured: Money
    valid_from: date
    valid_until: date
    beneficiary: Beneficiary
    premium: Money | None
    premium_payer: PremiumPayer | None
    premium_paid_on: date | None
    consented_on: date | None
    state: PolicyState
    recorded_by: str
    answered_on: date | None
    answered_by: str | None
    answer_reason: str | None
    cancelled_on: date | None
    cancelled_by: str | None
    cancel_reason: str | None
    pledge_id: UUID | None
    pledged_on: date | None
    contract_reference: str | None


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

    `ended_on`: the claim was voided before the insurer answered, and no answer is awaited. `late`: the claim had been
    decided as if unpaid; the money is shared like a recovery.
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
    late: bool
