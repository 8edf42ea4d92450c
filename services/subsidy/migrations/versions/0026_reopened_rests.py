"""Subsidy: a rest that was closed is taken back where the household had the money after all."""

from alembic import op

revision = "0026_reopened_rests"
down_revision = "0025_three_persons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("""
ALTER TABLE payment_reduction ADD COLUMN withdrawn_return_id UUID,
    DROP CONSTRAINT cause, DROP CONSTRAINT amount,
    ADD CONSTRAINT cause CHECK (num_nonnulls(run_id, termination_id, withdrawn_return_id) = 1),
    ADD CONSTRAINT amount CHECK (amount <> 0 AND (amount < 0) = (withdrawn_return_id IS NOT NULL)),
    ADD CONSTRAINT uq_payment_reduction_withdrawn_return_id_line_id UNIQUE (withdrawn_return_id, line_id),
    ADD CONSTRAINT fk_payment_reduction_withdrawn_return_id_returned_transfer FOREIGN KEY(withdrawn_return_id)
        REFERENCES returned_transfer (id)
""")


def downgrade() -> None:
    """Take back; refused once a rest was taken back, since that would be forgotten."""
    op.execute("""
ALTER TABLE payment_reduction DROP CONSTRAINT cause, DROP CONSTRAINT amount, DROP COLUMN withdrawn_return_id,
    ADD CONSTRAINT cause CHECK (num_nonnulls(run_id, termination_id) = 1),
    ADD CONSTRAINT amount CHECK (amount > 0)
""")
