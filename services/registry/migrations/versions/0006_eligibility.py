"""Registry: questions that were answered, and simulations."""

from alembic import op

revision = "0006_eligibility"
down_revision = "0005_imports"
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
