"""Subsidy: whom a payment run did not pay because the household is on the blacklist."""

from alembic import op

revision = "0010_held_payments"
down_revision = "0009_pack_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "ALTER TABLE payment_run ADD COLUMN held INTEGER DEFAULT '0' NOT NULL, ADD CONSTRAINT held CHECK (held >= 0)"
    )
    op.execute("""
CREATE TABLE payment_hold (
    run_id UUID NOT NULL,
    household_id UUID NOT NULL,
    listing_id UUID NOT NULL,
    CONSTRAINT pk_payment_hold PRIMARY KEY (run_id, household_id),
    CONSTRAINT fk_payment_hold_run_id_payment_run FOREIGN KEY(run_id) REFERENCES payment_run (id),
    CONSTRAINT fk_payment_hold_listing_id_household_listing FOREIGN KEY(listing_id)
      REFERENCES household_listing (listing_id)
)
""")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE payment_hold")
    op.execute("ALTER TABLE payment_run DROP COLUMN held")
