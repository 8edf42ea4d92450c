"""Request and response bodies of recoveries. Money is a decimal string in yuan, dates are business dates."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, Reference


class RecoveryState(StrEnum):
    """Whether the fund's part is back, or owed back to the bank as the recovery was taken back."""

    OPEN = "open"
    RETURNED = "returned"
    NOTHING_DUE = "nothing_due"
    REVERSED = "reversed"  # taken back, and nobody owes anything of it
    OWED_BACK = "owed_back"  # taken back after the fund's part had been returned
    PAID_BACK = "paid_back"


class ReturnIn(Body):
    """The bank's transfer of the fund's part."""

    returned_on: HappenedOn
    bank_reference: Reference
    amount: PositiveMoney


class RecoveryOut(Answer):
    """A recovery: the amount is its four parts together, and `fund_share` goes back to the fund by `due_on`.

    The return's fields are null until the fund's part came. What the guarantor gets of its part stands in its account.
    One that was taken back keeps its parts as they were split and counts no more; `fund_due` is what the bank owes the
    fund of it, `fund_owes` what the fund owes the bank, by `fund_owes_by`.
    """

    id: UUID
    claim_id: UUID
    loan_id: UUID
    village_code: str
    bank_code: str
    bank_reference: str
    recovered_on: date
    amount: Money
    principal: Money
    interest: Money
    fund_share: Money
    bank_share: Money
    guarantor_share: Money
    beyond_loss: Money
    due_on: date
    state: RecoveryState
    returned_on: date | None
    return_reference: str | None
    is_late: bool | None
    reversed_on: date | None
    fund_due: Money
    fund_owes: Money
    fund_owes_by: date | None
    paid_back_on: date | None


class JointClaimOut(Answer):
    """Who holds how much of what a debtor still owes on a compensated claim, at the end of a day (LG-40).

    Each holds what it bore of the loss less its part of what was recovered; nothing is held jointly before the
    compensation is paid. What an insurer bore is not in it.
    """

    claim_id: UUID
    loan_id: UUID
    paid_on: date | None
    as_of: date
    held_by_fund: Money
    held_by_bank: Money
    guarantor_code: str | None
    held_by_guarantor: Money
