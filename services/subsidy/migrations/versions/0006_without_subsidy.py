"""Subsidy: a loan may be granted on the condition that the household bears its interest."""

from alembic import op

revision = "0006_without_subsidy"
down_revision = "0005_listings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE subsidy_account ADD COLUMN without_subsidy BOOLEAN DEFAULT false NOT NULL")


def downgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE subsidy_account DROP COLUMN without_subsidy")
