"""Events the risk-fund service records. Claim events are ordered by the claim's version."""

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
    """The insurer paid, or declined."""

    claim_id: UUID
    loan_id: UUID
    insurer_code: str
    accepted: bool
    amount_paid: Money
    answered_on: Day


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
