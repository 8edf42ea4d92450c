"""Subsidy: who recorded the bank's word on a transfer of a grant, so that another person sends or corrects it."""

from alembic import op

revision = "0027_grant_results"
down_revision = "0026_reopened_rests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add who recorded it."""
    op.execute("ALTER TABLE grant_transfer ADD COLUMN settled_by TEXT")


def downgrade() -> None:
    """Forget it."""
    op.execute("ALTER TABLE grant_transfer DROP COLUMN settled_by")
