"""Cover, its loans and their claims keep the product of the loan."""

from alembic import op

revision = "0007_products"
down_revision = "0006_offices"
branch_labels = None
depends_on = None

_TABLES = ("cover_reservation", "covered_loan", "claim")


def upgrade() -> None:
    """Apply the statements; what was there before is of the one product that packs had."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN product_code TEXT NOT NULL DEFAULT 'small_loan'")


def downgrade() -> None:
    """Drop them in reverse order."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN product_code")
