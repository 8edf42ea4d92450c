"""Lending: what repayment files let be remitted within tolerance."""

from alembic import op

revision = "0041_files_remitted"
down_revision = "0040_remissions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE repayment_file ADD COLUMN remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL")


def downgrade() -> None:
    """Take back."""
    op.execute("ALTER TABLE repayment_file DROP COLUMN remitted")
