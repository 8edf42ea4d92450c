"""What goes in and out about checks of applications."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.web.bodies import Answer, Body, Code, HappenedOn, LongText, Text

NAME_LONGEST = 60
Outcome = Literal["fit", "unfit"]


class CheckIn(Body):
    """Which of the pack's checks was made of an application, on which day, by whom, and what was found."""

    check_code: Code
    checked_on: HappenedOn
    checked_by: Annotated[Text, Field(max_length=NAME_LONGEST)]
    outcome: Outcome
    words: LongText


class CheckWithdrawalIn(Body):
    """Why a record is taken back: nobody looked, or something else was found."""

    withdrawn_on: HappenedOn
    reason: LongText


class CheckOut(Answer):
    """One check; records taken back stay on file."""

    id: UUID
    application_id: UUID
    check_code: str
    checked_on: date
    checked_by: str
    outcome: Outcome
    words: str
    recorded_by: str
    recorded_as: str
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None
