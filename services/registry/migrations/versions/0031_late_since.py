"""Registry: since when a loan is late now, so that the day's run lists who has been late for as long as a pack says."""

from alembic import op

revision = "0031_late_since"
down_revision = "0030_finance_officers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the day; loans that were late when last heard of are late until they say otherwise."""
    op.execute("ALTER TABLE household_loan ADD COLUMN late_since DATE")
    op.execute("UPDATE household_loan SET late_since = overdue_from WHERE closed_on IS NULL")


def downgrade() -> None:
    """Take the day away."""
    op.execute("ALTER TABLE household_loan DROP COLUMN late_since")
