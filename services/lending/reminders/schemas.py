"""What goes in and out about reminders."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.lending.reminders.file import NAME_LONGEST
from shared.money import Money
from shared.web.bodies import Answer, Body, Day, HappenedOn, LongText, Text

ReminderChannel = Literal["in_person", "telephone", "message", "letter", "notice_delivered"]


class ReminderIn(Body):
    """That a borrower was reminded of a due: which reminder, on which day, how, by whom, and of what amount."""

    due_on: Day
    days_before: Annotated[int, Field(ge=1, le=999)]
    reminded_on: HappenedOn
    channel: ReminderChannel
    reminded_by: Annotated[Text, Field(max_length=NAME_LONGEST)]
    amount: Money


class ReminderWithdrawalIn(Body):
    """Why a record is taken back: nobody reminded the borrower, or of something else."""

    withdrawn_on: HappenedOn
    reason: LongText


class ReminderOut(Answer):
    """One reminder that was given; records taken back stay on file."""

    id: UUID
    loan_id: UUID
    due_on: date
    days_before: int
    reminded_on: date
    channel: ReminderChannel
    reminded_by: str
    amount: Money
    recorded_by: str
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class ReminderDue(Answer):
    """A reminder that the contract's pack asks for, and whether it was given; `last_on` is its last day in time."""

    place: str
    loan_id: UUID
    contract_number: str
    household_id: UUID
    household_number: str
    village_code: str
    bank_code: str
    product_code: str
    due_on: date
    principal: Money
    interest: Money
    days_before: int
    is_written: bool
    last_on: date
    days_late: int
    reminded_on: date | None


class RejectedReminder(Answer):
    """A line of a file that was not recorded, and why."""

    line_number: int
    code: str
    reason: str


class ReminderFileOut(Answer):
    """What became of a file of reminders: all its lines are recorded, were recorded before, or are refused by name."""

    line_count: int
    recorded_count: int
    already_recorded_count: int
    rejected_count: int
    rejections: list[RejectedReminder]
