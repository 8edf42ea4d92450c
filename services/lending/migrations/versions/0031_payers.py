"""Lending: who paid a repayment, and calls on entities to repay as agreed (LG-20b)."""

from alembic import op

revision = "0031_payers"
down_revision = "0030_default_papers"
branch_labels = None
depends_on = None

FACTS = "id, loan_id, bank_code, bank_reference, kind, paid_on, amount, recorded_by, recorded_at"
PAYERS = "'borrower', 'heir', 'guarantor', 'insurer', 'entity', 'government', 'other'"
STEPS = "'demand', 'suit', 'judgment', 'enforcement', 'credit_database', 'farmers_credit_system'"
STATEMENTS: tuple[str, ...] = (
    f"""
ALTER TABLE repayment ADD COLUMN payer TEXT DEFAULT 'borrower' NOT NULL, ADD COLUMN payer_name TEXT,
  ADD CONSTRAINT payer CHECK (payer IN ({PAYERS})),
  ADD CONSTRAINT payer_name CHECK (
    payer_name <> '' AND payer <> 'borrower' OR payer_name IS NULL AND payer IN ('borrower', 'entity'))
""",
    "ALTER TABLE repayment_rejection ADD COLUMN payer TEXT, ADD COLUMN payer_name TEXT",
    f"ALTER TABLE refund DROP CONSTRAINT payee, ADD CONSTRAINT payee CHECK (payee IN ({PAYERS}))",
    f"""
ALTER TABLE pursuit_step DROP CONSTRAINT kind, ADD CONSTRAINT kind CHECK (kind IN ('agreement_call', {STEPS})),
  ADD CONSTRAINT agreement_binds_entity CHECK (kind <> 'agreement_call' OR debtor = 'entity')
""",
    "DROP TRIGGER repayment_never_changes ON repayment",
    f"""
CREATE TRIGGER repayment_never_changes BEFORE UPDATE OF {FACTS}, payer, payer_name OR DELETE OR TRUNCATE ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_receipts()
""",
)
UNDO: tuple[str, ...] = (
    f"""
ALTER TABLE pursuit_step DROP CONSTRAINT agreement_binds_entity, DROP CONSTRAINT kind,
  ADD CONSTRAINT kind CHECK (kind IN ({STEPS}))
""",
    "DROP TRIGGER repayment_never_changes ON repayment",
    f"""
CREATE TRIGGER repayment_never_changes BEFORE UPDATE OF {FACTS} OR DELETE OR TRUNCATE ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_receipts()
""",
    """
ALTER TABLE refund DROP CONSTRAINT payee,
  ADD CONSTRAINT payee CHECK (payee IN ('borrower', 'heir', 'guarantor', 'insurer', 'entity', 'other'))
""",
    "ALTER TABLE repayment_rejection DROP COLUMN payer, DROP COLUMN payer_name",
    "ALTER TABLE repayment DROP CONSTRAINT payer, DROP CONSTRAINT payer_name, DROP COLUMN payer, "
    "DROP COLUMN payer_name",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
