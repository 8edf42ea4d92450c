"""The columns and rules of every table of proposals; what is proposed is its room's."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Text, func, text


def proposed(*decided: Column[Any]) -> tuple[Column[Any] | CheckConstraint, ...]:
    """Return why, when and by whom it was proposed and decided; `decided`: what a decision adds in this room."""
    return (
        Column("reason", Text, nullable=False),
        Column("proposed_on", Date, nullable=False),
        Column("proposed_by", Text, nullable=False),
        Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("state", Text, nullable=False, server_default=text("'proposed'")),
        *decided,
        Column("decided_on", Date),
        Column("decided_by", Text),
        Column("decided_at", DateTime(timezone=True)),
        Column("decision_reason", Text),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("state IN ('proposed', 'confirmed', 'refused', 'withdrawn')", name="state"),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)",
            name="decided",
        ),
        CheckConstraint("state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by", name="two_persons"),
        CheckConstraint("decided_on >= proposed_on", name="decided_on"),
    )
