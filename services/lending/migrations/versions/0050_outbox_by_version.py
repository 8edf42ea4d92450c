"""An aggregate's waiting events are found by the key of its versions; their own index is read no more."""

from alembic import op

from shared import common_schema

revision = "0050_outbox_by_version"
down_revision = "0049_county_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(common_schema.OUTBOX_BY_VERSION)


def downgrade() -> None:
    """Take back."""
    op.execute(common_schema.OUTBOX_BY_VERSION_UNDONE)
