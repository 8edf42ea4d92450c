"""What unpaid interest bears, pinned by each contract; what of a penalty is interest on it at the contract's rate.

Contracts that stand keep what they were counted by: unpaid interest bears the penalty rate.
"""

from alembic import op

revision = "0043_unpaid_interest"
down_revision = "0042_replacements"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan ADD COLUMN unpaid_interest_bears TEXT DEFAULT 'penalty_rate' NOT NULL,
  ADD CONSTRAINT unpaid_interest_bears CHECK (unpaid_interest_bears IN ('nothing', 'contract_rate_then_penalty_rate',
    'penalty_rate'))
""",
    """
ALTER TABLE installment ADD COLUMN compound_due NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN compound_paid NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN compound_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD CONSTRAINT compound CHECK (compound_paid >= 0 AND compound_paid <= compound_due
    AND compound_paid <= penalty_paid AND compound_due <= penalty_due AND compound_remitted >= 0
    AND compound_remitted <= penalty_remitted)
""",
    """
ALTER TABLE penalty_accrual ADD COLUMN compound NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD CONSTRAINT compound CHECK (compound >= 0 AND compound <= amount)
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("ALTER TABLE penalty_accrual DROP COLUMN compound")
    for column in ("remitted", "paid", "due"):
        op.execute(f"ALTER TABLE installment DROP COLUMN compound_{column}")
    op.execute("ALTER TABLE loan DROP COLUMN unpaid_interest_bears")
