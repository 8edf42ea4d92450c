"""Lending: monthly classification of loans, and classes set by two officers."""

from alembic import op

revision = "0024_classes"
down_revision = "0023_default_withdrawals"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE class_run (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    classified_on DATE NOT NULL,
    loans INTEGER NOT NULL,
    principal_outstanding NUMERIC(18, 2) NOT NULL,
    classes JSONB NOT NULL,
    run_as_of DATE NOT NULL,
    run_by TEXT NOT NULL,
    run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_class_run PRIMARY KEY (id),
    CONSTRAINT month_end CHECK (date_part('day', classified_on + 1) = 1),
    CONSTRAINT month_over CHECK (run_as_of > classified_on),
    CONSTRAINT figures CHECK (loans >= 0 AND principal_outstanding >= 0)
)
""",
    """
CREATE UNIQUE INDEX uq_class_run_county_code ON class_run (county_code, classified_on)
""",
    """
CREATE TABLE class_review (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    bank_code TEXT NOT NULL,
    loan_class TEXT,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_class_review PRIMARY KEY (id),
    CONSTRAINT loan_class CHECK (loan_class IN ('special_mention', 'substandard', 'doubtful', 'loss')),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
        AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT fk_class_review_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    """
CREATE INDEX ix_class_review_loan_id ON class_review (loan_id, decided_on)
""",
    """
CREATE UNIQUE INDEX uq_class_review_open ON class_review (loan_id) WHERE state = 'proposed'
""",
    """
CREATE TABLE loan_class (
    loan_id UUID NOT NULL,
    classified_on DATE NOT NULL,
    run_id UUID NOT NULL,
    days_past_due INTEGER NOT NULL,
    principal_outstanding NUMERIC(18, 2) NOT NULL,
    by_rule TEXT NOT NULL,
    loan_class TEXT NOT NULL,
    review_id UUID,
    CONSTRAINT pk_loan_class PRIMARY KEY (loan_id, classified_on),
    CONSTRAINT figures CHECK (days_past_due >= 0 AND principal_outstanding >= 0),
    CONSTRAINT classes CHECK (by_rule IN ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')
        AND loan_class IN ('normal', 'special_mention', 'substandard', 'doubtful', 'loss')),
    CONSTRAINT review CHECK ((review_id IS NULL) = (loan_class = by_rule))
)
""",
    """
CREATE INDEX ix_loan_class_run_id ON loan_class (run_id, loan_id)
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget how loans were classified."""
    for table in ("loan_class", "class_review", "class_run"):
        op.execute(f"DROP TABLE {table}")
