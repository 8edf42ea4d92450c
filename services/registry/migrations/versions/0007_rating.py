"""Registry: collection, area grades and demonstration choices."""

from alembic import op

revision = "0007_rating"
down_revision = "0006_eligibility"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = ()
UNDO: tuple[str, ...] = ()


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
