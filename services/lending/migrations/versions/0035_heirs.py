"""Lending: heirs of borrowers who died, and up to which amount they answer."""

from alembic import op

revision = "0035_heirs"
down_revision = "0034_cancellations"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE heir_record (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    heir_name TEXT NOT NULL,
    relation TEXT NOT NULL,
    died_on DATE NOT NULL,
    inheritance TEXT NOT NULL,
    estate_limit NUMERIC(18, 2),
    papers JSONB NOT NULL,
    replaces UUID,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_heir_record PRIMARY KEY (id),
    CONSTRAINT fk_heir_record_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT fk_heir_record_replaces_heir_record FOREIGN KEY(replaces) REFERENCES heir_record (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_on, decided_by,
      decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT named CHECK (heir_name <> '' AND relation <> ''),
    CONSTRAINT inheritance CHECK (inheritance IN ('heir', 'disclaimed', 'not_heir')),
    CONSTRAINT estate_limit CHECK ((inheritance = 'heir') = (estate_limit IS NOT NULL) AND estate_limit >= 0),
    CONSTRAINT died_on CHECK (died_on <= proposed_on)
)
""",
    "CREATE INDEX ix_heir_record_loan_id ON heir_record (loan_id)",
    """
CREATE UNIQUE INDEX uq_heir_record_replaces ON heir_record (replaces) WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER heir_record_is_decided_once BEFORE UPDATE OR DELETE ON heir_record
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE heir_record")
