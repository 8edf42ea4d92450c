"""In whose name an officer acted: the office that the county's pack names for the step."""

from alembic import op

revision = "0020_offices"
down_revision = "0019_certificates"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("rating_campaign", "finalised_by"),
    ("rating_campaign", "finalised_as"),
    ("rating_review", "office"),
    ("listing_request", "decided_as"),
)


def upgrade() -> None:
    """Add the office to each act; of acts before, nobody wrote it down."""
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")


def downgrade() -> None:
    """Take the columns away again."""
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
