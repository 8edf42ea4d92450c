"""Payment runs and return files in and out."""

from datetime import date, datetime
from uuid import UUID

from shared.money import Money
from shared.web.bodies import Answer, BankCode, Body, Day


class PaymentRunIn(Body):
    """When the money is to go out, and the bank that pays it out (none: the finance bureau confirms by itself).

    `paid_on` is planned: it may lie ahead; the day on which each household was paid comes with the return file.
    """

    paid_on: Day
    paying_bank: BankCode | None = None


class PaymentRunOut(Answer):
    """A run: one instruction for each household that is owed something and has an account.

    `without_account_count` counts the households that have none; they stay unpaid for a later run, as do the
    `held_count` households on the blacklist until their entries are cleared (LG-22). `sent_count`,
    `paid_count` and `rejected_count` count this run's instructions by state.
    """

    id: UUID
    batch_id: UUID
    number: int
    paid_on: date
    paying_bank: str | None
    instruction_count: int
    amount: Money
    without_account_count: int
    households_without_account: list[UUID]
    held_count: int
    households_held: list[UUID]
    sent_count: int
    paid_count: int
    rejected_count: int
    batch_state: str
    started_by: str
    started_at: datetime


class RefusedLine(Answer):
    """A line of the return file that was not taken, and why."""

    line_number: int
    instruction_id: str
    code: str
    reason: str


class ReturnFileOut(Answer):
    """What a return file did. A file sent again answers the same; `refused_lines` shows the first hundred."""

    id: UUID
    run_id: UUID
    line_count: int
    total_amount: Money
    paid_count: int
    amount_paid: Money
    rejected_count: int
    amount_rejected: Money
    already_recorded_count: int
    refused_count: int
    refused_lines: list[RefusedLine]
    batch_state: str


class InstructionOut(Answer):
    """An instruction without what identifies a person; `reason` is the bank's when it rejected."""

    id: UUID
    run_id: UUID
    household_id: UUID
    bank_code: str
    account_version: int
    amount: Money
    state: str
    settled_on: date | None
    reason: str | None
