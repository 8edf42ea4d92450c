"""A subsidy account keeps the product and the earlier rule that its loan was granted under."""

from alembic import op

revision = "0008_products"
down_revision = "0007_offices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the statements; what was lent before is of the one product that packs had."""
    op.execute("ALTER TABLE subsidy_account ADD COLUMN product_code TEXT NOT NULL DEFAULT 'small_loan'")
    op.execute("ALTER TABLE subsidy_account ADD COLUMN legacy_rule TEXT")


def downgrade() -> None:
    """Drop them in reverse order."""
    op.execute("ALTER TABLE subsidy_account DROP COLUMN legacy_rule")
    op.execute("ALTER TABLE subsidy_account DROP COLUMN product_code")
