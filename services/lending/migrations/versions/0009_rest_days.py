"""Days of rest, so that statements know on which day an instalment is met."""

from alembic import op

revision = "0009_rest_days"
down_revision = "0008_bank_references"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE rest_day (
    day DATE NOT NULL,
    next_workday DATE NOT NULL,
    CONSTRAINT pk_rest_day PRIMARY KEY (day),
    CONSTRAINT next_workday CHECK (next_workday > day)
)
""",
)
UNDO = ("DROP TABLE rest_day",)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order."""
    for statement in UNDO:
        op.execute(statement)
