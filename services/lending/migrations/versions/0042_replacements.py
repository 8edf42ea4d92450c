"""Lending: a repayment is taken back and booked as it should have been in one step."""

from alembic import op

revision = "0042_replacements"
down_revision = "0041_files_remitted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is booked in the place of a repayment."""
    op.execute("""
ALTER TABLE repayment_reversal
  ADD COLUMN right_loan_id UUID,
  ADD COLUMN right_reference TEXT,
  ADD COLUMN right_kind TEXT,
  ADD COLUMN right_paid_on DATE,
  ADD COLUMN right_amount NUMERIC(18, 2),
  ADD COLUMN right_payer TEXT,
  ADD COLUMN right_payer_name TEXT,
  ADD COLUMN replaced_by UUID,
  ADD CONSTRAINT fk_repayment_reversal_right_loan_id_loan FOREIGN KEY(right_loan_id) REFERENCES loan (id),
  ADD CONSTRAINT fk_repayment_reversal_replaced_by_repayment FOREIGN KEY(replaced_by) REFERENCES repayment (id),
  ADD CONSTRAINT replacement CHECK (
    num_nulls(right_loan_id, right_reference, right_kind, right_paid_on, right_amount, right_payer) IN (0, 6)
    AND right_amount > 0),
  ADD CONSTRAINT replaced_by CHECK ((replaced_by IS NOT NULL) = (state = 'confirmed' AND right_loan_id IS NOT NULL))
""")


def downgrade() -> None:
    """Take it back."""
    op.execute("""
ALTER TABLE repayment_reversal DROP COLUMN replaced_by, DROP COLUMN right_payer_name, DROP COLUMN right_payer,
  DROP COLUMN right_amount, DROP COLUMN right_paid_on, DROP COLUMN right_kind, DROP COLUMN right_reference,
  DROP COLUMN right_loan_id
""")
