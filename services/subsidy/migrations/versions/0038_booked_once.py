"""Subsidy: a bank's reference counts once, by the database; a struck payment names the transfer that came back."""

from alembic import op

revision = "0038_booked_once"
down_revision = "0037_line_owners"
branch_labels = None
depends_on = None

TABLES = ("principal_receipt", "dividend_payment", "lease_entry")


def upgrade() -> None:
    """Number the bookings of a reference: the first one, and each after one that was reversed."""
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN booking INTEGER DEFAULT '1' NOT NULL")
        op.execute(f"DROP INDEX {table}_reference")
        op.execute(
            f"CREATE UNIQUE INDEX {table}_once ON {table} (agreement_id, bank_reference, booking) "
            "WHERE reverses_id IS NULL"
        )
    op.execute("ALTER TABLE reversal DROP CONSTRAINT reference")
    op.execute("ALTER TABLE reversal ADD CONSTRAINT reference CHECK (subject <> 'security' OR reference IS NOT NULL)")


def downgrade() -> None:
    """Take the numbers back."""
    op.execute("ALTER TABLE reversal DROP CONSTRAINT reference")
    op.execute("ALTER TABLE reversal ADD CONSTRAINT reference CHECK ((subject = 'security') = (reference IS NOT NULL))")
    for table in TABLES:
        op.execute(f"DROP INDEX {table}_once")
        op.execute(f"ALTER TABLE {table} DROP COLUMN booking")
        op.execute(f"CREATE INDEX {table}_reference ON {table} (agreement_id, bank_reference)")
