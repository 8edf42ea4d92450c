"""Subsidy: an instruction keeps the holder's ID number, sealed, as the bank's payment file names it."""

from alembic import op

revision = "0030_holders"
down_revision = "0029_numbered_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; instructions of before have none."""
    op.execute("ALTER TABLE payment_instruction ADD COLUMN id_number_sealed BYTEA")


def downgrade() -> None:
    """Take it back."""
    op.execute("ALTER TABLE payment_instruction DROP COLUMN id_number_sealed")
