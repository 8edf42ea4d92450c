"""Corrections of packs for open contracts, as the registry published them."""

from alembic import op

from shared import common_schema

revision = "0008_pack_corrections"
down_revision = "0007_products"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(common_schema.PACK_CORRECTION)


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE pack_correction")
