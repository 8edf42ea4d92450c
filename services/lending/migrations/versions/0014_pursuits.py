"""Lending: steps of pursuit of a loan's debtors."""

from alembic import op

revision = "0014_pursuits"
down_revision = "0013_pack_corrections"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE pursuit_step (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    bank_code TEXT NOT NULL,
    debtor TEXT NOT NULL CONSTRAINT debtor CHECK (debtor IN ('household', 'entity')),
    kind TEXT NOT NULL CONSTRAINT kind
        CHECK (kind IN ('demand', 'suit', 'judgment', 'enforcement', 'credit_database', 'farmers_credit_system')),
    happened_on DATE NOT NULL,
    reference TEXT NOT NULL CONSTRAINT reference_given CHECK (reference <> ''),
    note TEXT NOT NULL CONSTRAINT note_given CHECK (note <> ''),
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdraw_reason TEXT,
    withdrawn_by TEXT,
    CONSTRAINT pk_pursuit_step PRIMARY KEY (id),
    CONSTRAINT withdrawn_is_whole CHECK (num_nonnulls(withdrawn_on, withdraw_reason, withdrawn_by) IN (0, 3)),
    CONSTRAINT maker_is_not_checker CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT fk_pursuit_step_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    """
CREATE INDEX ix_pursuit_step_loan_id ON pursuit_step (loan_id)
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget how debtors were pursued."""
    op.execute("DROP TABLE pursuit_step")
