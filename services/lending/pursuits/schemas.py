"""What goes in and out about steps of pursuit."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.web.bodies import Answer, Body, HappenedOn, LongText, Text

PursuitKind = Literal["demand", "suit", "judgment", "enforcement", "credit_database", "farmers_credit_system"]
Debtor = Literal["household", "entity"]


class PursuitStepIn(Body):
    """What the bank did against a debtor who does not repay, with the number of the paper that shows it."""

    debtor: Debtor = "household"
    kind: PursuitKind
    happened_on: HappenedOn
    reference: Text
    note: LongText


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
