"""Events the risk-fund service records. Claim events are ordered by the claim's version."""

from typing import Literal
from uuid import UUID

from shared.events.base import Day, Event, Money, PositiveMoney, RegionCode
from shared.money import ZERO


class FundContributionReceived(Event, owner="riskfund", name="fund-contribution-received", version=1, aggregate="fund"):
    """The county paid money into its risk-compensation fund (FJ-13)."""

    fund_id: UUID
    county_code: RegionCode
    amount: PositiveMoney
    received_on: Day
    balance: Money


class InsurancePolicyConfirmed(
    Event, owner="riskfund", name="insurance-policy-confirmed", version=1, aggregate="insurance-policy"
):
    """The insurer confirmed a policy on a loan (SX-5c); it holds up to, not including, `valid_until`.

    `consented_on`: the day on which the household said in writing that it insures of its own will (SX-5d).
    """

    policy_id: UUID
    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    insurer_code: str
    kind: str
    policy_number: str
    sum_insured: PositiveMoney
    valid_from: Day
    valid_until: Day
    confirmed_on: Day
    premium: Money | None = None
    premium_payer: Literal["county", "household"] | None = None
    premium_paid_on: Day | None = None
    consented_on: Day | None = None


class InsurancePolicyCancelled(
    Event, owner="riskfund", name="insurance-policy-cancelled", version=1, aggregate="insurance-policy"
):
    """A confirmed policy holds no more from a day on."""

    policy_id: UUID
    loan_id: UUID
    cancelled_on: Day


class InsuranceClaimRequested(Event, owner="riskfund", name="insurance-claim-requested", version=1, aggregate="claim"):
    """An insurer is asked to pay first (LG-21b); partner insurers answer by API."""

    claim_id: UUID
    loan_id: UUID
    insurer_code: str
    policy_number: str
    insurance_kind: str
    amount: PositiveMoney
    requested_on: Day


class InsuranceAnswered(Event, owner="riskfund", name="insurance-answered", version=1, aggregate="claim"):
    """The insurer paid, or declined.

    `late`: the claim had been decided as unpaid; what comes is recorded as a recovery and shared.
    """

    claim_id: UUID
    loan_id: UUID
    insurer_code: str
    accepted: bool
    amount_paid: Money
    answered_on: Day
    late: bool = False


class InsuranceClaimWithdrawn(Event, owner="riskfund", name="insurance-claim-withdrawn", version=1, aggregate="claim"):
    """The claim was voided before the insurer answered: nothing is asked of it any more."""

    claim_id: UUID
    loan_id: UUID
    insurer_code: str
    policy_number: str
    withdrawn_on: Day


class ClaimVoided(Event, owner="riskfund", name="claim-voided", version=1, aggregate="claim"):
    """What an unpaid claim rested on is gone; it is compensated no more."""

    claim_id: UUID
    loan_id: UUID
    voided_on: Day
    cause: str  # default_cured, default_withdrawn, default_reopened or loan_repaid


class ClaimApproved(Event, owner="riskfund", name="claim-approved", version=1, aggregate="claim"):
    """The management committee approved the compensation (LG-39).

    A guarantor that carries a share (DZ-3) pays `guarantor_amount` to the bank by `guarantor_due_on`.
    """

    claim_id: UUID
    loan_id: UUID
    fund_amount: Money
    bank_amount: Money
    approved_on: Day
    guarantor_code: str | None = None
    guarantor_amount: Money = ZERO
    guarantor_due_on: Day | None = None


class ClaimPaid(Event, owner="riskfund", name="claim-paid", version=1, aggregate="claim"):
    """The fund's share was paid to the bank; principal + interest = insurance + fund + bank + guarantor amounts."""

    claim_id: UUID
    loan_id: UUID
    village_code: RegionCode
    paid_on: Day
    principal: Money
    interest: Money
    insurance_amount: Money
    fund_amount: Money
    bank_amount: Money
    guarantor_amount: Money = ZERO


class RecoveryReturned(Event, owner="riskfund", name="recovery-returned", version=1, aggregate="claim"):
    """The bank returned the fund's share of a recovery (LG-40: within 5 working days).

    The amount is the four parts together; `beyond_loss` is what none of fund, bank and guarantor had borne.
    """

    claim_id: UUID
    loan_id: UUID
    recovery_id: UUID
    amount: PositiveMoney
    fund_share: Money
    bank_share: Money
    due_on: Day
    returned_on: Day
    is_late: bool
    guarantor_share: Money = ZERO
    beyond_loss: Money = ZERO
