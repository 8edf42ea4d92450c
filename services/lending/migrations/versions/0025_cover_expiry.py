"""Applications know until when the fund holds their cover."""

from alembic import op

revision = "0025_cover_expiry"
down_revision = "0024_classes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE application ADD COLUMN cover_expires_on DATE")


def downgrade() -> None:
    """Take back."""
    op.execute("ALTER TABLE application DROP COLUMN cover_expires_on")
