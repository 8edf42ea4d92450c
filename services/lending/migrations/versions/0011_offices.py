"""In whose name an officer acted: the office that the county's pack names for the step."""

from alembic import op

revision = "0011_offices"
down_revision = "0010_conditions"
branch_labels = None
depends_on = None

_TABLES = ("public_notice", "public_notice_closure", "hand_over", "default_confirmation")


def upgrade() -> None:
    """Add the office to each act; of acts before, nobody wrote it down."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN office TEXT")


def downgrade() -> None:
    """Take the columns away again."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN office")
