"""Lending: what is remitted of a loan, by two persons or within the tolerance of its contract."""

from alembic import op

revision = "0040_remissions"
down_revision = "0039_recovery_reversals"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan ADD COLUMN tolerance NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN principal_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN interest_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN penalty_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN surcharge_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  DROP CONSTRAINT principal,
  ADD CONSTRAINT principal CHECK (principal > 0
    AND principal_outstanding + principal_repaid + principal_remitted + principal_compensated
    = CASE WHEN state = 'cancelled' THEN 0 ELSE principal END),
  ADD CONSTRAINT remitted CHECK (tolerance >= 0 AND principal_remitted >= 0 AND interest_remitted >= 0
    AND surcharge_remitted >= 0 AND surcharge_remitted <= penalty_remitted)
""",
    """
ALTER TABLE installment ADD COLUMN principal_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN interest_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN penalty_remitted NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD CONSTRAINT remitted CHECK (principal_remitted >= 0 AND interest_remitted >= 0 AND penalty_remitted >= 0
    AND (cancelled_on IS NULL OR principal_remitted + interest_remitted + penalty_remitted = 0))
""",
    """
CREATE TABLE remission (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    remits TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    value_on DATE NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_remission PRIMARY KEY (id),
    CONSTRAINT fk_remission_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT remits CHECK (remits IN ('penalty', 'interest')),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT value_on CHECK (value_on <= proposed_on)
)
""",
    "CREATE INDEX ix_remission_loan_id ON remission (loan_id)",
    "CREATE UNIQUE INDEX uq_remission_open ON remission (loan_id) WHERE state = 'proposed'",
    """
CREATE TRIGGER remission_is_decided_once BEFORE UPDATE OR DELETE ON remission
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
CREATE TABLE remission_reversal (
    id UUID NOT NULL,
    remission_id UUID NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_remission_reversal PRIMARY KEY (id),
    CONSTRAINT fk_remission_reversal_remission_id_remission FOREIGN KEY(remission_id) REFERENCES remission (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on)
)
""",
    """
CREATE UNIQUE INDEX uq_remission_reversal_open ON remission_reversal (remission_id)
WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER remission_reversal_is_decided_once BEFORE UPDATE OR DELETE ON remission_reversal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
CREATE TABLE remission_part (
    loan_id UUID NOT NULL,
    place INTEGER NOT NULL,
    installment_number INTEGER NOT NULL,
    remitted_on DATE NOT NULL,
    remission_id UUID,
    penalty NUMERIC(18, 2) NOT NULL,
    interest NUMERIC(18, 2) NOT NULL,
    principal NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_remission_part PRIMARY KEY (loan_id, place),
    CONSTRAINT parts CHECK (penalty >= 0 AND interest >= 0 AND principal >= 0 AND penalty + interest + principal > 0)
)
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE remission_part",
    "DROP TABLE remission_reversal",
    "DROP TABLE remission",
    """
ALTER TABLE installment DROP CONSTRAINT remitted, DROP COLUMN principal_remitted, DROP COLUMN interest_remitted,
  DROP COLUMN penalty_remitted
""",
    """
ALTER TABLE loan DROP CONSTRAINT remitted, DROP CONSTRAINT principal, DROP COLUMN tolerance,
  DROP COLUMN principal_remitted, DROP COLUMN interest_remitted, DROP COLUMN penalty_remitted,
  DROP COLUMN surcharge_remitted,
  ADD CONSTRAINT principal CHECK (principal > 0 AND principal_outstanding + principal_repaid + principal_compensated
    = CASE WHEN state = 'cancelled' THEN 0 ELSE principal END)
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
