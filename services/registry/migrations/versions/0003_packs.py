"""Registry: what a pack version needs besides its text."""

from alembic import op

revision = "0003_packs"
down_revision = "0002_regions"
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
