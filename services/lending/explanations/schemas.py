"""What goes in and out about explanations."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, LongText

Channel = Literal["in_person", "telephone", "letter", "message"]


class ExplanationIn(Body):
    """That the refusal was explained to the household, on which day, how, and in which words."""

    explained_on: HappenedOn
    channel: Channel
    words: LongText


class ExplanationWithdrawalIn(Body):
    """Why an explanation is taken back: nobody spoke to the household, or it heard something else."""

    withdrawn_on: HappenedOn
    reason: LongText


class ExplanationOut(Answer):
    """One explanation; withdrawn ones stay on file."""

    id: UUID
    application_id: UUID
    explained_on: date
    explained_by: str
    explained_as: Literal["bank", "township"]
    channel: Channel
    words: str
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class UnexplainedRefusal(Answer):
    """A refused application that nobody explained to the household yet; the oldest wait longest."""

    id: UUID
    household_number: str
    village_code: str
    bank_code: str
    amount: Money
    refused_on: date
    days_waiting: int
