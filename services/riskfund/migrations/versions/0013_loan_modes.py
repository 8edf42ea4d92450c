"""Who uses the money of a covered loan decides whether an entity is to be pursued first (LG-20b)."""

from alembic import op

revision = "0013_loan_modes"
down_revision = "0012_restated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE covered_loan ADD COLUMN mode TEXT")


def downgrade() -> None:
    """Take back."""
    op.execute("ALTER TABLE covered_loan DROP COLUMN mode")
