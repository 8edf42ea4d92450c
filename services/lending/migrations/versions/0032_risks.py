"""Lending: what registry publishes about lists and duties, as far as it makes a loan risky (LG-49)."""

from alembic import op

revision = "0032_risks"
down_revision = "0031_payers"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE risk_listing (
    listing_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    list_name TEXT NOT NULL,
    listed_on DATE,
    ends_on DATE,
    cleared_on DATE,
    CONSTRAINT pk_risk_listing PRIMARY KEY (listing_id)
)
""",
    "CREATE INDEX ix_risk_listing_subject_id ON risk_listing (subject_id)",
    """
CREATE TABLE risk_duty (
    duty_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    kind TEXT NOT NULL,
    due_on DATE,
    done_on DATE,
    done_version INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_risk_duty PRIMARY KEY (duty_id)
)
""",
    "CREATE INDEX ix_risk_duty_loan_id ON risk_duty (loan_id)",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE risk_duty, risk_listing")
