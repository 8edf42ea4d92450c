"""Lending: recoveries that are taken back."""

from alembic import op

revision = "0039_recovery_reversals"
down_revision = "0038_repricing"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE recovery ADD COLUMN reversed_on DATE, ADD COLUMN reversed_at TIMESTAMP WITH TIME ZONE,
  DROP CONSTRAINT amount,
  ADD CONSTRAINT amount CHECK (amount > 0 AND principal >= 0 AND interest >= 0
    AND principal + interest = CASE WHEN reversed_on IS NULL THEN amount ELSE 0 END),
  ADD CONSTRAINT reversed CHECK ((reversed_on IS NULL) = (reversed_at IS NULL))
""",
    """
CREATE TABLE recovery_reversal (
    id UUID NOT NULL,
    recovery_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    cause TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_recovery_reversal PRIMARY KEY (id),
    CONSTRAINT fk_recovery_reversal_recovery_id_recovery FOREIGN KEY(recovery_id) REFERENCES recovery (id),
    CONSTRAINT cause CHECK (cause IN ('wrong_loan', 'wrong_amount', 'wrong_day', 'returned', 'doubled', 'other')),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on)
)
""",
    """
CREATE UNIQUE INDEX uq_recovery_reversal_open ON recovery_reversal (recovery_id)
WHERE state IN ('proposed', 'confirmed')
""",
    "CREATE INDEX ix_recovery_reversal_loan_id ON recovery_reversal (loan_id)",
    """
CREATE TRIGGER recovery_reversal_is_decided_once BEFORE UPDATE OR DELETE ON recovery_reversal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    # What was received is a fact: only what it pays is derived, and it is taken back.
    "DROP TRIGGER recovery_only_grows ON recovery",
    """
CREATE TRIGGER recovery_never_changes BEFORE UPDATE OF id, loan_id, claim_id, bank_code, bank_reference, recovered_on,
  amount, loan_version, recorded_by, recorded_at OR DELETE OR TRUNCATE ON recovery
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TRIGGER recovery_never_changes ON recovery",
    "CREATE TRIGGER recovery_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON recovery "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "DROP TABLE recovery_reversal",
    """
ALTER TABLE recovery DROP CONSTRAINT reversed, DROP CONSTRAINT amount, DROP COLUMN reversed_at, DROP COLUMN reversed_on,
  ADD CONSTRAINT amount CHECK (amount > 0 AND amount = principal + interest AND principal >= 0 AND interest >= 0)
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
