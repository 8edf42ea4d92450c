"""Claw-backs in and out."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, Day, HappenedOn, Reference, Text

INSTALMENTS_MAX: Final = 60


class ClawbackIn(Body):
    """A paid line that was wrong, and why; `amount` when only a part of it was (none: all of it)."""

    line_id: UUID
    amount: PositiveMoney | None = None
    reason: Text
    decided_on: HappenedOn


class ClawbackApprovalIn(Body):
    """A second officer's word: `approve` lets the next batch offset it, `return` drops it."""

    decision: Literal["approve", "return"]
    approved_on: HappenedOn


class ClawbackReceiptIn(Body):
    """Money that came back for a claw-back, as the bank's advice shows it."""

    amount: PositiveMoney
    bank_reference: Reference
    payer: Text
    received_on: HappenedOn
    note: Text


class ClawbackWriteOffIn(Body):
    """What is given up of a claw-back (none: all that is open), and the ground with its document."""

    amount: PositiveMoney | None = None
    ground: Text
    proposed_on: HappenedOn


class ClawbackRefundIn(Body):
    """What goes back of the money held (none: all of it), to whom, and why."""

    amount: PositiveMoney | None = None
    payee: Text
    ground: Text
    proposed_on: HappenedOn


class ClawbackWithdrawalIn(Body):
    """Why a claw-back was wrong: nothing of it was ever owed."""

    ground: Text
    proposed_on: HappenedOn


class ReceiptReversalIn(Body):
    """Why a receipt, a refund or a write-off was booked wrongly."""

    ground: Text
    proposed_on: HappenedOn


class ClawbackEntryDecisionIn(Body):
    """A second officer's word on what was proposed: `approve` books it, `return` drops it.

    `bank_reference` is that of the transfer by which an approved refund went out; of nothing else.
    """

    decision: Literal["approve", "return"]
    decided_on: HappenedOn
    bank_reference: Reference | None = None


class ClawbackInstalment(Answer):
    """One instalment: how much, and the last day on which it is paid in time."""

    due_on: date
    amount: Money


class ClawbackInstalmentIn(Body):
    """One instalment: how much, and the last day on which it is paid in time."""

    due_on: Day
    amount: PositiveMoney


class ClawbackPlanIn(Body):
    """Instalments that make up what is open of a claw-back, in the order of their days, and on what ground."""

    instalments: Annotated[list[ClawbackInstalmentIn], Field(min_length=1, max_length=INSTALMENTS_MAX)]
    ground: Text
    proposed_on: HappenedOn


class ClawbackPlanDecisionIn(Body):
    """A second officer's word on a plan: `approve` puts it in the place of the one before, `return` drops it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class ClawbackPlanOut(Answer):
    """A plan of instalments, who proposed it and who decided it."""

    id: UUID
    clawback_id: UUID
    instalments: list[ClawbackInstalment]
    ground: str
    state: str
    proposed_by: str
    proposed_on: date
    proposed_at: datetime
    decided_by: str | None
    decided_on: date | None


class ClawbackEntryOut(Answer):
    """Money that came or went back, was given up, or was booked wrongly; it counts once its state is `recorded`."""

    id: UUID
    clawback_id: UUID
    kind: str
    amount: Money
    happened_on: date
    bank_reference: str | None
    payer: str | None
    payee: str | None
    reverses: UUID | None
    ground: str
    state: str
    recorded_by: str
    recorded_at: datetime
    decided_by: str | None
    decided_on: date | None


class ClawbackOut(Answer):
    """A claw-back: what is to come back, what of it did, by which way, what is open, when it is due and what is late.

    `held_amount` came back beyond what is owed and is to be refunded; `late_amount` is as of the day asked about, by
    the instalments of the plan in force where there is one.
    """

    id: UUID
    line_id: UUID | None
    grant_id: UUID | None
    instruction_id: UUID | None
    county_code: str
    household_id: UUID
    loan_id: UUID | None
    amount: Money
    offset_amount: Money
    received_amount: Money
    written_off_amount: Money
    withdrawn_amount: Money
    held_amount: Money
    open_amount: Money
    late_amount: Money
    plan_id: UUID | None
    next_due_on: date | None
    reason: str
    decided_on: date
    due_on: date
    state: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_on: date | None
