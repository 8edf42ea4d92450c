"""Request and response bodies of funds. Money is a decimal string in yuan, dates are business dates."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import PlainSerializer, model_validator

from services.riskfund.funds.rules.cover_limit import Cover
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import Office
from shared.regions import CountyCode
from shared.web.bodies import Answer, BankCode, Body, HappenedOn, LongText, Reference, Text

SignedMoney = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
Factor = Annotated[Decimal, PlainSerializer(lambda factor: f"{factor:f}", return_type=str)]


class FundIn(Body):
    """A county's fund: a special account at a bank (LG-37); with `bank_code` it covers that bank's loans alone."""

    county_code: CountyCode
    bank_code: BankCode | None = None
    name: Text
    account_bank: Text
    opened_on: HappenedOn


class ContributionIn(Body):
    """Money that arrived on the fund's account."""

    amount: PositiveMoney
    received_on: HappenedOn
    source: Text
    bank_reference: Reference


class CoverOut(Answer):
    """How much the fund covers: `limit` = multiplier × balance; `missing_amount` is what must be paid in."""

    fund_balance: Money
    multiplier: Factor
    limit: Money
    exposure: Money
    reserved: Money
    available: Money
    missing_amount: Money
    replenish_warning: bool

    @classmethod
    def of(cls, cover: Cover) -> "CoverOut":
        """Return the cover as a response shows it."""
        return cls(
            fund_balance=cover.fund_balance,
            multiplier=cover.multiplier,
            limit=cover.limit,
            exposure=cover.exposure,
            reserved=cover.reserved,
            available=cover.available,
            missing_amount=cover.missing,
            replenish_warning=cover.replenish_warning,
        )


class FundOut(Answer):
    """A fund with its money; `cover`, the plan and `managers` are null and empty until a policy pack is in force.

    The plan is the county's, over all its accounts: the pool that its pack asks for, and what is not paid in of it.
    """

    id: UUID
    county_code: str
    bank_code: str | None
    name: str
    account_bank: str
    opened_on: date
    opened_by: str
    paid_in: Money
    balance: Money
    compensated: Money
    returned: Money
    interest: Money
    exposure: Money
    reserved: Money
    managers: list[Office]
    pack_version: int | None
    planned_amount: Money | None
    plan_missing: Money | None
    cover: CoverOut | None


class ContributionOut(Answer):
    """A booked contribution and the fund's balance after it."""

    id: UUID
    fund_id: UUID
    entry_id: UUID
    amount: Money
    received_on: date
    source: str
    bank_reference: str
    recorded_by: str
    balance: Money


class MovementKind(StrEnum):
    """Why money moves by a decision of two persons."""

    INTEREST = "interest"
    WITHDRAWAL = "withdrawal"
    REVERSAL = "reversal"
    RECOVERY_BACK = "recovery_back"


class MovementState(StrEnum):
    """Whether a proposed movement was booked."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    REFUSED = "refused"


class MovementDecision(StrEnum):
    """What the second person says."""

    APPROVE = "approve"
    REFUSE = "refuse"


class FundMovementIn(Body):
    """A movement that a second person decides on.

    A reversal takes back what a contribution was booked too high by, on the contribution's own day; `moved_on` is then
    the day on which the mistake was found. `recovery_back` pays a bank back what it had returned of a recovery that was
    taken back.
    """

    kind: MovementKind
    amount: PositiveMoney
    moved_on: HappenedOn
    bank_reference: Reference
    reason: LongText
    contribution_id: UUID | None = None
    recovery_id: UUID | None = None

    @model_validator(mode="after")
    def _names_what_it_pays_back(self) -> "FundMovementIn":
        if (self.kind is MovementKind.RECOVERY_BACK) != (self.recovery_id is not None):
            raise WrongValue(
                zh="退还已冲正追偿款须填写 recovery_id，其他收支不填。",
                en="money back to a bank names its recovery in recovery_id, other movements name none",
            )
        if (self.kind is MovementKind.REVERSAL) != (self.contribution_id is not None):
            raise WrongValue(
                zh="冲减注资须填写 contribution_id，其他收支不填。",
                en="a reversal names the contribution in contribution_id, other movements name none",
            )
        return self


class MovementDecisionIn(Body):
    """The second person's decision."""

    decision: MovementDecision
    decided_on: HappenedOn
    reason: LongText


class FundMovementOut(Answer):
    """A movement on file; the decision's fields are null as long as it waits."""

    id: UUID
    fund_id: UUID
    kind: MovementKind
    contribution_id: UUID | None
    recovery_id: UUID | None
    amount: Money
    moved_on: date
    bank_reference: str
    reason: str
    proposed_by: str
    state: MovementState
    decided_on: date | None
    decided_by: str | None
    decision_reason: str | None
    entry_id: UUID | None


class PostingOut(Answer):
    """One line of an entry: debit positive, credit negative."""

    account: str
    amount: SignedMoney
    balance_after: SignedMoney


class EntryOut(Answer):
    """One entry of the ledger."""

    id: UUID
    number: int
    kind: str
    entered_on: date
    entered_by: str
    reference: str
    reverses: UUID | None
    entered_at: datetime
    postings: list[PostingOut]
