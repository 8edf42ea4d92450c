"""A loan may be granted on the condition that the bank bears its loss."""

from alembic import op

revision = "0005_without_cover"
down_revision = "0004_outbox_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE covered_loan ADD COLUMN without_cover BOOLEAN DEFAULT false NOT NULL")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE covered_loan DROP COLUMN without_cover")
