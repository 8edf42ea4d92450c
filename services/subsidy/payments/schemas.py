"""Payment runs and return files in and out."""

from datetime import date, datetime
from uuid import UUID

from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, BankCode, Body, Day, HappenedOn, Reference, Text


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
    `paid_count`, `rejected_count` and `returned_count` count this run's instructions by state.
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
    returned_count: int
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
    """What a return file did. A file sent again answers the same; `refused_lines` shows the first hundred.

    `returned_count` are transfers that came back after they had been paid (退汇).
    """

    id: UUID
    run_id: UUID
    line_count: int
    total_amount: Money
    paid_count: int
    amount_paid: Money
    rejected_count: int
    amount_rejected: Money
    returned_count: int
    amount_returned: Money
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


class ReturnedTransferIn(Body):
    """The bank's notice that a transfer came back (退汇): the whole amount, the day and the bank's reason."""

    amount: PositiveMoney
    returned_on: HappenedOn
    reason: Text


class RejectionCorrectionIn(Body):
    """Why a transfer recorded as rejected had been paid: the bank's reference and day, and the paper that shows it."""

    paid_on: HappenedOn
    bank_reference: Reference
    reason: Text
    document: Text
    proposed_on: HappenedOn


class ReturnWithdrawalIn(Body):
    """Why the notice was wrong: the money stayed with the household."""

    withdrawn_on: HappenedOn
    reason: Text


class ReturnedTransferOut(Answer):
    """A transfer that went out on `paid_on`, to the account in `account_version`, and came back; or was said to.

    Its household is unpaid until a later run pays it, best into a corrected account.
    """

    id: UUID
    instruction_id: UUID
    run_id: UUID
    batch_id: UUID
    household_id: UUID
    account_version: int
    amount: Money
    paid_on: date
    returned_on: date
    reason: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None
    batch_state: str
