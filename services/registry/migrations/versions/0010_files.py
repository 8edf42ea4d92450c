"""Registry: the household file and its documents."""

from alembic import op

revision = "0010_files"
down_revision = "0009_entities"
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
