"""One register of bank references: a reference stands for one posting, whatever its kind."""

from alembic import op

revision = "0008_bank_references"
down_revision = "0007_outbox_order"
branch_labels = None
depends_on = None

_TABLES = ("disbursement", "repayment", "recovery")
STATEMENTS = (
    """
CREATE TABLE bank_reference (
    bank_code TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    entry TEXT NOT NULL,
    entry_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    booked_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_bank_reference PRIMARY KEY (bank_code, bank_reference),
    CONSTRAINT entry CHECK (entry IN ('disbursement', 'repayment', 'prepayment', 'recovery'))
)
""",
    """
INSERT INTO bank_reference (bank_code, bank_reference, entry, entry_id, loan_id, booked_on, amount)
SELECT bank_code, bank_reference, 'disbursement', loan_id, loan_id, disbursed_on, amount FROM disbursement
UNION ALL
SELECT bank_code, bank_reference, kind, id, loan_id, paid_on, amount FROM repayment
UNION ALL
SELECT bank_code, bank_reference, 'recovery', id, loan_id, recovered_on, amount FROM recovery
""",
    "CREATE TRIGGER bank_reference_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_reference "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    *(f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_bank_code_bank_reference" for table in _TABLES),
)
UNDO = (
    *(
        f"ALTER TABLE {table} ADD CONSTRAINT uq_{table}_bank_code_bank_reference UNIQUE (bank_code, bank_reference)"
        for table in _TABLES
    ),
    "DROP TABLE bank_reference",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order."""
    for statement in UNDO:
        op.execute(statement)
