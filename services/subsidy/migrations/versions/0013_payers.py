"""Subsidy: who paid the interest that is reimbursed (SX-5, LG-20b)."""

from alembic import op

revision = "0013_payers"
down_revision = "0012_rate_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the payer; what was stored before was taken as the borrower's."""
    op.execute("ALTER TABLE interest_payment ADD COLUMN payer TEXT DEFAULT 'borrower' NOT NULL")


def downgrade() -> None:
    """Forget the payer."""
    op.execute("ALTER TABLE interest_payment DROP COLUMN payer")
