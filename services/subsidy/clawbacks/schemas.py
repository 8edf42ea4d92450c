"""Claw-backs in and out."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, Text


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


class ClawbackOut(Answer):
    """A claw-back: what is to come back, how much later batches have offset, and by when it is due."""

    id: UUID
    line_id: UUID
    county_code: str
    household_id: UUID
    loan_id: UUID
    amount: Money
    offset_amount: Money
    reason: str
    decided_on: date
    due_on: date
    state: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_on: date | None
