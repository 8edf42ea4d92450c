"""Applications and loans keep their product; a loan from before the platform, the earlier rule of its day."""

from alembic import op

revision = "0012_products"
down_revision = "0011_offices"
branch_labels = None
depends_on = None

_WITH_PRODUCT = ("application_batch", "application", "loan")
_KINDS = {
    "loan": "'current', 'legacy_amount', 'legacy_mode'",
    "legacy_loan": "'legacy_amount', 'legacy_mode'",
}


def upgrade() -> None:
    """Apply the statements; what was there before is of the one product that packs had."""
    for table in _WITH_PRODUCT:
        op.execute(f"ALTER TABLE {table} ADD COLUMN product_code TEXT NOT NULL DEFAULT 'small_loan'")
    op.execute("ALTER TABLE legacy_loan ADD COLUMN legacy_rule TEXT")
    for table, kinds in _KINDS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT granted_under")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT granted_under CHECK (granted_under IN ({kinds}, 'legacy_day'))")


def downgrade() -> None:
    """Drop them in reverse order."""
    for table, kinds in _KINDS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT granted_under")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT granted_under CHECK (granted_under IN ({kinds}))")
    op.execute("ALTER TABLE legacy_loan DROP COLUMN legacy_rule")
    for table in _WITH_PRODUCT:
        op.execute(f"ALTER TABLE {table} DROP COLUMN product_code")
