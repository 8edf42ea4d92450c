"""Differences out."""

from uuid import UUID

from shared.money import Money
from shared.web.bodies import Answer


class OverpaidLine(Answer):
    """A line that gave more than the rule gives by what is known today, for example after a late mark (FJ-6)."""

    line_id: UUID
    batch_id: UUID
    household_id: UUID
    loan_id: UUID
    village_code: str
    amount: Money
    due_today: Money
    overpaid: Money
    reasons: list[str]
    clawback_id: UUID | None
    clawed_back: Money  # by claw-backs that are proposed, approved or done


class UnderpaidLine(Answer):
    """A line that gave less than the rule gives by what is known today; the next batch supplements it (SX-5)."""

    line_id: UUID
    batch_id: UUID
    household_id: UUID
    loan_id: UUID
    village_code: str
    amount: Money
    due_today: Money
    underpaid: Money
    reasons: list[str]
