"""Dividends in and out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.subsidy.proposals.schemas import ReversalIn
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, Reference, Text

PAYMENTS_MAX = 2000


class DividendRunIn(Body):
    """The year of the agreement whose dividend is prepared; by equity with the yield and the paper that states it."""

    year_number: Annotated[int, Field(ge=1, le=50)]
    yield_amount: Money | None = None
    yield_document: Reference | None = None
    prepared_on: HappenedOn

    @model_validator(mode="after")
    def _yield_has_a_document(self) -> "DividendRunIn":
        if (self.yield_amount is None) != (self.yield_document is None):
            raise WrongValue(zh="收益与收益文件须同时填写。", en="state the yield with its document")
        return self


class DividendDecisionIn(Body):
    """A reviewer's or approver's word: `approve` passes the run on, `return` ends it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class DividendPaymentIn(Body):
    """A transfer that reached a household; `security_draw_id` when it was paid out of the entity's security."""

    household_id: UUID
    amount: PositiveMoney
    paid_on: HappenedOn
    bank_reference: Reference
    security_draw_id: UUID | None = None


class DividendPaymentsIn(Body):
    """Transfers by the entity's bank, with their sum as a check."""

    total_amount: PositiveMoney
    items: Annotated[tuple[DividendPaymentIn, ...], Field(min_length=1, max_length=PAYMENTS_MAX)]

    @model_validator(mode="after")
    def _adds_up(self) -> "DividendPaymentsIn":
        if sum(each.amount for each in self.items) != self.total_amount:
            raise WrongValue(zh="total_amount 与明细合计不符。", en="total_amount is not the sum of the items")
        return self


class DividendReturnIn(ReversalIn):
    """The day on which a transfer came back, and the bank's paper that says so."""

    returned_on: HappenedOn


class SecurityDrawIn(Body):
    """How much of the entity's security is to be used for what it owes its households, and why."""

    amount: PositiveMoney
    reason: Text
    proposed_on: HappenedOn


class SecurityDrawDecisionIn(Body):
    """Whether another person lets the security be drawn on."""

    decision: Literal["accept", "reject"]
    decided_on: HappenedOn


class SecurityDrawOut(Answer):
    """A draw on an entity's security."""

    id: UUID
    agreement_id: UUID
    amount: Money
    reason: str
    state: str
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decided_on: date | None


class DividendLineOut(Answer):
    """What a run adds to a household's dividend of the year, or takes off it."""

    household_id: UUID
    amount: Money
    reduced: Money


class DividendRunOut(Answer):
    """A run: the year's dividend, or the difference to what was granted for the year before."""

    id: UUID
    agreement_id: UUID
    agreement_version: int
    year_number: int
    period_from: date
    period_until: date
    due_on: date
    yield_amount: Money | None
    yield_document: str | None
    amount: Money
    reduced: Money
    state: str
    prepared_by: str
    prepared_on: date
    reviewed_by: str | None
    reviewed_on: date | None
    decided_by: str | None
    decided_as: str | None
    decided_on: date | None
    lines: list[DividendLineOut]


class DividendAccountOut(Answer):
    """A household's dividends from an agreement on a day: due, paid, in arrears; and what was granted in all."""

    household_id: UUID
    granted: Money
    due: Money
    paid: Money
    arrears: Money


class DividendPaymentOut(Answer):
    """A payment as it was recorded."""

    id: UUID
    household_id: UUID
    amount: Money
    paid_on: date
    bank_reference: str
    security_draw_id: UUID | None
    is_returned: bool


class DividendAccountsOut(Answer):
    """The accounts of all households of an agreement on a day, with the payments."""

    agreement_id: UUID
    as_of: date
    accounts: list[DividendAccountOut]
    payments: list[DividendPaymentOut]
