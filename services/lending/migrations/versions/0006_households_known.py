"""Every application is of a household on the register; a request that names another is refused whole."""

from alembic import op

revision = "0006_households_known"
down_revision = "0005_quota_restored"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE application DROP CONSTRAINT household",
    "ALTER TABLE application ALTER COLUMN household_id SET NOT NULL, ALTER COLUMN village_code SET NOT NULL",
)
UNDO = (
    "ALTER TABLE application ALTER COLUMN household_id DROP NOT NULL, ALTER COLUMN village_code DROP NOT NULL",
    "ALTER TABLE application ADD CONSTRAINT household "
    "CHECK (state = 'refused' OR (household_id IS NOT NULL AND village_code IS NOT NULL))",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order."""
    for statement in UNDO:
        op.execute(statement)
