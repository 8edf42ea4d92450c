"""Lending: until when principal was misused, and what makes a class that the days past due do not."""

from alembic import op

revision = "0048_misused_classes"
down_revision = "0047_misuses"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE installment ADD COLUMN misused_until DATE,
  ADD CONSTRAINT misused_until CHECK (misused_until IS NULL OR of_misuse AND misused_until >= due_on)
""",
    """
CREATE INDEX ix_installment_of_misuse ON installment (loan_id) WHERE of_misuse
""",
    """
ALTER TABLE loan_class ADD COLUMN rule_ground TEXT,
  ADD CONSTRAINT rule_ground CHECK (rule_ground IN ('misused', 'written_off'))
""",
)
UNDO: tuple[str, ...] = (
    "ALTER TABLE loan_class DROP COLUMN rule_ground",
    "ALTER TABLE installment DROP COLUMN misused_until",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
