"""Lending: reminders before principal or interest falls due."""

from alembic import op

revision = "0020_reminders"
down_revision = "0019_visits"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE reminder (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    due_on DATE NOT NULL,
    days_before INTEGER NOT NULL,
    reminded_on DATE NOT NULL,
    channel TEXT NOT NULL,
    reminded_by TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_reminder PRIMARY KEY (id),
    CONSTRAINT fk_reminder_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT channel CHECK (channel IN ('in_person', 'telephone', 'message', 'letter', 'notice_delivered')),
    CONSTRAINT said CHECK (days_before > 0 AND amount > 0 AND reminded_by <> ''),
    CONSTRAINT reminded_on CHECK (reminded_on <= due_on),
    CONSTRAINT withdrawn_by CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT withdrawn_on CHECK (withdrawn_on >= reminded_on),
    CONSTRAINT withdrawal CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3))
)
""",
    "CREATE UNIQUE INDEX uq_reminder_loan_id ON reminder (loan_id, due_on, days_before) WHERE withdrawn_on IS NULL",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE reminder")
