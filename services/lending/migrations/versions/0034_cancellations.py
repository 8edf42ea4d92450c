"""Lending: disbursements that are taken back, and the loans they leave cancelled."""

from alembic import op

revision = "0034_cancellations"
down_revision = "0033_surcharge"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE loan ADD COLUMN cancelled_on DATE, ADD COLUMN cancelled_at TIMESTAMP WITH TIME ZONE,
  DROP CONSTRAINT uq_loan_application_id,
  DROP CONSTRAINT uq_loan_bank_code_contract_number,
  DROP CONSTRAINT state,
  DROP CONSTRAINT principal,
  ADD CONSTRAINT state CHECK (state IN ('active', 'closed', 'defaulted', 'compensated', 'cancelled')),
  ADD CONSTRAINT cancelled_on CHECK ((state = 'cancelled') = (cancelled_on IS NOT NULL)
    AND (cancelled_on IS NULL) = (cancelled_at IS NULL)),
  ADD CONSTRAINT principal CHECK (principal > 0 AND principal_outstanding + principal_repaid + principal_compensated
    = CASE WHEN state = 'cancelled' THEN 0 ELSE principal END)
""",
    "CREATE UNIQUE INDEX uq_loan_application_id ON loan (application_id) WHERE cancelled_on IS NULL",
    "CREATE UNIQUE INDEX uq_loan_contract_number ON loan (bank_code, contract_number) WHERE cancelled_on IS NULL",
    """
CREATE TABLE disbursement_reversal (
    id UUID NOT NULL,
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
    CONSTRAINT pk_disbursement_reversal PRIMARY KEY (id),
    CONSTRAINT fk_disbursement_reversal_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT cause CHECK (cause IN ('wrong_day', 'wrong_amount', 'wrong_borrower', 'returned', 'doubled', 'other')),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on)
)
""",
    """
CREATE UNIQUE INDEX uq_disbursement_reversal_open ON disbursement_reversal (loan_id)
WHERE state IN ('proposed', 'confirmed')
""",
    """
CREATE TRIGGER disbursement_reversal_is_decided_once BEFORE UPDATE OR DELETE ON disbursement_reversal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    # An account is free again when the disbursement that first went there is taken back; nothing else changes a row.
    "DROP TRIGGER payee_account_only_grows ON payee_account",
    """
CREATE TRIGGER payee_account_never_changes BEFORE UPDATE OR TRUNCATE ON payee_account
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


UNDO: tuple[str, ...] = (
    "DROP TRIGGER payee_account_never_changes ON payee_account",
    "CREATE TRIGGER payee_account_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON payee_account "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "DROP TABLE disbursement_reversal",
    "DROP INDEX uq_loan_contract_number",
    "DROP INDEX uq_loan_application_id",
    """
ALTER TABLE loan DROP CONSTRAINT principal, DROP CONSTRAINT state, DROP COLUMN cancelled_at, DROP COLUMN cancelled_on,
  ADD CONSTRAINT uq_loan_application_id UNIQUE (application_id),
  ADD CONSTRAINT uq_loan_bank_code_contract_number UNIQUE (bank_code, contract_number),
  ADD CONSTRAINT state CHECK (state IN ('active', 'closed', 'defaulted', 'compensated')),
  ADD CONSTRAINT principal CHECK (principal > 0
    AND principal = principal_outstanding + principal_repaid + principal_compensated)
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
