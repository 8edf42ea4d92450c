"""Applications and loans keep the conditions under which they were granted, and the bank's reason."""

from alembic import op

revision = "0010_conditions"
down_revision = "0009_rest_days"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE application ADD COLUMN conditions JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE loan ADD COLUMN conditions JSONB NOT NULL DEFAULT '[]', ADD COLUMN bank_reason TEXT",
)
UNDO = (
    "ALTER TABLE loan DROP COLUMN bank_reason, DROP COLUMN conditions",
    "ALTER TABLE application DROP COLUMN conditions",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order."""
    for statement in UNDO:
        op.execute(statement)
