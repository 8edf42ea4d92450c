"""Lending: a month's classes are kept in the order of their run, under one index."""

from alembic import op

revision = "0036_class_months"
down_revision = "0035_heirs"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan_class DROP CONSTRAINT pk_loan_class, ADD CONSTRAINT pk_loan_class PRIMARY KEY (classified_on, loan_id)
""",
    """
DROP INDEX ix_loan_class_run_id
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    op.execute("CREATE INDEX ix_loan_class_run_id ON loan_class (run_id, loan_id)")
    op.execute(
        "ALTER TABLE loan_class DROP CONSTRAINT pk_loan_class, "
        "ADD CONSTRAINT pk_loan_class PRIMARY KEY (loan_id, classified_on)"
    )
