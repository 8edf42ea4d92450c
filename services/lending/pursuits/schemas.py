"""What goes in and out about steps of pursuit."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from shared.errors import WrongValue
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Text

PursuitKind = Literal[
    "agreement_call", "demand", "suit", "judgment", "enforcement", "credit_database", "farmers_credit_system"
]
Debtor = Literal["household", "entity"]


class PursuitStepIn(Body):
    """What the bank did against a debtor who does not repay, with the number of the paper that shows it.

    `agreement_call` holds the entity that used the money to repay as agreed, once something is due (LG-20b); its
    reference is the number of the agreement.
    """

    debtor: Debtor = "household"
    kind: PursuitKind
    happened_on: HappenedOn
    reference: Text
    note: LongText

    @model_validator(mode="after")
    def _an_agreement_binds_an_entity(self) -> Self:
        if self.kind == "agreement_call" and self.debtor != "entity":
            raise WrongValue(
                zh="只有经营主体按协议负有偿还责任，请将 debtor（追讨对象）改为 entity。",
                en="an agreement binds the entity that used the money to repay; name the entity as debtor",
            )
        return self


class PursuitStepWithdrawalIn(Body):
    """Why a step was recorded wrongly."""

    withdrawn_on: HappenedOn
    reason: LongText


class PursuitStepOut(Answer):
    """One step of pursuit, and whether it was withdrawn."""

    id: UUID
    loan_id: UUID
    debtor: Debtor
    kind: PursuitKind
    happened_on: date
    reference: str
    note: str
    recorded_by: str
    withdrawn_on: date | None
    withdraw_reason: str | None
    withdrawn_by: str | None


class PursuitSteps(Answer):
    """A loan's steps of pursuit by their day."""

    items: list[PursuitStepOut]
