"""Lending: visits that rate, grant a limit and take the application."""

from alembic import op

revision = "0019_visits"
down_revision = "0018_condition_approval"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE visit (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    household_number TEXT NOT NULL,
    village_code TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    product_code TEXT NOT NULL,
    visited_on DATE NOT NULL,
    answers JSONB NOT NULL,
    loan_request JSONB NOT NULL,
    opened_by TEXT NOT NULL,
    opened_as TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    granted_on DATE,
    granted_by TEXT,
    granted_as TEXT,
    score NUMERIC(18, 8),
    grade TEXT,
    credit_limit NUMERIC(18, 2),
    application_id UUID,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_visit PRIMARY KEY (id),
    CONSTRAINT uq_visit_application_id UNIQUE (application_id),
    CONSTRAINT fk_visit_application_id_application FOREIGN KEY(application_id) REFERENCES application (id),
    CONSTRAINT state CHECK (state IN ('open', 'filed', 'withdrawn')),
    CONSTRAINT granted CHECK (num_nulls(granted_on, granted_by, granted_as, score, grade, credit_limit, application_id)
      = CASE state WHEN 'filed' THEN 0 ELSE 7 END),
    CONSTRAINT withdrawal CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason)
      = CASE state WHEN 'withdrawn' THEN 0 ELSE 3 END),
    CONSTRAINT two_persons CHECK (granted_by <> opened_by),
    CONSTRAINT in_order CHECK (granted_on >= visited_on AND withdrawn_on >= visited_on)
)
""",
    "CREATE INDEX ix_visit_village_code ON visit (village_code text_pattern_ops, state)",
    "CREATE UNIQUE INDEX uq_visit_open_household_id ON visit (household_id) WHERE state = 'open'",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE visit")
