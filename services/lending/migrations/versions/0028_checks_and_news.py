"""Lending: checks of applications before the loan, and news of borrowers from villages."""

from alembic import op

revision = "0028_checks_and_news"
down_revision = "0027_rate_changes"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE application_check (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    check_code TEXT NOT NULL,
    checked_on DATE NOT NULL,
    checked_by TEXT NOT NULL,
    outcome TEXT NOT NULL,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_as TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_application_check PRIMARY KEY (id),
    CONSTRAINT fk_application_check_application_id_application FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT outcome CHECK (outcome IN ('fit', 'unfit')),
    CONSTRAINT said CHECK (checked_by <> '' AND words <> ''),
    CONSTRAINT withdrawn_by CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT withdrawn_on CHECK (withdrawn_on >= checked_on),
    CONSTRAINT withdrawal CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3))
)
""",
    "CREATE INDEX ix_application_check_application_id ON application_check (application_id)",
    """
CREATE TABLE borrower_news (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    news_kind TEXT NOT NULL,
    observed_on DATE NOT NULL,
    words TEXT NOT NULL,
    sent_on DATE NOT NULL,
    sent_by TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    answered_on DATE,
    answered_by TEXT,
    answer TEXT,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_borrower_news PRIMARY KEY (id),
    CONSTRAINT fk_borrower_news_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT news_kind CHECK (news_kind IN ('going_well', 'moved_away', 'illness', 'death', 'business_failed',
      'money_unused', 'money_misused', 'other')),
    CONSTRAINT said CHECK (words <> '' AND answer <> ''),
    CONSTRAINT in_order CHECK (sent_on >= observed_on AND answered_on >= sent_on AND withdrawn_on >= sent_on),
    CONSTRAINT answered CHECK (num_nulls(answered_on, answered_by, answer) IN (0, 3)),
    CONSTRAINT withdrawn_by CHECK (withdrawn_by <> sent_by),
    CONSTRAINT withdrawal CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3))
)
""",
    "CREATE INDEX ix_borrower_news_loan_id ON borrower_news (loan_id)",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE borrower_news, application_check")
