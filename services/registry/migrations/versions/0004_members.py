"""Registry: members, helpers, exclusions and reviewed changes."""

from alembic import op

revision = "0004_members"
down_revision = "0003_packs"
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
