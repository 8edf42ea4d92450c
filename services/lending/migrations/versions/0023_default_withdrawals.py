"""Defaults that were wrong are withdrawn by two persons; the report stays on file."""

from alembic import op

revision = "0023_default_withdrawals"
down_revision = "0022_contract_rates"
branch_labels = None
depends_on = None

STATEMENTS = (
    "DROP TRIGGER default_report_only_grows ON default_report",
    """
ALTER TABLE default_report ADD COLUMN withdrawn_on DATE,
  DROP CONSTRAINT uq_default_report_loan_id_overdue_since_on
""",
    """
CREATE UNIQUE INDEX uq_default_report_not_withdrawn ON default_report (loan_id, overdue_from) WHERE withdrawn_on IS NULL
""",
    """
CREATE TRIGGER default_report_never_changes BEFORE UPDATE OF id, loan_id, bank_code, overdue_from, cause, malicious,
  evidence, died_on, reported_on, days_past_due, reported_by, reported_at OR DELETE OR TRUNCATE ON default_report
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TABLE default_withdrawal (
    id UUID NOT NULL,
    report_id UUID NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    office TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_default_withdrawal PRIMARY KEY (id),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_on, decided_by,
      decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT fk_default_withdrawal_report_id_default_report FOREIGN KEY(report_id) REFERENCES default_report (id)
)
""",
    """
CREATE UNIQUE INDEX uq_default_withdrawal_open ON default_withdrawal (report_id)
WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER default_withdrawal_is_decided_once BEFORE UPDATE OR DELETE ON default_withdrawal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE default_withdrawal",
    "DROP TRIGGER default_report_never_changes ON default_report",
    "DROP INDEX uq_default_report_not_withdrawn",
    """
ALTER TABLE default_report DROP COLUMN withdrawn_on,
  ADD CONSTRAINT uq_default_report_loan_id_overdue_since_on UNIQUE (loan_id, overdue_from)
""",
    "CREATE TRIGGER default_report_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON default_report "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
