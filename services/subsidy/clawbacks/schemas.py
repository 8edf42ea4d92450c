"""Claw-backs in and out."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, Reference, Text


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


class ReceiptReversalIn(Body):
    """Why a receipt was booked wrongly."""

    ground: Text
    proposed_on: HappenedOn


class ClawbackEntryDecisionIn(Body):
    """A second officer's word on what is given up or reversed: `approve` books it, `return` drops it."""

    decision: Literal["approve", "return"]
    decided_on: HappenedOn


class ClawbackEntryOut(Answer):
    """Money that came back, was given up, or was booked wrongly; it counts once its state is `recorded`."""

    id: UUID
    clawback_id: UUID
    kind: str
    amount: Money
    happened_on: date
    bank_reference: str | None
    payer: str | None
    reverses: UUID | None
    ground: str
    state: str
    recorded_by: str
    recorded_at: datetime
    decided_by: str | None
    decided_on: date | None


class ClawbackOut(Answer):
    """A claw-back: what is to come back, what of it did, by which way, what is open and when it is due."""

    id: UUID
    line_id: UUID
    county_code: str
    household_id: UUID
    loan_id: UUID
    amount: Money
    offset_amount: Money
    received_amount: Money
    written_off_amount: Money
    open_amount: Money
    reason: str
    decided_on: date
    due_on: date
    state: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_on: date | None
