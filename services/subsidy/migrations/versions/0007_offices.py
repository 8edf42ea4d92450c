"""In whose name an officer acted: the office that the county's pack names for the step."""

from alembic import op

revision = "0007_offices"
down_revision = "0006_without_subsidy"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("subsidy_batch", "office"),
    ("batch_decision", "office"),
    ("payment_run", "office"),
    ("clawback", "proposed_as"),
    ("clawback", "approved_as"),
)


def upgrade() -> None:
    """Add the office to each act; of acts before, nobody wrote it down."""
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")


def downgrade() -> None:
    """Take the columns away again."""
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
