"""Lending: principal that was misused, since when and until when, and what its rate adds to the account.

Contracts that stand get the least that the central bank's notice 251 of 2003 has misused money bear: 1.5 times.
"""

from alembic import op

revision = "0047_misuses"
down_revision = "0046_former_rest_days"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan ADD COLUMN misuse_multiplier NUMERIC DEFAULT 1.5 NOT NULL,
  ADD COLUMN misused BOOLEAN DEFAULT false NOT NULL,
  ADD CONSTRAINT misuse_multiplier CHECK (misuse_multiplier >= 1)
""",
    """
ALTER TABLE installment ADD COLUMN of_misuse BOOLEAN DEFAULT false NOT NULL,
  ADD CONSTRAINT of_misuse CHECK (NOT of_misuse OR principal_due + interest_due = 0 AND NOT signed)
""",
    """
CREATE TABLE misuse (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    from_on DATE NOT NULL,
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
    CONSTRAINT pk_misuse PRIMARY KEY (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT from_on CHECK (from_on <= proposed_on),
    CONSTRAINT papers CHECK (jsonb_array_length(papers) > 0),
    CONSTRAINT fk_misuse_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    """
CREATE INDEX ix_misuse_loan_id ON misuse (loan_id)
""",
    """
CREATE UNIQUE INDEX uq_misuse_open ON misuse (loan_id) WHERE state = 'proposed'
""",
    """
CREATE TRIGGER misuse_is_decided_once BEFORE UPDATE OR DELETE ON misuse
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
CREATE TABLE misuse_termination (
    id UUID NOT NULL,
    misuse_id UUID NOT NULL,
    ended_on DATE NOT NULL,
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
    CONSTRAINT pk_misuse_termination PRIMARY KEY (id),
    CONSTRAINT ended_on CHECK (ended_on <= proposed_on),
    CONSTRAINT papers CHECK (jsonb_array_length(papers) > 0),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT fk_misuse_termination_misuse_id_misuse FOREIGN KEY(misuse_id) REFERENCES misuse (id)
)
""",
    """
CREATE UNIQUE INDEX uq_misuse_termination_open ON misuse_termination (misuse_id)
WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER misuse_termination_is_decided_once BEFORE UPDATE OR DELETE ON misuse_termination
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
CREATE TABLE misuse_reversal (
    id UUID NOT NULL,
    misuse_id UUID NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_misuse_reversal PRIMARY KEY (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT fk_misuse_reversal_misuse_id_misuse FOREIGN KEY(misuse_id) REFERENCES misuse (id)
)
""",
    """
CREATE UNIQUE INDEX uq_misuse_reversal_open ON misuse_reversal (misuse_id) WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER misuse_reversal_is_decided_once BEFORE UPDATE OR DELETE ON misuse_reversal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE misuse_reversal",
    "DROP TABLE misuse_termination",
    "DROP TABLE misuse",
    "ALTER TABLE installment DROP COLUMN of_misuse",
    "ALTER TABLE loan DROP COLUMN misused, DROP COLUMN misuse_multiplier",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
