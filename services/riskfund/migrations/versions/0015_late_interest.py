"""Interest at the contract's rate for days late is claimed with the overdue interest; it is kept apart."""

from alembic import op

revision = "0015_late_interest"
down_revision = "0014_pursuit_steps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("""
    ALTER TABLE covered_loan ADD COLUMN late_interest_repaid NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
      ADD CONSTRAINT late_interest_repaid CHECK (late_interest_repaid >= 0)
    """)
    op.execute("""
    ALTER TABLE loan_default ADD COLUMN late_interest NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
      ADD COLUMN late_interest_repaid_before NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
      ADD CONSTRAINT late_interest CHECK (late_interest >= 0 AND late_interest <= penalty_overdue
        AND late_interest_repaid_before >= 0)
    """)
    op.execute("""
    ALTER TABLE claim ADD COLUMN late_interest NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
      ADD COLUMN late_interest_repaid_before NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
      ADD CONSTRAINT late_interest CHECK (late_interest >= 0 AND late_interest <= interest
        AND late_interest_repaid_before >= 0)
    """)


def downgrade() -> None:
    """Take back."""
    for table, column in (
        ("claim", "late_interest_repaid_before"),
        ("claim", "late_interest"),
        ("loan_default", "late_interest_repaid_before"),
        ("loan_default", "late_interest"),
        ("covered_loan", "late_interest_repaid"),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
