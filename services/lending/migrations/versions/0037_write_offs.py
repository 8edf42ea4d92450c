"""Lending: loans that banks wrote off, and write-offs that were taken back."""

from alembic import op

revision = "0037_write_offs"
down_revision = "0036_class_months"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan ADD COLUMN written_off_on DATE,
  ADD CONSTRAINT written_off_on CHECK (written_off_on IS NULL
    OR (written_off_on >= disbursed_on AND state <> 'cancelled'))
""",
    """
CREATE TABLE write_off (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    ground TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    owed NUMERIC(18, 2) NOT NULL,
    papers JSONB NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_write_off PRIMARY KEY (id),
    CONSTRAINT fk_write_off_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT ground CHECK (ground IN ('compensated', 'defaulted', 'loss')),
    CONSTRAINT amount CHECK (amount > 0 AND amount <= owed),
    CONSTRAINT papers CHECK (jsonb_array_length(papers) > 0)
)
""",
    "CREATE UNIQUE INDEX uq_write_off_open ON write_off (loan_id) WHERE state = 'proposed'",
    "CREATE INDEX ix_write_off_loan_id ON write_off (loan_id)",
    """
CREATE TRIGGER write_off_is_decided_once BEFORE UPDATE OR DELETE ON write_off
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
CREATE TABLE write_off_withdrawal (
    id UUID NOT NULL,
    write_off_id UUID NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_write_off_withdrawal PRIMARY KEY (id),
    CONSTRAINT fk_write_off_withdrawal_write_off_id_write_off FOREIGN KEY(write_off_id) REFERENCES write_off (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on)
)
""",
    """
CREATE UNIQUE INDEX uq_write_off_withdrawal_open ON write_off_withdrawal (write_off_id)
WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER write_off_withdrawal_is_decided_once BEFORE UPDATE OR DELETE ON write_off_withdrawal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
)


UNDO: tuple[str, ...] = (
    "DROP TABLE write_off_withdrawal",
    "DROP TABLE write_off",
    "ALTER TABLE loan DROP COLUMN written_off_on",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
