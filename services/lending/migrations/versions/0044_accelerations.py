"""Lending: defaults with which all principal falls due."""

from alembic import op

revision = "0044_accelerations"
down_revision = "0043_unpaid_interest"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statement; no default before it let anything fall due."""
    op.execute("ALTER TABLE default_confirmation ADD COLUMN accelerates BOOLEAN DEFAULT false NOT NULL")


def downgrade() -> None:
    """Take it back."""
    op.execute("ALTER TABLE default_confirmation DROP COLUMN accelerates")
