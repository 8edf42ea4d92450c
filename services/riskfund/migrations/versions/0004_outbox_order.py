"""The outbox is read by position and version instead of by transaction number."""

from alembic import op

from shared import common_schema

revision = "0004_outbox_order"
down_revision = "0003_packs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for statement in common_schema.OUTBOX_ORDER:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for statement in common_schema.OUTBOX_ORDER_UNDONE:
        op.execute(statement)
